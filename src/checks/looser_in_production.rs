//! Limits do not get looser on the way to production.

use super::check::{Check, Subject};
use super::support::amount::{self, Amount};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{Definition, Environment, Limit, Name, Unit};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct LooserInProduction;

const CODE: Code = Code("looser-in-production");

impl Check for LooserInProduction {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/looser-in-production.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            let before = environment.needs.as_ref().and_then(|needs| definition.environments.get_key_value(needs));
            // An order that is not that of the file is reported for itself.
            let index = |name: &Name| definition.environments.get_index_of(name);
            if let Some(before) = before.filter(|(before, _)| index(before) < index(name)) {
                compare(definition, at, (name, environment), before, found);
            }
        });
    }
}

fn compare(
    definition: &Definition,
    at: &Trail<'_>,
    (name, environment): (&Name, &Environment),
    (before, earlier): (&Name, &Environment),
    found: &mut Vec<Diagnostic>,
) {
    let limits = at.key("limits");
    let earlier_limits = ROOT.key("environments");
    let earlier_limits = earlier_limits.key(before);
    let earlier_limits = earlier_limits.key("limits");
    for (metric, strict) in &earlier.limits {
        let Some(unit) = definition.metrics.get(metric).map(|metric| metric.unit) else { continue };
        let there = earlier_limits.key(metric);
        let Some(limit) = environment.limits.get(metric) else {
            let message = format!("`{before}` limits `{metric}`, and `{name}` after it does not");
            let diagnostic = Diagnostic::error(CODE, limits.at().key(), message).related(there.at(), "limited here");
            found.push(diagnostic.help(format!("add `{metric}` to the limits of `{name}`")));
            continue;
        };
        let here = limits.key(metric);
        for key in ["max", "ceiling"] {
            let (Some(strict), Some(loose)) = (side(key, unit, strict), side(key, unit, limit)) else { continue };
            if loose.1 > strict.1 {
                let message = format!("`{name}` allows {}, and `{before}` before it only {}", loose.0, strict.0);
                let diagnostic = Diagnostic::error(CODE, here.key(key).at(), message);
                let help = format!("write at most `\"{}\"`", strict.0);
                found.push(diagnostic.related(there.key(key).at(), "stricter here").help(help));
            }
        }
        if strict.ceiling.is_some() && limit.ceiling.is_none() && limit.max.external().is_some() {
            let message = format!("`{metric}` has a ceiling in `{before}`, and none in `{name}` after it");
            let diagnostic =
                Diagnostic::error(CODE, here.at(), message).related(there.key("ceiling").at(), "the ceiling");
            found.push(
                diagnostic.help(format!("add `ceiling = \"{}\"`", strict.ceiling.as_deref().unwrap_or_default())),
            );
        }
    }
}

/// One side of a limit as it is written, and what it means.
fn side<'a>(key: &str, unit: Unit, limit: &'a Limit) -> Option<(&'a str, Amount)> {
    let text = if key == "max" { amount::written(limit) } else { limit.ceiling.as_deref() }?;
    Amount::read(unit, text).map(|amount| (text, amount))
}
