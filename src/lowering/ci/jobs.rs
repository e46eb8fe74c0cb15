//! Jobs that the user adds to ci.yml.

use super::super::Context;
use super::super::own::own_job;
use super::{Listed, Skip, entry, touch, trust, untouched};
use crate::definition::Merge;

/// The user's own jobs.
pub(super) fn jobs(context: &Context<'_>) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (name, written) in &context.definition.jobs {
        let mut job = own_job(context, name, written, &entry("jobs", name), trust(context));
        job.needs = written.needs.iter().map(ToString::to_string).collect();
        let touched = written.component.as_ref().and_then(|component| touch(context, &mut job, component));
        let skip = match written.merge {
            Merge::Reported => Skip::Reported,
            Merge::Required if !written.needs.is_empty() => Skip::Follows,
            Merge::Required => untouched(touched),
        };
        listed.push(Listed { job, skip });
    }
    listed
}
