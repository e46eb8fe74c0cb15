//! A limit is written in the unit of its metric, and is within its ceiling.

use super::check::{Check, Subject};
use super::support::amount::{self, Amount};
use super::support::walk::{ROOT, Trail};
use crate::definition::{Limit, Unit, Value};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::Limited;

pub(crate) struct LimitUnit;

const CODE: Code = Code("limit-unit");

impl Check for LimitUnit {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/limit-unit.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let environments = ROOT.key("environments");
        for environment in &subject.pipeline.environments {
            let at = environments.key(environment.name);
            let at = at.key("limits");
            for Limited { name, metric, limit } in &environment.limits {
                one(&at.key(name), name, metric.unit, limit, found);
            }
        }
    }
}

fn one(at: &Trail<'_>, name: &str, unit: Unit, limit: &Limit, found: &mut Vec<Diagnostic>) {
    let max = at.key("max");
    let place = match &limit.max {
        Value::Literal(_) => max,
        Value::External(_) => max.key("default"),
    };
    let written = amount::written(limit);
    let value = written.and_then(|text| fits(&place, name, unit, text, found));
    let ceiling = limit.ceiling.as_deref().and_then(|text| fits(&at.key("ceiling"), name, unit, text, found));
    if let (Some(value), Some(ceiling)) = (value, ceiling)
        && value > ceiling
    {
        let message = format!("{} is above its own ceiling", written.unwrap_or_default());
        let diagnostic = Diagnostic::error(CODE, place.at(), message).related(at.key("ceiling").at(), "the ceiling");
        found.push(diagnostic.help("lower it, or raise the ceiling"));
    }
}

fn fits(at: &Trail<'_>, name: &str, unit: Unit, text: &str, found: &mut Vec<Diagnostic>) -> Option<Amount> {
    let amount = Amount::read(unit, text);
    if amount.is_none() {
        let (what, example) = match unit {
            Unit::Ratio => ("a ratio", "0.1%"),
            Unit::Seconds => ("a time", "500ms"),
            Unit::Count => ("a number", "100"),
        };
        let message = format!("`{name}` is {what}, and `{text}` is not");
        found.push(Diagnostic::error(CODE, at.at(), message).help(format!("write it as in `\"{example}\"`")));
    }
    amount
}
