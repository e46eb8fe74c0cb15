//! A probe expects more than the status that any page has.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries, items};
use crate::definition::Probe;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct ProbeWithoutExpectation;

const CODE: Code = Code("probe-without-expectation");

impl Check for ProbeWithoutExpectation {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/probe-without-expectation.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "smoke", &subject.definition.smoke, &mut |at, _, smoke| {
            items(at, "probes", &smoke.probes, &mut |at, probe: &Probe| {
                if probe.expect.status != 200 || !probe.expect.json.is_empty() || probe.expect.contains.is_some() {
                    return;
                }
                let message =
                    format!("`{}` expects nothing but 200, which a proxy's error page has as well", probe.name);
                let help = if probe.request.method == "HEAD" {
                    "an answer to HEAD has no body: write `GET`, and what its answer contains in `expect`"
                } else {
                    "add what the service alone answers, as in `expect = { json = { \".status\" = \"healthy\" } }` or `expect = { contains = \"pong\" }`"
                };
                found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
            });
        });
    }
}
