//! Steps that the user writes.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::units::Duration;
use super::value::Value;

/// A step: a command or an action.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Step {
    /// What the log calls it.
    ///
    /// Default: the command's first line, or the action.
    /// Example: `"Build the docs"`
    #[serde(default)]
    pub name: Option<String>,
    /// A command, run by bash with `-e -o pipefail`; values reach it by `env`.
    ///
    /// Default: the step is an action, named by `uses`.
    /// Example: `"make docs"`
    #[serde(default)]
    pub run: Option<String>,
    /// An action, pinned in `pipeline.lock`.
    ///
    /// Default: the step is a command, named by `run`.
    /// Example: `"actions/setup-java"`
    #[serde(default)]
    pub uses: Option<String>,
    /// Inputs of the action.
    ///
    /// Example: `{ distribution = "temurin", java-version = "21" }`
    #[serde(default)]
    pub with: IndexMap<String, Value>,
    /// Environment variables of the step.
    ///
    /// Example: `{ DOCS_TOKEN = { secret = "DOCS_TOKEN" } }`
    #[serde(default)]
    pub env: IndexMap<String, Value>,
    /// The folder that the command runs in, from the definition's own folder.
    ///
    /// Default: the component's folder, or the root of the repository where there is no component.
    /// Example: `"docs"`
    #[serde(default)]
    pub path: Option<String>,
    /// The longest that it may take.
    ///
    /// Default: that of its job.
    /// Example: `"5m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Whether it changes an environment.
    ///
    /// Default: a step of an environment is taken to change it.
    /// Example: `false`
    #[serde(default)]
    pub changes: Option<bool>,
}
