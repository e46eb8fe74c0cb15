//! `<project> passed`: the one required check.

use super::super::context::Context;
use super::super::jobs::project_origin;
use super::super::verdict::{self, Judged};
use super::ci_job::CiJob;
use crate::definition::Merge;
use crate::workflow::Job;

/// Returns the job, which passes if every required job succeeded or was skipped by its condition.
pub(super) fn job(context: &Context<'_>, listed: &[CiJob]) -> Job {
    let required = listed.iter().filter(|listed| listed.merge == Merge::Required);
    let judged: Vec<Judged<'_>> = required.map(|listed| (&listed.job, listed.when.as_ref())).collect();
    let name = format!("{} passed", context.pipeline.project());
    verdict::job(context, "passed", name, &judged, &project_origin())
}
