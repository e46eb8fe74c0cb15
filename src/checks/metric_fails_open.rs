//! A metric that cannot be read does not pass in production.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::definition::{Definition, Name, Outcome};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct MetricFailsOpen;

const CODE: Code = Code("metric-fails-open");

impl Check for MetricFailsOpen {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/metric-fails-open.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut open = |at: &super::support::walk::Trail<'_>, outcome: Outcome, why: &str, environment: &Name| {
            let word = match outcome {
                Outcome::Fail => return,
                Outcome::Skip => "skip",
                Outcome::Pass => "pass",
            };
            let message = format!("`{word}` lets a version into `{environment}` {why}");
            found.push(Diagnostic::warning(CODE, at.at(), message).help("write `\"fail\"`"));
        };
        if let Some(prometheus) = definition.monitoring.as_ref().and_then(|monitoring| monitoring.prometheus.as_ref())
            && let Some(environment) = last(definition, None)
        {
            let at = ROOT.key("monitoring");
            let at = at.key("prometheus");
            open(&at.key("when-unset"), prometheus.when_unset, "when the URL of Prometheus is empty", environment);
            open(
                &at.key("when-unreachable"),
                prometheus.when_unreachable,
                "when its metrics do not answer",
                environment,
            );
            open(
                &at.key("when-partial"),
                prometheus.when_partial,
                "when data may be missing in its metrics",
                environment,
            );
        }
        entries(&ROOT, "metrics", &definition.metrics, &mut |at, name, metric| {
            let Some(environment) = last(definition, Some(name)) else { return };
            open(&at.key("when-empty"), metric.when_empty, "when the metric is empty", environment);
            open(&at.key("when-nan"), metric.when_nan, "when the metric is not a number", environment);
            let few = at.key("when-few");
            open(&few.key("then"), metric.when_few.then, "that too few have used", environment);
        });
    }
}

/// An environment after which no other comes, and which limits this metric, or any.
fn last<'a>(definition: &'a Definition, metric: Option<&Name>) -> Option<&'a Name> {
    let environments = &definition.environments;
    let limits = |limits: &crate::definition::Table<crate::definition::Limit>| match metric {
        Some(metric) => limits.contains_key(metric),
        None => !limits.is_empty(),
    };
    environments
        .iter()
        .filter(|(name, it)| {
            limits(&it.limits) && !environments.values().any(|other| other.needs.as_ref() == Some(*name))
        })
        .map(|(name, _)| name)
        .next()
}
