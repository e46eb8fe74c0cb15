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
            if let Some(concurrency) = &workflow.concurrency {
                self.group(&workflow.origin, &format!("`{}`", workflow.file), concurrency, found);
                self.itself(set, workflow, concurrency, found);
            }
            self.dropped(set, workflow, found);
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
    fn itself(&self, set: &Set<'_>, root: &Workflow, own: &Concurrency, found: &mut Vec<Diagnostic>) {
        let Some(root) = set.callee(&root.file).filter(|known| std::ptr::eq(*known, root)) else { return };
        let held = own.group.to_string();
        let is_held = |concurrency: &Concurrency| concurrency.group.to_string().eq_ignore_ascii_case(&held);
        let mut wrong = |at: &Location, what: String| {
            let message = format!("{what} waits for the group `{}`, which its own run holds", own.group);
            found.push(Diagnostic::error(self.code(), at.clone(), message).help(FAULT));
        };
        for (workflow, level) in set.run_of(root) {
            if level > 0 && !std::ptr::eq(workflow, root) && workflow.concurrency.as_ref().is_some_and(is_held) {
                wrong(&workflow.origin, format!("`{}`, called by `{}`,", workflow.file, root.file));
            }
            for job in &workflow.jobs {
                if job.concurrency.as_ref().is_some_and(is_held) {
                    wrong(&job.origin, format!("the job `{}`", job.id));
                }
            }
        }
    }

    /// Calls of one workflow in a run share its group, and a newer one replaces the one that waits.
    fn dropped(&self, set: &Set<'_>, root: &Workflow, found: &mut Vec<Diagnostic>) {
        let Some(root) = set.callee(&root.file) else { return };
        let mut before: Vec<&str> = Vec::new();
        // `workflow-call` reports one that calls itself.
        let calls_itself = |callee| set.run_of(callee).iter().skip(1).any(|(one, _)| one.file == callee.file);
        for (workflow, _) in set.run_of(root) {
            for job in &workflow.jobs {
                let Some(callee) = job.callee().and_then(|file| set.callee(file)) else { continue };
                let again = job.strategy().is_some() || before.contains(&callee.file.as_str());
                before.push(&callee.file);
                let drops = callee.concurrency.as_ref().is_some_and(|own| !own.queue);
                if again && drops && !calls_itself(callee) {
                    let message = format!("the calls of `{}` share a group, and all but two are dropped", callee.file);
                    found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
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
    use super::super::tests::{all_break, all_pass, breaks, call, called, clean, job, matrix, passes};
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
    fn a_workflow_that_is_called_twice() {
        let mut caller = clean();
        caller.jobs.extend([call("one", "suite.yml"), call("two", "suite.yml")]);
        let mut suite = called("suite.yml");
        all_break("concurrency-group", &[caller.clone(), suite.clone()]);
        if let Some(own) = &mut suite.concurrency {
            own.queue = true;
        }
        all_pass(&[caller.clone(), suite.clone()]);
        suite.concurrency = None;
        all_pass(&[caller, suite]);
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
