//! *approve*: a person is asked before an environment is touched, and never when it is restored.

use super::super::Context;
use super::{bare, turn, waits_for};
use crate::definition::{Environment as Written, Name};
use crate::workflow::{Environment, Job, Script, Step, Work};

/// The job; it has no secrets and no group, so a deploy that waits for a person holds nobody up.
pub(super) fn job(context: &Context<'_>, name: &Name, environment: &Written, place: &str) -> Job {
    let origin = crate::at!["environments", name.as_str(), "approval"];
    let script = Script::new("echo \"Approved for $PLACE.\" >> \"$GITHUB_STEP_SUMMARY\"");
    let told = Step::run("Record the approval", script, origin.clone()).env([("PLACE", name.as_str())]);
    let needs = waits_for(context, environment);
    let mut job = bare(context.job(&format!("approve-{name}"), format!("Approve {name}"), origin, vec![told]));
    job.condition = Some(turn(context, name, &needs));
    job.needs = needs;
    if let Work::Steps { timeout, environment, .. } = &mut job.work {
        *timeout = 5;
        *environment = Some(Environment::without_deployment(place));
    }
    job
}
