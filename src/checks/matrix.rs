//! The matrix of a custom job makes the jobs that it seems to make.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail};
use crate::definition::{Cell, JobRunsOn, Matrix as Written, Name, fits};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::resolve::Job;

pub(crate) struct Matrix;

const CODE: Code = Code("matrix");

impl Check for Matrix {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/matrix.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let pipeline = subject.pipeline;
        let table = ROOT.key("jobs");
        for job in &pipeline.jobs {
            one(&table.key(job.name), job, found);
        }
        let table = ROOT.key("workflows");
        for workflow in &pipeline.workflows {
            let at = table.key(workflow.name);
            let jobs = at.key("jobs");
            for job in &workflow.jobs {
                one(&jobs.key(job.name), job, found);
            }
        }
    }
}

/// Source: <https://docs.github.com/actions/reference/limits>, job matrix.
const MOST: usize = 256;

fn one(at: &Trail<'_>, job: &Job<'_>, found: &mut Vec<Diagnostic>) {
    if let Some(JobRunsOn::Matrix(key)) = &job.written.runs_on {
        machine(at, key, job, found);
    }
    let Some(matrix) = &job.written.matrix else { return };
    let here = at.key("matrix");
    let size = matrix.combinations();
    if size > Written::MAX_COMBINATIONS {
        let message = format!("the axes of the matrix of `{}` have {size} combinations", job.name);
        found.push(Diagnostic::error(CODE, here.at(), message).help("make the lists shorter, or remove an axis"));
        return;
    }
    let before = found.len();
    excluded(&here, matrix, found);
    if found.len() > before {
        return;
    }
    optional(&here, matrix, &job.cells, found);
    versions(&here, job, found);
    let mut wrong = |message: String, help: &str| {
        found.push(Diagnostic::error(CODE, here.at(), message).help(help));
    };
    match job.cells.len() {
        0 => wrong(
            format!("the matrix of `{}` has no job left", job.name),
            "add an axis, as in `os = [\"ubuntu-24.04\"]`",
        ),
        1..=MOST => {}
        size => wrong(
            format!("the matrix of `{}` would have {size} jobs, and a matrix has at most {MOST}", job.name),
            "make one of the lists shorter",
        ),
    }
    let twice = job.cells.iter().enumerate().find(|(index, cell)| job.cells.iter().take(*index).any(|it| it == *cell));
    if let Some((_, cell)) = twice {
        wrong(format!("two jobs of the matrix of `{}` are the same: {}", job.name, shown(cell)), "write it once");
    }
}

/// Every job has a label to run on.
fn machine(at: &Trail<'_>, key: &Name, job: &Job<'_>, found: &mut Vec<Diagnostic>) {
    let place = || at.key("runs-on").key("matrix").at();
    let Some(matrix) = &job.written.matrix else {
        let message = format!("`{}` has no matrix with a key `{key}`", job.name);
        let help = format!("add `matrix = {{ {key} = [\"ubuntu-24.04\", \"macos-15\"] }}`");
        found.push(Diagnostic::error(CODE, place(), message).help(help));
        return;
    };
    if let Some(cell) = job.cells.iter().find(|cell| !cell.contains_key(key)) {
        let known = matrix.axes.keys().chain(matrix.include.iter().flat_map(|cell| cell.keys()));
        let help = if job.cells.iter().any(|cell| cell.contains_key(key)) {
            format!("add `{key} = \"…\"` to that item of `include`")
        } else {
            did_you_mean(key, known.map(Name::as_str))
        };
        let message = format!("a job of the matrix has no `{key}` to run on: {}", shown(cell));
        found.push(Diagnostic::error(CODE, place(), message).help(help));
    }
}

/// GitHub refuses an unknown axis, and ignores a combination that does not exist.
fn excluded(at: &Trail<'_>, matrix: &Written, found: &mut Vec<Diagnostic>) {
    let table = at.key("exclude");
    let all = Written { axes: matrix.axes.clone(), ..Written::default() }.cells();
    for (index, cell) in matrix.exclude.iter().enumerate() {
        let item = table.index(index);
        if let Some(key) = cell.keys().find(|key| !matrix.axes.contains_key(*key)) {
            let message = format!("`{key}` is not an axis of the matrix");
            let help = did_you_mean(key, matrix.axes.keys().map(Name::as_str));
            found.push(Diagnostic::error(CODE, item.key(key).at().key(), message).help(help));
        } else if !all.iter().any(|known| fits(known, cell)) {
            found.push(none(&item, cell));
        }
    }
}

fn optional(at: &Trail<'_>, matrix: &Written, cells: &[Cell], found: &mut Vec<Diagnostic>) {
    let table = at.key("optional");
    for (index, cell) in matrix.optional.iter().enumerate() {
        if !cells.iter().any(|known| fits(known, cell)) {
            found.push(none(&table.index(index), cell));
        }
    }
    let may_fail = |cell: &Cell| matrix.optional.iter().any(|optional| fits(cell, optional));
    if !cells.is_empty() && cells.iter().all(may_fail) {
        let message = "every job of the matrix may fail, so the job never fails";
        let help = "remove `optional`; for a job whose failure does not block a merge write `merge = \"reported\"`";
        found.push(Diagnostic::error(CODE, table.at(), message).help(help));
    }
}

/// A combination that no job of the matrix has.
fn none(at: &Trail<'_>, cell: &Cell) -> Diagnostic {
    Diagnostic::error(CODE, at.at(), format!("no job of the matrix has {}", shown(cell)))
        .help("name values that the axes have, or remove it")
}

/// An axis that is called after the component's toolchain sets its version, in every job.
fn versions(at: &Trail<'_>, job: &Job<'_>, found: &mut Vec<Diagnostic>) {
    let versions = job.component.as_ref().and_then(|component| component.axes.versions);
    let Some(axis) = versions.map(|versions| versions.axis) else { return };
    let sets = job.cells.iter().any(|cell| cell.contains_key(axis));
    if let Some(cell) = job.cells.iter().find(|cell| sets && !cell.contains_key(axis)) {
        let message = format!("a job of the matrix has no `{axis}`, by which its toolchain is set up: {}", shown(cell));
        let help = format!("add `{axis} = \"…\"` to that item of `include`");
        found.push(Diagnostic::error(CODE, at.at(), message).help(help));
    }
}

fn shown(cell: &Cell) -> String {
    let pairs: Vec<String> = cell.iter().map(|(key, value)| format!("{key} = \"{value}\"")).collect();
    format!("`{{ {} }}`", pairs.join(", "))
}
