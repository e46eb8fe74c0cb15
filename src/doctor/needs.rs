//! The setup of a pipeline, as far as settings on GitHub are compared with it.

use std::collections::BTreeSet;

use crate::files::WORKFLOWS;
use crate::setup::Setup;
use crate::workflow::{Access, Job, StepKind, Work, Workflow};

/// Setup that a pipeline relies on.
#[derive(Debug, Clone)]
pub struct Needs {
    /// Environments, secrets, variables and the required check.
    pub setup: Setup,
    /// Actions that steps use, with their commits: `actions/checkout@…`.
    pub actions: BTreeSet<String>,
    /// Fixed names of jobs.
    pub jobs: BTreeSet<String>,
    /// Jobs attest what they build.
    pub attests: bool,
    /// The workflow of the required check runs in a merge queue.
    pub queues: bool,
    /// Workflows by their paths, with the events that start them.
    pub workflows: Vec<(String, Vec<&'static str>)>,
    /// Texts of every workflow and action in the repository.
    pub texts: Vec<String>,
}

impl Needs {
    /// The setup of a pipeline, in a repository with these texts of workflows and actions.
    pub fn new(setup: Setup, workflows: &[Workflow], texts: Vec<String>) -> Self {
        let jobs = || workflows.iter().flat_map(|workflow| &workflow.jobs);
        let steps = jobs().filter_map(|job| match &job.work {
            Work::Steps { steps, .. } => Some(steps),
            Work::Call { .. } => None,
        });
        let actions = steps.flatten().filter_map(|step| match &step.kind {
            StepKind::Uses(action) => Some(format!("{}@{}", action.name, action.pin.as_ref()?.sha)),
            StepKind::Run(_) => None,
        });
        let attests =
            |job: &Job| job.permissions.iter().any(|it| it.scope == "attestations" && it.access == Access::Write);
        Self {
            setup,
            actions: actions.collect(),
            jobs: jobs().filter_map(|job| job.name.literal().map(str::to_owned)).collect(),
            attests: jobs().any(attests),
            queues: workflows.iter().any(|it| it.on.merge_group && it.jobs.iter().any(|job| job.id == "passed")),
            workflows: workflows.iter().map(|it| (format!("{WORKFLOWS}/{}", it.file), it.on.events())).collect(),
            texts,
        }
    }
}
