//! Image builds that are not pushed, as a check.

use super::super::context::Context;
use super::super::image::{Push, grant_registry};
use super::super::jobs::single;
use super::super::steps::grant_for;
use super::ci_job::CiJob;
use crate::workflow::Work;

/// A build per image.
pub(super) fn jobs(context: &Context<'_>) -> Vec<CiJob> {
    let mut listed = Vec::new();
    for image in context.pipeline.images.values() {
        let name = image.name;
        let origin = crate::at!["images", name.as_str()];
        let id = image.job_id();
        let mut steps = vec![context.checkout_as(None, &origin)];
        steps.extend(context.log_in_to(image, Push::Never, &origin));
        steps.extend(context.build(image, Push::Never));
        let mut job = context.job(&id, format!("Build image {name}"), origin, steps);
        grant_registry(image, Push::Never, &mut job.permissions);
        grant_for(&image.written.before, &mut job.permissions);
        grant_for(&image.written.after, &mut job.permissions);
        if let Work::Steps { runner, timeout, .. } = &mut job.work {
            *timeout = image.minutes;
            *runner = single(image.machine);
        }
        listed.push(CiJob::new(job).run_only_if_changed(context, &id));
    }
    listed
}
