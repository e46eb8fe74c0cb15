//! A share is judged by enough requests.

use super::check::{Check, Subject};
use super::support::amount::{self, Amount};
use super::support::walk::{ROOT, entries};
use crate::definition::{Definition, Name, Unit};
use crate::diagnostics::{Code, Diagnostic, Location};

pub(crate) struct WindowTooFew;

const CODE: Code = Code("window-too-few");

impl Check for WindowTooFew {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/window-too-few.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        declared(definition, found);
        entries(&ROOT, "metrics", &definition.metrics, &mut |at, name, metric| {
            if metric.unit != Unit::Ratio {
                return;
            }
            let Some((limit, place)) = tightest(definition, name) else { return };
            let Some(samples) = &metric.samples else {
                let message = format!("`{name}` is judged however few requests it rests on");
                let least = limit.and_then(Amount::requests).unwrap_or(1_000);
                let help = format!("add `samples = {{ query = 'sum(increase(…[$window]))', at-least = {least} }}`");
                found.push(Diagnostic::error(CODE, at.at().key(), message).related(place, "limited here").help(help));
                return;
            };
            if let Some(needed) = limit.and_then(Amount::requests).filter(|needed| *needed > samples.at_least) {
                let message =
                    format!("among {} requests, a single error is more than `{name}` allows", samples.at_least);
                let diagnostic = Diagnostic::error(CODE, at.key("samples").key("at-least").at(), message);
                found.push(diagnostic.related(place, "the limit").help(format!("write at least `{needed}`")));
            }
        });
    }
}

/// Checks the samples that environments declare themselves. Only one that others come after may ask for too few.
fn declared(definition: &Definition, found: &mut Vec<Diagnostic>) {
    let environments = &definition.environments;
    let at = ROOT.key("environments");
    for (environment, it) in environments {
        for (name, limit) in &it.limits {
            let (Some(samples), Some(metric)) = (limit.samples, definition.metrics.get(name)) else { continue };
            let at = at.key(environment);
            let at = at.key("limits");
            let at = at.key(name);
            if metric.samples.is_none() {
                let message = format!("`{name}` counts no samples");
                let help = format!("add `samples = {{ query = '…', at-least = … }}` to `[metrics.{name}]`");
                found.push(Diagnostic::error(CODE, at.key("samples").at(), message).help(help));
                continue;
            }
            let needed = amount::tightest(metric.unit, limit).and_then(Amount::requests);
            let is_last = !environments.values().any(|other| other.needs.as_ref() == Some(environment));
            if let Some(needed) = needed.filter(|needed| is_last && *needed > samples) {
                let message = format!("`{environment}` judges `{name}` by fewer requests than its limit needs");
                let help = format!("write at least `{needed}`, or accept it in `[allow]`");
                found.push(Diagnostic::warning(CODE, at.key("samples").at(), message).help(help));
            }
        }
    }
}

/// The tightest limit of a metric over all environments that ask for its usual samples, where its value is known, and its
/// place.
fn tightest(definition: &Definition, name: &Name) -> Option<(Option<Amount>, Location)> {
    let at = ROOT.key("environments");
    let mut tightest: Option<(Option<Amount>, Location)> = None;
    for (environment, it) in &definition.environments {
        let Some(limit) = it.limits.get(name).filter(|limit| limit.samples.is_none()) else { continue };
        let amount = amount::tightest(Unit::Ratio, limit);
        let tighter = match (&tightest, amount) {
            (None, _) => true,
            (Some((known, _)), Some(amount)) => known.is_none_or(|known| amount < known),
            (Some(_), None) => false,
        };
        if tighter {
            tightest = Some((amount, at.key(environment).key("limits").key(name).at()));
        }
    }
    tightest
}
