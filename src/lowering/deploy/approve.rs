//! *approve*: approval before a deploy. A rollback needs none.

use super::super::context::Context;
use super::conditions::{run_condition, without_permissions};
use crate::resolve::{self, names};
use crate::workflow::{Environment, Job, Script, Step, Work};

/// Returns the job. It has no secrets and no concurrency group, so that waiting for approval blocks no other deploy.
pub(super) fn job(context: &Context<'_>, environment: &resolve::Environment<'_>, place: &str) -> Job {
    let name = environment.name;
    let origin = crate::at!["environments", name.as_str(), "approval"];
    let script = Script::new("echo \"Approved for $PLACE.\" >> \"$GITHUB_STEP_SUMMARY\"");
    let told = Step::run("Record the approval", script, origin.clone()).env([("PLACE", name.as_str())]);
    let needs = environment.waits_for();
    let job = context.job(&names::approval_job(name), format!("Approve {name}"), origin, vec![told]);
    let mut job = without_permissions(job);
    job.condition = Some(run_condition(context.pipeline, environment, &needs));
    job.needs = needs;
    if let Work::Steps { timeout, environment, .. } = &mut job.work {
        *timeout = 5;
        *environment = Some(Environment::without_deployment(place));
    }
    job
}
