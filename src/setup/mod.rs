//! Setup on GitHub that workflows rely on: environments, secrets, variables, the required check, and settings for the
//! permissions of jobs. Names, and never values.

mod commands;
mod grants;
mod requests;
mod values;
mod written;

use std::collections::BTreeMap;

use crate::definition::Definition;
use crate::files::WORKFLOWS;
use crate::sources::Sources;
use crate::workflow::Workflow;

pub use commands::{command, commands};
pub use grants::Grant;
pub use requests::{Existing, Part, Request, requests};
pub use values::{Kind, Needed, read_by};
use written::Written;

/// Setup on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setup {
    /// Environments, in the order of the definition, and then those of other workflows.
    pub environments: Vec<Environment>,
    /// Secrets and variables, by environment; those of the repository first.
    pub values: Vec<Needed>,
    /// The required check, and the branches that require it.
    pub check: Option<(String, Vec<String>)>,
    /// Workflows that the same events start.
    pub protections: Vec<Protection>,
    /// Settings that permissions of jobs rely on.
    pub grants: Vec<Grant>,
}

impl Setup {
    /// Returns whether workflows have to be allowed to create pull requests.
    pub fn creates_pull_requests(&self) -> bool {
        grants::create_pull_requests(&self.grants)
    }
}

/// The events that start workflows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protection {
    /// Name of the policy.
    pub name: String,
    /// Names of the events.
    pub events: Vec<&'static str>,
    /// Paths of the workflows.
    pub workflows: Vec<String>,
}

/// A GitHub environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// The only branches that may use it.
    pub branches: Vec<String>,
    /// The only tags that may use it.
    pub tags: Vec<String>,
    /// Its reviewers approve a deploy.
    pub approves: bool,
    /// Its jobs log in to a cloud by a token of GitHub, which the cloud has to trust.
    pub logs_in: bool,
}

/// Returns the setup of compiled workflows.
pub fn setup(definition: &Definition, sources: &Sources, workflows: &[Workflow]) -> Setup {
    let environments = environments(definition, workflows);
    let written = written::written(sources);
    let mut values = values::values(workflows);
    for value in &mut values {
        let of = |it: &&Written| it.is_of(value.kind, &value.name, value.environment.as_deref());
        let own: Vec<&Written> = written.iter().filter(of).collect();
        // A default may be applied by a script, so the workflow does not have it.
        value.is_optional |= !own.is_empty() && own.iter().all(|it| it.has_default);
        if !own.is_empty() {
            value.keys = own.iter().map(|it| it.key()).collect();
        }
    }
    let place = |value: &Needed| {
        let name = value.environment.as_ref()?;
        environments.iter().position(|environment| environment.name == *name)
    };
    values.sort_by_key(place);
    let project = &definition.project;
    let is_checked = workflows.iter().flat_map(|workflow| &workflow.jobs).any(|job| job.id == "passed");
    Setup {
        environments,
        values,
        check: is_checked.then(|| (format!("{} passed", project.name), project.branches.clone())),
        protections: protections(project.name.as_str(), workflows),
        grants: grants::grants(workflows),
    }
}

/// Workflows by their events. A called workflow has those of its caller.
fn protections(project: &str, workflows: &[Workflow]) -> Vec<Protection> {
    let mut found: BTreeMap<Vec<&'static str>, Vec<String>> = BTreeMap::new();
    for workflow in workflows.iter().filter(|workflow| !workflow.on.events().is_empty()) {
        found.entry(workflow.on.events()).or_default().push(format!("{WORKFLOWS}/{}", workflow.file));
    }
    let named = |(events, workflows): (Vec<&'static str>, Vec<String>)| Protection {
        name: format!("{project}: {}", events.join(", ")),
        events,
        workflows,
    };
    found.into_iter().map(named).collect()
}

fn environments(definition: &Definition, workflows: &[Workflow]) -> Vec<Environment> {
    let mut users: BTreeMap<&str, Vec<&Workflow>> = BTreeMap::new();
    let mut order = Vec::new();
    for workflow in workflows {
        for name in workflow.jobs.iter().filter_map(values::environment) {
            users.entry(name).or_default().push(workflow);
            order.push(name);
        }
    }
    let declared = definition.environments.iter();
    let mut names: Vec<&str> =
        declared.flat_map(|(name, it)| [Some(name.as_str()), it.approval.as_deref()]).flatten().collect();
    names.extend(order);
    let mut found: Vec<Environment> = Vec::new();
    for name in names {
        let Some(users) = users.get(name).filter(|_| found.iter().all(|known| known.name != name)) else { continue };
        let declared = definition.environments.get(name);
        let approves = definition.environments.values().any(|it| it.approval.as_deref() == Some(name));
        let is_tagged = |workflow: &&Workflow| {
            let on = &workflow.on;
            !on.push_tags.is_empty() && on.push_branches.is_empty() && !on.pull_request && on.schedule.is_empty()
        };
        let branch = (declared.is_some() || approves).then(|| definition.project.deploying_branch().to_owned());
        let tags = if branch.is_none() && users.iter().all(is_tagged) {
            users.iter().flat_map(|workflow| workflow.on.push_tags.iter().cloned()).collect()
        } else {
            Vec::new()
        };
        let logs_in = declared.is_some_and(crate::definition::Environment::logs_in_by_oidc);
        found.push(Environment {
            name: name.to_owned(),
            branches: branch.into_iter().collect(),
            tags,
            approves: approves && declared.is_none(),
            logs_in,
        });
    }
    found
}
