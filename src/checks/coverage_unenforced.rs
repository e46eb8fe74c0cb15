//! Coverage that is measured is judged, and what is judged is measured.

use super::check::{Check, Subject};
use super::support::walk::ROOT;
use crate::definition::{Floor, Gates, Name, Percent};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::pytest;
use crate::resolve::{Pipeline, TestRun};

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
        let measured = definition.tests.values().any(|run| run.coverage.is_some());
        let gates = ROOT.key("gates");
        floor(&definition.gates, || gates.key("coverage").at(), found);
        if !measured && let Some(key) = judged(&definition.gates) {
            found.push(unmeasured(gates.key(key).at(), "no test run measures coverage"));
        }
        let tests = ROOT.key("tests");
        for resolved in subject.pipeline.tests.values() {
            let (name, run) = (resolved.name, resolved.written);
            let at = tests.key(name);
            let own = at.key("gates");
            floor(&run.gates, || own.key("coverage").at(), found);
            if run.coverage.is_none() {
                if let Some(key) = judged(&run.gates) {
                    found.push(unmeasured(own.key(key).at(), &format!("`{name}` measures no coverage")));
                }
                if let Some(floor) = lost(subject.pipeline, resolved) {
                    found.push(unenforced(at.at().key(), name, floor));
                }
                continue;
            }
            let floor = &resolved.project_floor;
            let (gate, place) = match run.gates.coverage {
                Some(gate) => (Some(gate), own.key("coverage").at()),
                None => (definition.gates.coverage, gates.key("coverage").at()),
            };
            if let (Some(gate), Some(floor)) = (gate, floor) {
                found.extend(lowered(place, gate, floor));
            }
            if gate.is_none() && floor.is_none() {
                let message = format!("the coverage of `{name}` is measured, and no gate judges it");
                let help = "add `coverage = \"80%\"` to `[gates]`";
                found.push(Diagnostic::warning(CODE, at.key("coverage").at(), message).help(help));
            }
        }
    }
}

/// Share below which most of the code can go untested.
const HALF: Percent = Percent::whole(50);

/// The first gate that judges coverage.
fn judged(gates: &Gates) -> Option<&'static str> {
    let coverage = gates.coverage.map(|_| "coverage");
    coverage.or(gates.patch_coverage.map(|_| "patch-coverage"))
}

fn unmeasured(at: Location, message: &str) -> Diagnostic {
    Diagnostic::error(CODE, at, message)
        .help("add `measure = [\"…\"]` with the packages to the test run, or remove the gate")
}

/// The project's own floor, which no shard enforces where a run without `coverage` is several jobs.
fn lost<'p>(pipeline: &Pipeline<'_>, run: &'p TestRun<'_>) -> Option<&'p pytest::Floor> {
    let mut beside = pipeline.tests.values().filter(|other| other.component.name == run.component.name);
    let measured = beside.any(|other| other.written.coverage.is_some());
    run.project_floor.as_ref().filter(|_| run.is_partial() && !measured)
}

fn unenforced(at: Location, name: &Name, floor: &pytest::Floor) -> Diagnostic {
    let pytest::Floor { percent, origin } = floor;
    let message = format!(
        "no job enforces the floor of {percent}% that {origin} sets: `{name}` runs in parts and measures no coverage"
    );
    let help = "add `measure = [\"…\"]` with the packages to the test run: the floor then judges their merged coverage";
    Diagnostic::warning(CODE, at, message).help(help)
}

/// A gate that takes the place of a higher floor in the project's own configuration.
fn lowered(at: Location, gate: Floor, floor: &pytest::Floor) -> Option<Diagnostic> {
    let (share, origin) = (floor.share()?, &floor.origin);
    let (message, other) = match gate {
        Floor::Share(gate) if gate >= share => return None,
        Floor::Share(gate) => {
            let message =
                format!("a floor of {gate} is lower than the {share} that {origin} sets, which no job enforces");
            (message, format!("set {gate} there"))
        }
        Floor::Ratchet => {
            let message = format!("`ratchet` replaces the floor of {share} that {origin} sets, which no job enforces");
            (message, "remove the other floor".to_owned())
        }
    };
    Some(Diagnostic::warning(CODE, at, message).help(format!("write `coverage = \"{share}\"`, or {other}")))
}

fn floor(gates: &Gates, at: impl Fn() -> Location, found: &mut Vec<Diagnostic>) {
    if let Some(Floor::Share(floor)) = gates.coverage
        && floor < HALF
    {
        let message = format!("a floor of {floor} lets more than half of the code go untested");
        let help = "write `coverage = \"ratchet\"`: it may not fall below the newest run of the deploying branch";
        found.push(Diagnostic::warning(CODE, at(), message).help(help));
    }
}
