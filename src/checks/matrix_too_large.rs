//! A matrix has at most 256 jobs.

use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::definition::{Component, Definition, Repeat, RunsOn, TestRun};
use crate::diagnostics::{At, Code, Diagnostic};
use crate::runners::{Order, runner};

pub(crate) struct MatrixTooLarge;

const CODE: Code = Code("matrix-too-large");

impl Check for MatrixTooLarge {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/matrix-too-large.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "components", &definition.components, &mut |at, name, component| {
            let factors = [(versions(component), "versions"), (machines(component.runs_on.as_ref()), "machines")];
            found.extend(too_many(|| at.at().key(), name, &factors));
        });
        entries(&ROOT, "tests", &definition.tests, &mut |at, name, run| {
            let component = definition.components.get(&run.component);
            let inherited = component.and_then(|component| component.runs_on.as_ref());
            let factors = [
                (usize::from(run.shards), "shards"),
                (component.map_or(1, versions), "versions"),
                (machines(run.runs_on.as_ref().or(inherited)), "machines"),
                (seeds(definition, run), "seeds"),
            ];
            found.extend(too_many(|| at.key("shards").at(), name, &factors));
        });
    }
}

/// Source: <https://docs.github.com/actions/reference/limits>, job matrix.
const MOST: usize = 256;

fn too_many(at: impl Fn() -> At, name: &str, factors: &[(usize, &str)]) -> Option<Diagnostic> {
    let jobs = factors.iter().fold(1_usize, |jobs, (count, _)| jobs.saturating_mul(*count));
    (jobs > MOST).then(|| {
        let shown: Vec<String> =
            factors.iter().filter(|(count, _)| *count > 1).map(|(count, what)| format!("{count} {what}")).collect();
        let message =
            format!("`{name}` would have {jobs} jobs ({}), and a matrix has at most {MOST}", shown.join(" × "));
        Diagnostic::error(CODE, at(), message).help("make one of the lists shorter")
    })
}

fn versions(component: &Component) -> usize {
    let custom = component.custom.as_ref().and_then(|custom| custom.versions.as_ref());
    let axes =
        [component.python.as_ref(), component.node.as_ref(), component.rust.as_ref(), component.go.as_ref(), custom];
    axes.into_iter().flatten().fold(1, |jobs, axis| jobs * axis.values.len())
}

fn machines(runs_on: Option<&RunsOn>) -> usize {
    match runs_on {
        Some(RunsOn::Axis(axis)) => axis.values.len(),
        _ => 1,
    }
}

/// A run that is repeated has two seeds, where its runner has an order to shuffle.
fn seeds(definition: &Definition, run: &TestRun) -> usize {
    let nightly = definition.project.nightly.is_some().then_some(Repeat::Nightly);
    match run.gates.repeat.or(definition.gates.repeat).or(nightly) {
        Some(Repeat::Nightly | Repeat::Always) if shuffles(run) => 2,
        _ => 1,
    }
}

fn shuffles(run: &TestRun) -> bool {
    runner(&run.runner).is_some_and(|runner| runner.can().order == Order::Shuffled)
}
