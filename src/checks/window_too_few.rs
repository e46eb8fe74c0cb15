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

/// The tightest limit of a metric over all environments, where its value is known, and its place.
fn tightest(definition: &Definition, name: &Name) -> Option<(Option<Amount>, Location)> {
    let at = ROOT.key("environments");
    let mut tightest: Option<(Option<Amount>, Location)> = None;
    for (environment, it) in &definition.environments {
        let Some(limit) = it.limits.get(name) else { continue };
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
