//! From a checked definition to workflows: cannot fail, and reads nothing but the floor of a project's own coverage.

mod axes;
mod ci;
mod context;
mod coverage;
mod deploy;
mod image;
mod own;
mod scripts;
mod secrets;
mod services;
mod smoke;
mod steps;
mod suite;
mod toolchain;

use std::collections::BTreeSet;

use crate::definition::Definition;
use crate::diagnostics::Diagnostic;
use crate::pins::Lock;
use crate::shared::Shared;
use crate::sources::Sources;
use crate::workflow::Workflow;

pub(crate) use axes::Axes;
pub(crate) use context::Context;

/// A family of workflows: what a definition asks of it becomes files.
pub(crate) trait Family: Sync {
    /// The workflows that a definition asks for, beside those `above` that they may call.
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow>;
}

/// Every family; a workflow that is called stands before the one that calls it.
pub(crate) const FAMILIES: &[&dyn Family] =
    &[&suite::Suites, &coverage::Coverage, &ci::Ci, &deploy::Deploy, &smoke::SmokeTests, &own::OwnWorkflows];

/// Everything of which a lowering asked for the pin.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    pub(crate) actions: BTreeSet<String>,
    pub(crate) images: BTreeSet<String>,
    pub(crate) tools: BTreeSet<String>,
}

/// Files that workflows use.
#[derive(Debug)]
pub(crate) struct Emitted {
    /// The folder of the pipeline's own files, from the root of the repository.
    pub(crate) folder: String,
    /// Those that all pipelines share, sorted by name.
    pub(crate) shared: Vec<&'static Shared>,
    /// The pipeline's own data: name and text.
    pub(crate) data: Vec<(String, String)>,
}

/// What a definition became.
#[derive(Debug)]
pub(crate) struct Lowered {
    /// Its workflows.
    pub(crate) workflows: Vec<Workflow>,
    /// Files that they use.
    pub(crate) emitted: Emitted,
    /// What its workflows use.
    pub(crate) asked: Asked,
    /// What is missing from the lock, and what is wrong with the user's own templates.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Lowers a definition to its workflows.
pub(crate) fn lower(definition: &Definition, sources: &Sources, lock: &Lock) -> Lowered {
    let context = Context::new(definition, sources, lock);
    context.report(scripts::replaced(sources));
    let mut workflows = Vec::new();
    for family in FAMILIES {
        workflows.extend(family.lower(&context, &workflows));
    }
    workflows.sort_by(|one, other| one.file.cmp(&other.file));
    context.lowered(workflows)
}

/// The workflow of this file.
fn find<'w>(workflows: &'w [Workflow], file: &str) -> Option<&'w Workflow> {
    workflows.iter().find(|workflow| workflow.file == file)
}
