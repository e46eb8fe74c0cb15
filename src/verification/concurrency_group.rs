//! No run waits for itself, and none that waits is dropped unseen.

use super::set::telling_axes;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{At, Code, Diagnostic};
use crate::workflow::{Concurrency, Job, Workflow};

pub(crate) struct ConcurrencyGroup;

impl Rule for ConcurrencyGroup {
    fn code(&self) -> Code {
        Code("concurrency-group")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/concurrency-group.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for workflow in set.workflows {
            self.group(&workflow.origin, &format!("`{}`", workflow.file), &workflow.concurrency, found);
            self.itself(set, workflow, found);
        }
        for (_, job) in set.jobs() {
            let Some(concurrency) = &job.concurrency else { continue };
            self.group(&job.origin, &format!("the job `{}`", job.id), concurrency, found);
            if !concurrency.queue && !tells_axes(set, job) {
                let message =
                    format!("the jobs of the matrix of `{}` share a group, and all but two are dropped", job.id);
                found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
            }
        }
        for (place, used) in set.uses("github").filter(|(place, _)| is_group(place)) {
            let is_caller = used.name(0).is_some_and(|name| ["workflow", "workflow_ref"].contains(&name));
            if is_caller && place.workflow.on.call.is_some() {
                let message = format!("{} reads `{used}`, which is the caller's in a call", place.described());
                found.push(place.error(self.code(), message).help(FAULT));
            }
        }
    }
}

fn is_group(place: &super::place::Place<'_>) -> bool {
    place.table == "concurrency" && place.name == "group"
}

impl ConcurrencyGroup {
    fn group(&self, at: &At, what: &str, concurrency: &Concurrency, found: &mut Vec<Diagnostic>) {
        let Concurrency { group, cancel, queue, .. } = concurrency;
        let mut wrong = |message: String| {
            found.push(Diagnostic::error(self.code(), at.clone(), message).help(FAULT));
        };
        if group.trim().is_empty() {
            wrong(format!("{what} has a group without a name"));
        }
        if *queue && cancel != "false" {
            wrong(format!("{what} queues runs and cancels them, which GitHub refuses"));
        }
        if !["true", "false"].contains(&cancel.as_str()) && !cancel.contains("${{") {
            wrong(format!("{what} cancels by `{cancel}`, which is neither yes nor no"));
        }
    }

    /// Looks at everything that runs while a workflow holds its group.
    fn itself(&self, set: &Set<'_>, root: &Workflow, found: &mut Vec<Diagnostic>) {
        let Some(root) = set.callee(&root.file).filter(|known| std::ptr::eq(*known, root)) else { return };
        let is_held = |concurrency: &Concurrency| concurrency.group.eq_ignore_ascii_case(&root.concurrency.group);
        let mut wrong = |at: &At, what: String| {
            let message = format!("{what} waits for the group `{}`, which its own run holds", root.concurrency.group);
            found.push(Diagnostic::error(self.code(), at.clone(), message).help(FAULT));
        };
        for (workflow, level) in set.run_of(root) {
            if level > 0 && !std::ptr::eq(workflow, root) && is_held(&workflow.concurrency) {
                wrong(&workflow.origin, format!("`{}`, called by `{}`,", workflow.file, root.file));
            }
            for job in &workflow.jobs {
                if job.concurrency.as_ref().is_some_and(is_held) {
                    wrong(&job.origin, format!("the job `{}`", job.id));
                }
            }
        }
    }
}

/// Whether the group of a job tells the jobs of its matrix apart.
fn tells_axes(set: &Set<'_>, job: &Job) -> bool {
    let place = set.places.iter().find(|place| {
        is_group(place) && place.job.is_some_and(|other| std::ptr::eq(other, job)) && place.step.is_none()
    });
    let reads = |axis: &str| {
        place.is_some_and(|place| {
            let mut contexts = place.read.contexts.iter();
            contexts.any(|used| used.is("matrix") && used.name(0).is_some_and(|name| name.eq_ignore_ascii_case(axis)))
        })
    };
    telling_axes(job).all(reads)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_break, breaks, call, called, clean, job, matrix, passes};
    use crate::workflow::{Concurrency, Workflow};

    fn group(name: &str) -> Concurrency {
        Concurrency { group: name.to_owned(), cancel: "false".to_owned(), queue: false }
    }

    fn with(concurrency: Concurrency) -> Workflow {
        let mut workflow = clean();
        job(&mut workflow).concurrency = Some(concurrency);
        workflow
    }

    #[test]
    fn a_job_that_waits_for_its_own_run() {
        passes(&with(group("atom-staging")));
        breaks("concurrency-group", &with(group("Atom-CI-${{ github.ref }}")));
    }

    #[test]
    fn a_called_workflow_that_waits_for_its_caller() {
        let mut caller = clean();
        caller.jobs.push(call("suite", "suite.yml"));
        let mut suite = called("suite.yml");
        suite.concurrency = caller.concurrency.clone();
        all_break("concurrency-group", &[caller.clone(), suite]);
        let mut suite = called("suite.yml");
        suite.concurrency.group = "${{ github.workflow }}".to_owned();
        all_break("concurrency-group", &[caller, suite]);
    }

    #[test]
    fn a_queue_that_cancels() {
        for cancel in ["true", "${{ github.event_name == 'pull_request' }}"] {
            let queue = Concurrency { cancel: cancel.to_owned(), queue: true, ..group("atom-staging") };
            breaks("concurrency-group", &with(queue));
        }
        passes(&with(Concurrency { queue: true, ..group("atom-staging") }));
    }

    #[test]
    fn neither_yes_nor_no_and_no_name() {
        breaks("concurrency-group", &with(Concurrency { cancel: "maybe".to_owned(), ..group("atom-staging") }));
        breaks("concurrency-group", &with(group(" ")));
    }

    #[test]
    fn a_matrix_in_one_group() {
        let mut workflow = with(group("atom-staging"));
        matrix(&mut workflow, "region", &["eu", "us", "ap"]);
        breaks("concurrency-group", &workflow);
        job(&mut workflow).concurrency = Some(group("atom-${{ matrix.region }}"));
        passes(&workflow);
    }
}
