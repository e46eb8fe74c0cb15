//! Nightly runs have a schedule.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries, items};
use crate::definition::{Repeat, SuiteEvent};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct NightlyMissing;

const CODE: Code = Code("nightly-missing");

impl Check for NightlyMissing {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/nightly-missing.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        if definition.project.nightly.is_some() {
            return;
        }
        let mut never = |at: &Trail<'_>| {
            let message = "it would never run: the project has no `nightly`";
            let help = "add `nightly = { cron = \"17 2 * * *\" }` to `[project]`";
            found.push(Diagnostic::error(CODE, at.at(), message).help(help));
        };
        if definition.gates.repeat == Some(Repeat::Nightly) {
            never(&ROOT.key("gates").key("repeat"));
        }
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
            if run.gates.repeat == Some(Repeat::Nightly) {
                never(&at.key("gates").key("repeat"));
            }
        });
        entries(&ROOT, "suites", &definition.suites, &mut |at, _, suite| {
            items(at, "on", &suite.on, &mut |at, also| {
                if *also == SuiteEvent::Nightly {
                    never(at);
                }
            });
        });
    }
}
