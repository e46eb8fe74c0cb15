//! Lowering of a pipeline to workflows. It reads no files; its only errors are missing pins and failing templates.

mod axes;
mod calls;
mod ci;
mod condition;
mod context;
mod coverage;
mod deploy;
mod family;
mod image;
mod jobs;
mod own;
mod pins;
mod publish;
#[cfg(test)]
mod reach;
mod scripts;
mod secrets;
mod services;
mod set_up;
mod smoke;
mod steps;
mod suite;
mod test_steps;
#[cfg(test)]
mod tests;
mod verdict;

use context::Context;
use family::Family;

use crate::diagnostics::Diagnostic;
use crate::files::Emitted;
use crate::pins::Lock;
use crate::resolve::Pipeline;
use crate::sources::Sources;
use crate::workflow::{Permission, Workflow, grant};

pub(crate) use pins::{Asked, UNPINNED};

/// All families. A called workflow comes before its caller.
pub(crate) const FAMILIES: &[&dyn Family] = &[
    &suite::Suites,
    &coverage::Coverage,
    &ci::Ci,
    &deploy::Deploy,
    &publish::Publish,
    &smoke::SmokeTests,
    &own::OwnWorkflows,
];

/// Result of a lowering.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// Workflows, by file.
    pub(crate) workflows: Vec<Workflow>,
    /// Files that they use.
    pub(crate) emitted: Emitted,
}

/// Lowers a pipeline without errors to its workflows.
///
/// # Errors
///
/// Pins that are missing in the lock, and custom templates that fail.
pub(crate) fn lower(pipeline: &Pipeline<'_>, sources: &Sources, lock: &Lock) -> Result<Lowered, Vec<Diagnostic>> {
    let context = Context::new(pipeline, sources, lock);
    let workflows = workflows(&context);
    let replaced = scripts::replaced(sources);
    match context.emitted_files() {
        Ok(emitted) if replaced.is_empty() => Ok(Lowered { workflows, emitted }),
        found => Err(replaced.into_iter().chain(found.err().into_iter().flatten()).collect()),
    }
}

/// Returns the workflow files of a pipeline, and the pins that they use.
pub(crate) fn needs(pipeline: &Pipeline<'_>, sources: &Sources, lock: &Lock) -> (Vec<String>, Asked) {
    let context = Context::new(pipeline, sources, lock);
    let files = workflows(&context).into_iter().map(|workflow| workflow.file).collect();
    (files, context.pins.asked())
}

fn workflows(context: &Context<'_>) -> Vec<Workflow> {
    let mut workflows = Vec::new();
    for family in FAMILIES {
        workflows.extend(family.lower(context, &workflows));
    }
    grant_to_callers(&mut workflows);
    for workflow in &mut workflows {
        steps::set_env(&mut workflow.env, steps::env_of(&context.pipeline.definition.project.env));
    }
    workflows.sort_by(|one, other| one.file.cmp(&other.file));
    workflows
}

/// Grants the jobs that call workflows the permissions of those, over all levels of calls.
fn grant_to_callers(workflows: &mut [Workflow]) {
    let missing = |workflows: &[Workflow]| {
        let mut missing: Vec<(usize, usize, Permission)> = Vec::new();
        for (at, workflow) in workflows.iter().enumerate() {
            for (index, job) in workflow.jobs.iter().enumerate() {
                let callee = job.callee().and_then(|file| workflows.iter().find(|workflow| workflow.file == file));
                let needed = callee.into_iter().flat_map(|callee| &callee.jobs).flat_map(|inner| &inner.permissions);
                let lacks = |needed: &&Permission| {
                    !job.permissions.iter().any(|own| own.scope == needed.scope && own.access >= needed.access)
                };
                missing.extend(needed.filter(lacks).map(|permission| (at, index, permission.clone())));
            }
        }
        missing
    };
    loop {
        let found = missing(workflows);
        if found.is_empty() {
            return;
        }
        for (at, index, Permission { scope, access, reason }) in found {
            if let Some(job) = workflows.get_mut(at).and_then(|workflow| workflow.jobs.get_mut(index)) {
                grant(&mut job.permissions, &scope, access, &reason);
            }
        }
    }
}
