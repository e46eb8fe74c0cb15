//! *approve*: approval before a deploy. A rollback needs none.

use super::super::context::Context;
use super::conditions::run_condition;
use crate::resolve::{self, names};
use crate::workflow::{Access, Environment, Github, Job, Work, grant, pairs};

/// Returns the job. It has no secrets and no concurrency group, so that waiting for approval blocks no other deploy.
pub(super) fn job(context: &Context<'_>, environment: &resolve::Environment<'_>, place: &str) -> Job {
    let name = environment.name;
    let origin = crate::at!["environments", name.as_str(), "approval"];
    let checkout = context.checkout(&origin, None);
    let verify = context
        .python("Verify the approval", "deploy.py", &["approved"], &origin)
        .env(pairs![("PIPEWRIGHT_APPROVAL", place), ("GITHUB_TOKEN", Github::Token)]);
    let needs = environment.waits_for();
    let mut job = context.job(&names::approval_job(name), format!("Approve {name}"), origin, vec![checkout, verify]);
    grant(&mut job.permissions, "actions", Access::Read, "read who approved the run");
    job.condition = Some(run_condition(context.pipeline, environment, &needs));
    job.needs = needs;
    if let Work::Steps { timeout, environment, .. } = &mut job.work {
        *timeout = 5;
        *environment = Some(Environment::without_deployment(place));
    }
    job
}
