//! Custom jobs of ci.yml.

use super::super::context::Context;
use super::super::own::own_job;
use super::ci_job::CiJob;
use crate::resolve::Job;

/// Returns the custom jobs.
pub(super) fn jobs(context: &Context<'_>) -> impl Iterator<Item = CiJob> {
    context.pipeline.jobs.iter().map(|job| ci_job(context, job))
}

fn ci_job(context: &Context<'_>, job: &Job<'_>) -> CiJob {
    let origin = crate::at!["jobs", job.name.as_str()];
    let build = format!("job-{}", job.name);
    let mut lowered = own_job(context, job, None, &origin, context.pipeline.cache_use(), &build);
    lowered.condition = None;
    let mut own = CiJob::new(lowered).run_only_when(job.written.when.as_ref());
    if let Some(component) = &job.component {
        own = own.run_only_if_changed(context, component.name);
    }
    own.merge = job.written.merge;
    own
}
