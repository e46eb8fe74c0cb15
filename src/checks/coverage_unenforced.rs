//! Coverage that is measured is judged, and what is judged is measured.

use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::definition::{Floor, Gates, Percent};
use crate::diagnostics::{At, Code, Diagnostic};

pub(crate) struct CoverageUnenforced;

const CODE: Code = Code("coverage-unenforced");

impl Check for CoverageUnenforced {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/coverage-unenforced.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let measured = definition.tests.values().any(|run| !run.measure.is_empty());
        let gates = ROOT.key("gates");
        floor(&definition.gates, || gates.key("coverage").at(), found);
        if !measured && let Some(key) = judged(&definition.gates) {
            found.push(unmeasured(gates.key(key).at(), "no test run measures coverage"));
        }
        entries(&ROOT, "tests", &definition.tests, &mut |at, name, run| {
            let own = at.key("gates");
            floor(&run.gates, || own.key("coverage").at(), found);
            if run.measure.is_empty() {
                if let Some(key) = judged(&run.gates) {
                    found.push(unmeasured(own.key(key).at(), &format!("`{name}` measures no coverage")));
                }
            } else if run.gates.coverage.or(definition.gates.coverage).is_none() {
                let message = format!("the coverage of `{name}` is measured, and no gate judges it");
                let help = "add `coverage = \"80%\"` to `[gates]`";
                found.push(Diagnostic::warning(CODE, at.key("measure").at(), message).help(help));
            }
        });
    }
}

/// Share below which most of the code can go untested.
const HALF: Percent = Percent::whole(50);

/// The first gate that judges coverage.
fn judged(gates: &Gates) -> Option<&'static str> {
    let coverage = gates.coverage.map(|_| "coverage");
    coverage.or(gates.patch_coverage.map(|_| "patch-coverage"))
}

fn unmeasured(at: At, message: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, message)
        .help("add `measure = [\"…\"]` with the packages to the test run, or remove the gate")
}

fn floor(gates: &Gates, at: impl Fn() -> At, found: &mut Vec<Diagnostic>) {
    if let Some(Floor::Share(floor)) = gates.coverage
        && floor < HALF
    {
        let message = format!("a floor of {floor} lets more than half of the code go untested");
        let help = "write `coverage = \"ratchet\"`: it may not fall below the newest run of the deploying branch";
        found.push(Diagnostic::warning(CODE, at(), message).help(help));
    }
}
