//! `[suites.<name>]` and `[quarantine]`: what is left out of a main run, and where it went.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::axis::RunsOn;
use super::name::Name;
use super::steps::Step;
use super::units::{Date, Duration};
use super::value::Value;

/// Tests that need more than the rest of their run: left out there, run by `<name>-integration.yml`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Suite {
    /// The test run that it is left out of.
    ///
    /// Example: `"backend"`
    pub of: Name,
    /// Its folders and files, from the component's folder.
    ///
    /// Example: `["tests/integration/episodes"]`
    #[schemars(length(min = 1))]
    pub paths: Vec<String>,
    /// Services that it needs.
    ///
    /// Example: `["lancedb"]`
    #[serde(default)]
    pub services: Vec<Name>,
    /// Whether a failure blocks merging, or is only shown.
    ///
    /// Example: `"required"`
    #[serde(default)]
    pub merge: Merge,
    /// Events that start it, besides pull requests and pushes.
    ///
    /// Example: `["nightly", "manual"]`
    #[serde(default)]
    pub on: Vec<SuiteEvent>,
    /// Environment variables of its tests.
    ///
    /// Example: `{ EPISODES = "full" }`
    #[serde(default)]
    pub env: IndexMap<String, Value>,
    /// The GitHub environment that holds its secrets.
    ///
    /// Default: none, and so no secret.
    /// Example: `"ci"`
    #[serde(default)]
    pub environment: Option<String>,
    /// Its machine.
    ///
    /// Default: the component's; of several the first.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// The longest that it may take.
    ///
    /// Default: `project.timeout`.
    /// Example: `"20m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Steps before its tests.
    ///
    /// Example: `[{ run = "./tools/seed" }]`
    #[serde(default)]
    pub before: Vec<Step>,
    /// Steps after its tests, whether they passed or not.
    ///
    /// Example: `[{ run = "./tools/collect-logs" }]`
    #[serde(default)]
    pub after: Vec<Step>,
}

/// What a failure means for merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Merge {
    /// It blocks.
    #[default]
    Required,
    /// It is shown.
    Reported,
}

/// Events that start a suite besides the call by `ci.yml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SuiteEvent {
    /// At the time of `project.nightly`.
    Nightly,
    /// A manual start.
    Manual,
}

/// Why a test does not run, and until when.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quarantine {
    /// Why nobody runs it.
    ///
    /// Example: `"needs a Grafana that CI does not have"`
    #[schemars(length(min = 1))]
    pub reason: String,
    /// The issue that ends it.
    ///
    /// Default: no issue.
    /// Example: `41`
    #[serde(default)]
    pub issue: Option<u32>,
    /// The last day on which it is left out; the gates fail on the day after.
    ///
    /// Example: `2027-03-31`
    pub until: Date,
    /// The test run that it is left out of.
    ///
    /// Default: every test run.
    /// Example: `"backend"`
    #[serde(default)]
    pub of: Option<Name>,
}
