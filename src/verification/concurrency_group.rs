//! No run waits for itself, and none that waits is dropped unseen.

use super::set::telling_axes;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::workflow::{Concurrency, Job, Property, Value, When, Workflow};

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
            if !concurrency.queue && !tells_axes(job, &concurrency.group) {
                let message =
                    format!("the jobs of the matrix of `{}` share a group, and all but two are dropped", job.id);
                found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
            }
        }
    }
}

impl ConcurrencyGroup {
    fn group(&self, at: &Location, what: &str, concurrency: &Concurrency, found: &mut Vec<Diagnostic>) {
        let Concurrency { group, cancel, queue, .. } = concurrency;
        let mut wrong = |message: String| {
            found.push(Diagnostic::error(self.code(), at.clone(), message).help(FAULT));
        };
        if group.literal().is_some_and(|group| group.trim().is_empty()) {
            wrong(format!("{what} has a group without a name"));
        }
        if *queue && *cancel != When::FALSE {
            wrong(format!("{what} queues runs and cancels them, which GitHub refuses"));
        }
    }

    /// Looks at everything that runs while a workflow holds its group.
    fn itself(&self, set: &Set<'_>, root: &Workflow, found: &mut Vec<Diagnostic>) {
        let Some(root) = set.callee(&root.file).filter(|known| std::ptr::eq(*known, root)) else { return };
        let held = root.concurrency.group.to_string();
        let is_held = |concurrency: &Concurrency| concurrency.group.to_string().eq_ignore_ascii_case(&held);
        let mut wrong = |at: &Location, what: String| {
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

/// Returns whether the group of a job distinguishes the jobs of its matrix.
fn tells_axes(job: &Job, group: &Value) -> bool {
    telling_axes(job).all(|axis| group.reads(&Property::Matrix(axis.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_break, breaks, call, called, clean, job, matrix, passes};
    use crate::workflow::{Concurrency, Github, Value, When, Workflow};

    fn group(name: impl Into<Value>) -> Concurrency {
        Concurrency { group: name.into(), cancel: When::FALSE, queue: false }
    }

    fn with(concurrency: Concurrency) -> Workflow {
        let mut workflow = clean();
        job(&mut workflow).concurrency = Some(concurrency);
        workflow
    }

    #[test]
    fn a_job_that_waits_for_its_own_run() {
        passes(&with(group("atom-staging")));
        breaks("concurrency-group", &with(group(Value::from("Atom-CI-") + Github::Ref)));
    }

    #[test]
    fn a_called_workflow_that_waits_for_its_caller() {
        let mut caller = clean();
        caller.jobs.push(call("suite", "suite.yml"));
        let mut suite = called("suite.yml");
        suite.concurrency = caller.concurrency.clone();
        all_break("concurrency-group", &[caller, suite]);
    }

    #[test]
    fn a_queue_that_cancels() {
        for cancel in [When::TRUE, When::event("pull_request")] {
            let queue = Concurrency { cancel, queue: true, ..group("atom-staging") };
            breaks("concurrency-group", &with(queue));
        }
        passes(&with(Concurrency { queue: true, ..group("atom-staging") }));
    }

    #[test]
    fn no_name() {
        breaks("concurrency-group", &with(group(" ")));
    }

    #[test]
    fn a_matrix_in_one_group() {
        let mut workflow = with(group("atom-staging"));
        matrix(&mut workflow, "region", &["eu", "us", "ap"]);
        breaks("concurrency-group", &workflow);
        job(&mut workflow).concurrency = Some(group(Value::from("atom-") + Value::matrix("region")));
        passes(&workflow);
    }
}
