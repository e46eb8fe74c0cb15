//! *report*: how every job of a deploy ended, in one table.

use super::super::context::Context;
use super::super::verdict::{self, Judged};
use crate::workflow::Job;

/// The job: a deploy that was cancelled between two jobs has none that failed, and is no success either.
pub(super) fn job(context: &Context<'_>, jobs: &[Job]) -> Job {
    let judged: Vec<Judged<'_>> = jobs.iter().map(|job| (job, job.condition.as_ref())).collect();
    let name = format!("{} deployed", context.pipeline.project());
    verdict::job(context, "report", name, &judged, &crate::at!["environments"])
}
