//! Metrics that are limited are read from somewhere.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct LimitWithoutPrometheus;

const CODE: Code = Code("limit-without-prometheus");

impl Check for LimitWithoutPrometheus {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/limit-without-prometheus.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        if definition.monitoring.as_ref().is_some_and(|monitoring| monitoring.prometheus.is_some()) {
            return;
        }
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            if !environment.limits.is_empty() {
                let message = format!("the limits of `{name}` are judged by no Prometheus");
                let help = "add `prometheus = { url = { secret = \"PROMETHEUS_URL\" } }` to `[monitoring]`";
                found.push(Diagnostic::error(CODE, at.key("limits").at().key(), message).help(help));
            }
        });
    }
}
