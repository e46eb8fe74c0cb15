//! *drift*: checks that committed files are up to date with the definition.

use super::super::context::Context;
use super::super::jobs::project_origin;
use crate::seal::MANIFEST;
use crate::workflow::{Job, Script, Step};

/// Returns the job. It installs nothing, so that no installation can break it.
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
