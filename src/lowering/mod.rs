//! Lowering of a pipeline to workflows. It reads no files; its only errors are missing pins and failing templates.

mod axes;
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
use crate::workflow::Workflow;

pub(crate) use pins::{Asked, UNPINNED};

/// All families. A called workflow comes before its caller.
pub(crate) const FAMILIES: &[&dyn Family] =
    &[&suite::Suites, &coverage::Coverage, &ci::Ci, &deploy::Deploy, &smoke::SmokeTests, &own::OwnWorkflows];

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
    for workflow in &mut workflows {
        steps::set_env(&mut workflow.env, steps::env_of(&context.pipeline.definition.project.env));
    }
    workflows.sort_by(|one, other| one.file.cmp(&other.file));
    workflows
}
