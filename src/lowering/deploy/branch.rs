//! *branch*: ends a manual deploy from any branch but the deploying one.

use super::super::context::Context;
use super::conditions::without_permissions;
use crate::workflow::{Job, Script, Step, When, Work};

/// Id of the job.
pub(super) const BRANCH: &str = "branch";

/// The job. It is skipped in every other run, so that a deploy does not wait for a machine.
pub(super) fn job(context: &Context<'_>) -> Job {
    let origin = crate::at!["project", "branches"];
    let branch = context.pipeline.deploying_branch();
    let script = Script::new(
        "echo \"::error::Manual deploys start from $DEPLOYING, and this run is of $GITHUB_REF_NAME\"\nexit 1",
    );
    let refuse = Step::run("Refuse other branches", script, origin.clone()).env([("DEPLOYING", branch)]);
    let mut job = without_permissions(context.job(BRANCH, "Branch", origin, vec![refuse]));
    job.condition = Some(When::event("workflow_dispatch").and(!When::branch(branch)));
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}
