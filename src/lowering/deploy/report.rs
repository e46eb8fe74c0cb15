//! *report*: the results of all jobs of a deploy, in one table.

use super::super::context::Context;
use super::super::verdict::{self, Judged};
use crate::workflow::Job;

/// Returns the job. A deploy that was cancelled between two jobs has no failed job, but is no success.
pub(super) fn job(context: &Context<'_>, jobs: &[Job]) -> Job {
    let judged: Vec<Judged<'_>> = jobs.iter().map(|job| (job, job.condition.as_ref())).collect();
    let name = format!("{} deployed", context.pipeline.project());
    verdict::job(context, "report", name, &judged, &crate::at!["environments"])
}
