//! Jobs do not wait for each other in a cycle.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{Job, Name, Table};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct NeedsCycle;

const CODE: Code = Code("needs-cycle");

impl Check for NeedsCycle {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/needs-cycle.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        cycles(&ROOT, &subject.definition.jobs, found);
        entries(&ROOT, "workflows", &subject.definition.workflows, &mut |at, _, workflow| {
            cycles(at, &workflow.jobs, found);
        });
    }
}

/// Reports each cycle once, at the job of it that is declared first.
fn cycles(above: &Trail<'_>, jobs: &Table<Job>, found: &mut Vec<Diagnostic>) {
    let mut done: Vec<&Name> = Vec::new();
    for (name, job) in jobs {
        if job.needs.is_empty() || done.contains(&name) {
            continue;
        }
        if let Some(circle) = circle(name, jobs) {
            let shown: Vec<String> = circle.iter().skip(1).map(|it| format!("`{it}`")).collect();
            let message = format!("`{name}` waits for itself: it needs {}", shown.join(", which needs "));
            let at = above.key("jobs").key(name).key("needs").at();
            found.push(Diagnostic::error(CODE, at, message).help("remove one of these needs"));
            done.extend(circle);
        }
    }
}

/// The way from a job back to itself, both ends included.
fn circle<'a>(start: &'a Name, jobs: &'a Table<Job>) -> Option<Vec<&'a Name>> {
    let mut ways: Vec<Vec<&Name>> = vec![vec![start]];
    let mut seen: Vec<&Name> = Vec::new();
    while let Some(way) = ways.pop() {
        let here = way.last().and_then(|last| jobs.get(*last));
        for next in here.into_iter().flat_map(|job| &job.needs) {
            let longer = || way.iter().copied().chain([next]).collect();
            if next == start {
                return Some(longer());
            }
            if !seen.contains(&next) {
                seen.push(next);
                ways.push(longer());
            }
        }
    }
    None
}
