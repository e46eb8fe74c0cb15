//! *drift*: what is committed is what the definition compiles to.

use super::super::context::Context;
use super::super::jobs::project_origin;
use crate::seal::MANIFEST;
use crate::workflow::{Job, Script, Step};

/// The job; it installs nothing, so that nobody can break it by breaking an installation.
pub(super) fn job(context: &Context<'_>) -> Job {
    let origin = project_origin();
    let script = context.emitted("drift.sh");
    let manifest = format!("{}/{MANIFEST}", context.own_folder());
    let compare = Step::run("Check generated files", Script::new(&format!("bash {script} {manifest}")), origin.clone());
    let mut job = context.job("drift", "Drift", origin.clone(), vec![context.checkout(&origin, None), compare]);
    if let crate::workflow::Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}
