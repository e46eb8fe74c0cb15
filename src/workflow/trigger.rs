//! Events that start a run of a workflow.

use super::Pairs;

/// Events that start a run; empty and false ones are not written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Triggers {
    /// `pull_request`: a pull request is opened or updated.
    pub pull_request: bool,
    /// `merge_group`: the merge queue requests checks.
    pub merge_group: bool,
    /// `push` to one of these branches.
    pub push_branches: Vec<String>,
    /// `push` of one of these tags.
    pub push_tags: Vec<String>,
    /// A push or pull request changes one of these paths.
    pub paths: Vec<String>,
    /// One of these things happens to a release.
    pub release: Vec<String>,
    /// `schedule`: cron expressions, each with its time zone unless that is UTC.
    pub schedule: Vec<(String, Option<String>)>,
    /// `workflow_call`, with its inputs.
    pub call: Option<Vec<CallInput>>,
    /// Secrets that a caller hands over.
    pub call_secrets: Vec<CallSecret>,
    /// Outputs for a caller, from those of jobs.
    pub call_outputs: Pairs,
    /// `workflow_dispatch`, with its inputs.
    pub manual: Option<Vec<ManualInput>>,
}

impl Triggers {
    /// Returns whether calls of other workflows alone start a run.
    pub fn is_only_called(&self) -> bool {
        let called = Self { call: None, call_secrets: Vec::new(), call_outputs: Pairs::new(), ..self.clone() };
        self.call.is_some() && called == Self::default()
    }

    /// Names of the events, sorted; a call is the event of its caller.
    pub fn events(&self) -> Vec<&'static str> {
        let is_pushed = !self.push_branches.is_empty() || !self.push_tags.is_empty();
        let all = [
            ("merge_group", self.merge_group),
            ("pull_request", self.pull_request),
            ("push", is_pushed),
            ("release", !self.release.is_empty()),
            ("schedule", !self.schedule.is_empty()),
            ("workflow_dispatch", self.manual.is_some()),
        ];
        all.into_iter().filter(|(_, is_on)| *is_on).map(|(name, _)| name).collect()
    }
}

/// Input of a reusable workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct CallInput {
    /// Its name.
    pub name: String,
    /// Description for callers.
    pub description: String,
    /// Type of the value.
    pub kind: ManualKind,
    /// Default value; an input without one is required.
    pub default: Option<String>,
}

/// Secret that a reusable workflow is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallSecret {
    /// Its name.
    pub name: String,
    /// `true` if it must be given.
    pub required: bool,
}

/// Input of a workflow that is started manually.
#[derive(Debug, Clone, PartialEq)]
pub struct ManualInput {
    /// Its name.
    pub name: String,
    /// Description in the form.
    pub description: String,
    /// Type of the value.
    pub kind: ManualKind,
    /// `true` if it must be given.
    pub required: bool,
    /// Default value.
    pub default: Option<String>,
}

/// Type of an input.
#[derive(Debug, Clone, PartialEq)]
pub enum ManualKind {
    /// Text.
    String,
    /// A checkbox.
    Boolean,
    /// A number.
    Number,
    /// One of these options.
    Choice(Vec<String>),
}
