//! Custom steps.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::condition::Condition;
use super::name::Name;
use super::run_value::RunValue;
use super::units::Duration;

/// A step: a command or an action.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// Name in the log.
    ///
    /// Default: the command's first line, or the action.
    /// Example: `"Build the docs"`
    #[serde(default)]
    pub name: Option<String>,
    /// Id, by which steps below and jobs that need this one read the outputs of the step.
    ///
    /// Default: none; nothing reads its outputs.
    /// Example: `"meta"`
    #[serde(default)]
    pub id: Option<Name>,
    /// Command, run by bash with `-e -o pipefail`; values reach it through `env`.
    ///
    /// Default: the step is an action, named by `uses`.
    /// Example: `"make docs"`
    #[serde(default)]
    pub run: Option<String>,
    /// Action, pinned in `pipeline.lock`; one of the repository itself begins with `./`, from the root.
    ///
    /// Default: the step is a command, named by `run`.
    /// Example: `"actions/setup-java"`
    #[serde(default)]
    pub uses: Option<String>,
    /// Inputs of the action. A list is joined with `-`, for names.
    ///
    /// Example: `{ name = ["bundle", { matrix = "os" }], path = "dist" }`
    #[serde(default)]
    pub with: IndexMap<String, RunValue>,
    /// Environment variables of the step.
    ///
    /// Example: `{ DOCS_TOKEN = { secret = "DOCS_TOKEN" } }`
    #[serde(default)]
    pub env: IndexMap<String, RunValue>,
    /// Working directory of the command, relative to `pipeline.toml`.
    ///
    /// Default: the component's folder, or the root of the repository where there is no component.
    /// Example: `"docs"`
    #[serde(default)]
    pub path: Option<String>,
    /// Condition of the step: `"success"`, `"failure"`, `"always"`, or a table.
    ///
    /// Default: `"success"`; steps after tests also run after a failure.
    /// Example: `"failure"`
    #[serde(default)]
    pub when: Option<Condition>,
    /// Timeout of the step.
    ///
    /// Default: that of the job.
    /// Example: `"5m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Declares whether the step changes an environment.
    ///
    /// Default: `true` for steps of an environment.
    /// Example: `false`
    #[serde(default)]
    pub changes: Option<bool>,
}
