//! Jobs that the user adds to ci.yml.

use super::super::Context;
use super::super::own::own_job;
use super::{Listed, entry, trust};

/// The user's own jobs.
pub(super) fn jobs(context: &Context<'_>) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (name, written) in &context.definition.jobs {
        let mut job = own_job(context, name, written, &entry("jobs", name), trust(context), &format!("job-{name}"));
        job.needs = written.needs.iter().map(ToString::to_string).collect();
        let mut own = Listed::new(job);
        if let Some(component) = &written.component {
            own = own.only_if_touched(context, component);
        }
        own.merge = written.merge;
        listed.push(own);
    }
    listed
}
