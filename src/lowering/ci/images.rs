//! Image builds that are never pushed: does it still build?

use super::super::Context;
use super::super::image::{Push, grant_registry};
use super::super::steps::grant_for;
use super::{Listed, entry};
use crate::workflow::Work;

/// A build per image.
pub(super) fn jobs(context: &Context<'_>) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (name, image) in &context.definition.images {
        let origin = entry("images", name);
        let id = format!("image-{name}");
        let mut steps = vec![context.checkout(&origin, None)];
        steps.extend(context.log_in_to(image, Push::Never, &origin));
        steps.extend(context.build(name, image, Push::Never));
        let mut job = context.job(&id, format!("Build image {name}"), origin, steps);
        grant_registry(image, Push::Never, &mut job.permissions);
        grant_for(&image.before, &mut job.permissions);
        grant_for(&image.after, &mut job.permissions);
        if let Work::Steps { runner, timeout, .. } = &mut job.work {
            *timeout = context.minutes(image.timeout);
            if let Some(own) = &image.runs_on {
                *runner = super::super::context::single(own);
            }
        }
        listed.push(Listed::new(job).only_if_touched(context, &id));
    }
    listed
}
