//! A metric is that of the new version, in the environment of the deploy.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{Definition, Name, Unit};
use crate::diagnostics::{Code, Diagnostic, Location};

pub(crate) struct MetricScope;

const CODE: Code = Code("metric-scope");

impl Check for MetricScope {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/metric-scope.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "metrics", &definition.metrics, &mut |at, name, metric| {
            let judging = judging(definition, name);
            if metric.unit != Unit::Count {
                version(&at.key("query"), &metric.query, &judging, found);
            }
            environment(&at.key("query"), &metric.query, &judging, found);
            if let Some(samples) = &metric.samples {
                version(&at.key("samples").key("query"), &samples.query, &judging, found);
                environment(&at.key("samples").key("query"), &samples.query, &judging, found);
            }
        });
    }
}

/// Environments that limit the metric, with the place of each limit.
fn judging<'a>(definition: &'a Definition, metric: &Name) -> Vec<(&'a Name, Location)> {
    let at = ROOT.key("environments");
    let limits = |(name, it): (&'a Name, &'a crate::definition::Environment)| {
        let place = || at.key(name).key("limits").key(metric).at();
        it.limits.contains_key(metric).then(|| (name, place()))
    };
    definition.environments.iter().filter_map(limits).collect()
}

/// Warns of a query of every version. A number, such as that of restarts, may come from a source that knows no version.
fn version(at: &Trail<'_>, query: &str, judging: &[(&Name, Location)], found: &mut Vec<Diagnostic>) {
    if let [(name, place), ..] = judging
        && !query.contains("$version")
    {
        let message = format!("the version before is part of this metric when `{name}` judges a new one");
        let help = "select the version, as in `{version=\"$version\"}`";
        found.push(Diagnostic::warning(CODE, at.at(), message).related(place.clone(), "limited here").help(help));
    }
}

/// Warns of a query of several environments.
fn environment(at: &Trail<'_>, query: &str, judging: &[(&Name, Location)], found: &mut Vec<Diagnostic>) {
    if let [(first, _), (second, place), ..] = judging
        && !query.contains("$environment")
        && !query.contains("$namespace")
    {
        let message = format!("`{first}` and `{second}` run one version after the other, and this query adds up both");
        let help = "select one of them, as in `{namespace=\"$namespace\"}` or with `$environment`; if each has its own \
                    Prometheus, accept the warning in `[allow]`";
        found.push(Diagnostic::warning(CODE, at.at(), message).related(place.clone(), "limited here, too").help(help));
    }
}
