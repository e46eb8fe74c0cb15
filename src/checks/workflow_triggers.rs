//! Triggers of a custom workflow go together.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::definition::{RunEvent, Triggers};
use crate::diagnostics::{Code, Diagnostic};
use crate::resolve::names;

pub(crate) struct WorkflowTriggers;

const CODE: Code = Code("workflow-triggers");

impl Check for WorkflowTriggers {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/workflow-triggers.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "workflows", &subject.definition.workflows, &mut |at, _, workflow| {
            let (here, on) = (at.key("on"), &workflow.on);
            if !on.paths.is_empty() && on.branches.is_empty() && !on.pull_request {
                let message =
                    "`paths` selects among pushes to branches and pull requests, and the workflow has neither";
                let help =
                    "add `branches = [\"main\"]` or `pull-request = true`; pushes of tags are not filtered by GitHub";
                found.push(Diagnostic::error(CODE, here.key("paths").at(), message).help(help));
            }
            if !workflow.needs.is_empty() {
                if on.pull_request {
                    let message = "`ci.yml` runs for pull requests itself, and the two runs would cancel each other";
                    let help = "remove `pull-request`, or move the jobs to `[jobs]`";
                    found.push(Diagnostic::error(CODE, here.key("pull-request").at(), message).help(help));
                }
                if let Some((name, _)) = workflow.jobs.get_key_value(names::CI) {
                    let message = "with `needs = [\"ci\"]` the workflow has a job `ci` already";
                    let place = at.key("jobs").key(name).at().key();
                    found.push(Diagnostic::error(CODE, place, message).help("choose another name"));
                }
            }
            for (name, job) in &workflow.jobs {
                let jobs = at.key("jobs");
                let job_at = jobs.key(name);
                for case in job.when.iter().flat_map(|when| &when.cases) {
                    if !case.event.is_empty() && !case.event.iter().any(|event| starts(on, *event)) {
                        let message = "no event of this list starts the workflow, so the job never runs";
                        let help = "name an event that `on` has, or add it there";
                        found.push(Diagnostic::error(CODE, job_at.key("when").at(), message).help(help));
                    }
                }
            }
        });
    }
}

/// Returns whether an event starts a workflow; one that is called has the event of its caller.
fn starts(on: &Triggers, event: RunEvent) -> bool {
    match event {
        _ if on.call.allowed => true,
        RunEvent::Push => !on.branches.is_empty() || !on.tags.is_empty(),
        RunEvent::PullRequest => on.pull_request,
        RunEvent::MergeGroup => false,
        RunEvent::Schedule => !on.schedule.all.is_empty(),
        RunEvent::Release => !on.release.is_empty(),
        RunEvent::Manual => on.manual.allowed,
    }
}
