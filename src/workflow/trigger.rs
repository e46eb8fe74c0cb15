//! When a workflow runs.

/// When a workflow runs; what is empty or false is not written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Triggers {
    /// A pull request was opened or changed.
    pub pull_request: bool,
    /// The merge queue asks.
    pub merge_group: bool,
    /// One of these branches was pushed to.
    pub push_branches: Vec<String>,
    /// One of these tags was pushed.
    pub push_tags: Vec<String>,
    /// A push or pull request changes one of these paths.
    pub paths: Vec<String>,
    /// One of these things happens to a release.
    pub release: Vec<String>,
    /// At these times: cron fields, and the time zone where it is not UTC.
    pub schedule: Vec<(String, Option<String>)>,
    /// Another workflow calls it.
    pub call: Option<Vec<CallInput>>,
    /// Somebody starts it.
    pub manual: Option<Vec<ManualInput>>,
}

/// An input of a workflow that others call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallInput {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// What it is when nothing is said; one without a default is required.
    pub default: Option<String>,
}

/// An input of a workflow that somebody starts.
#[derive(Debug, Clone, PartialEq)]
pub struct ManualInput {
    /// Its name.
    pub name: String,
    /// What the form says.
    pub description: String,
    /// What it is.
    pub kind: ManualKind,
    /// `true` if it must be given.
    pub required: bool,
    /// What it is when nothing is said.
    pub default: Option<String>,
}

/// What an input of a form is.
#[derive(Debug, Clone, PartialEq)]
pub enum ManualKind {
    /// Text.
    String,
    /// Yes or no.
    Boolean,
    /// A number.
    Number,
    /// One of these.
    Choice(Vec<String>),
}
