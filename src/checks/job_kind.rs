//! A custom job has steps or calls a workflow.

use super::check::{Check, Subject};
use super::support::walk::{self, Trail};
use crate::definition::Job;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct JobKind;

const CODE: Code = Code("job-kind");

impl Check for JobKind {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/job-kind.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        walk::jobs(subject.definition, &mut |at, name, job| match (job.steps.is_empty(), &job.uses) {
            (true, None) => {
                let message = format!("the job `{name}` has no steps and calls no workflow");
                let help = "add `steps = [{ run = \"…\" }]`, or `uses = \"./.github/workflows/<file>.yml\"`";
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
            (false, None) => of_steps(at, job, found),
            (_, Some(_)) => of_call(at, job, found),
        });
    }
}

fn of_steps(at: &Trail<'_>, job: &Job, found: &mut Vec<Diagnostic>) {
    for (key, is_set) in [("with", !job.with.is_empty()), ("secrets", !job.secrets.is_empty())] {
        if is_set {
            let message = format!("`{key}` is for a job that calls a workflow by `uses`");
            let help = "write it at the step, or give the value to all steps by `env`";
            found.push(Diagnostic::error(CODE, at.key(key).at(), message).help(help));
        }
    }
}

/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations>, supported
/// keywords for jobs that call a reusable workflow.
fn of_call(at: &Trail<'_>, job: &Job, found: &mut Vec<Diagnostic>) {
    let by_with = "give the value to the workflow by `with`, where it declares an input";
    let inside = "write it in the called workflow";
    let keys = [
        ("steps", !job.steps.is_empty(), "make two jobs of it"),
        ("env", !job.env.is_empty(), by_with),
        ("runs-on", job.runs_on.is_some(), by_with),
        ("component", job.component.is_some(), inside),
        ("environment", job.environment.is_some(), inside),
        ("container", job.container.is_some(), inside),
        ("services", !job.services.is_empty(), inside),
        ("packages", !job.packages.apt.is_empty(), inside),
        ("checkout", job.checkout.is_some(), inside),
        ("timeout", job.timeout.is_some(), inside),
    ];
    for (key, _, help) in keys.into_iter().filter(|(_, is_set, _)| *is_set) {
        let message = format!("a job that calls a workflow has no `{key}`");
        found.push(Diagnostic::error(CODE, at.key(key).at(), message).help(help));
    }
    if job.matrix.as_ref().is_some_and(|matrix| !matrix.optional.is_empty()) {
        let message = "GitHub lets no job that calls a workflow fail";
        let matrix = at.key("matrix");
        found.push(
            Diagnostic::error(CODE, matrix.key("optional").at(), message)
                .help("remove `optional`, or call the workflow in a job with `merge = \"reported\"`"),
        );
    }
}
