//! Jobs that the user adds to ci.yml.

use super::super::Context;
use super::super::own::own_job;
use super::super::toolchain::Trust;
use super::{Listed, Skip, entry, touch, untouched};
use crate::definition::Merge;

/// The user's own jobs.
pub(super) fn jobs(context: &Context<'_>) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (name, written) in &context.definition.jobs {
        let mut job = own_job(context, name, written, &entry("jobs", name), Trust::Builds);
        let touched = written.component.as_ref().and_then(|component| touch(context, &mut job, component));
        let skip = if written.merge == Merge::Reported { Skip::Reported } else { untouched(touched) };
        listed.push(Listed { job, skip });
    }
    listed
}
