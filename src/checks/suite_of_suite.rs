//! A suite is left out of a test run, never out of another suite.

use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SuiteOfSuite;

const CODE: Code = Code("suite-of-suite");

impl Check for SuiteOfSuite {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/suite-of-suite.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "suites", &definition.suites, &mut |at, name, suite| {
            if definition.tests.contains_key(&suite.of) {
                return;
            }
            if let Some(outer) = definition.suites.get(&suite.of) {
                let message = format!("`{name}` is left out of `{}`, which is a suite itself", suite.of);
                let there = ROOT.key("suites").key(&suite.of).at().key();
                let diagnostic = Diagnostic::error(CODE, at.key("of").at(), message).related(there, "the other suite");
                found.push(diagnostic.help(format!("write `of = \"{}\"`", outer.of)));
            }
        });
    }
}
