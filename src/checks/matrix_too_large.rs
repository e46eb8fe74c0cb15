//! A matrix has at most 256 jobs.

use super::check::{Check, Subject};
use super::support::walk::ROOT;
use crate::diagnostics::{Code, Diagnostic, Location};

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
        let (components, tests) = (ROOT.key("components"), ROOT.key("tests"));
        for component in subject.pipeline.components.values() {
            let factors = [(component.axes.version_count(), "versions"), (component.axes.machine_count(), "machines")];
            found.extend(too_many(|| components.key(component.name).at().key(), component.name, &factors));
        }
        for run in subject.pipeline.tests.values() {
            let factors = [
                (usize::from(run.written.shards), "shards"),
                (run.axes.version_count(), "versions"),
                (run.axes.machine_count(), "machines"),
                (run.seeds.count(), "seeds"),
            ];
            found.extend(too_many(|| tests.key(run.name).key("shards").at(), run.name, &factors));
        }
    }
}

/// Source: <https://docs.github.com/actions/reference/limits>, job matrix.
const MOST: usize = 256;

fn too_many(at: impl Fn() -> Location, name: &str, factors: &[(usize, &str)]) -> Option<Diagnostic> {
    let jobs = factors.iter().fold(1_usize, |jobs, (count, _)| jobs.saturating_mul(*count));
    (jobs > MOST).then(|| {
        let shown: Vec<String> =
            factors.iter().filter(|(count, _)| *count > 1).map(|(count, what)| format!("{count} {what}")).collect();
        let message =
            format!("`{name}` would have {jobs} jobs ({}), and a matrix has at most {MOST}", shown.join(" × "));
        Diagnostic::error(CODE, at(), message).help("make one of the lists shorter")
    })
}
