//! A job of ci.yml, and the use of its result for the required check.

use super::super::condition;
use super::super::context::Context;
use crate::definition::{Condition, Merge};
use crate::workflow::{Job, When, need};

/// A job of ci.yml, and whether the required check includes its result.
pub(super) struct CiJob {
    pub(super) job: Job,
    /// The condition under which it runs; the job's `if` and the rule of *passed* are both made from it.
    pub(super) when: Option<When>,
    pub(super) merge: Merge,
}

impl CiJob {
    /// A required job that runs unless a job before it did not succeed.
    pub(super) fn new(job: Job) -> Self {
        Self { job, when: None, merge: Merge::Required }
    }

    /// Adds a condition.
    pub(super) fn when(mut self, condition: When) -> Self {
        self.when = Some(match self.when.take() {
            Some(known) => known.and(condition),
            None => condition,
        });
        self
    }

    /// Runs it only if a pull request touches this component or image.
    pub(super) fn run_only_if_changed(mut self, context: &Context<'_>, what: &str) -> Self {
        if !context.pipeline.definition.project.skip_unchanged {
            return self;
        }
        self.wait_for_changes();
        self.when(need("changes").output(what).is("true"))
    }

    /// Runs it only if a condition of the definition holds.
    pub(super) fn run_only_when(mut self, written: Option<&Condition>) -> Self {
        let Some(written) = written else { return self };
        if written.asks_changes() {
            self.wait_for_changes();
        }
        let condition = condition::when(written);
        // One that holds wherever `success()` does needs no rule of *passed*.
        if condition.condition() == When::TRUE { self } else { self.when(condition) }
    }

    fn wait_for_changes(&mut self) {
        if !self.job.needs.iter().any(|need| need == "changes") {
            self.job.needs.insert(0, "changes".to_owned());
        }
    }

    /// The job, with its condition.
    pub(super) fn into_job(self) -> Job {
        Job { condition: self.when, ..self.job }
    }
}

/// Holds if a job was not skipped.
pub(super) fn ran(job: &str) -> When {
    need(job).result().is_not("skipped")
}
