//! `[suites.<name>]` and `[quarantine]`: tests that a run leaves out.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::axis::RunsOn;
use super::condition::Condition;
use super::name::Name;
use super::run_value::RunValue;
use super::steps::Step;
use super::units::{Date, Duration};

/// An integration suite: tests that are left out of their run and run by `<name>-integration.yml`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Suite {
    /// Test run that leaves these tests out.
    ///
    /// Example: `"backend"`
    #[schemars(extend("x-names" = "tests"))]
    pub of: Name,
    /// Folders and files of the suite, relative to the component's folder. pytest also takes single tests, go takes folders
    /// of packages.
    ///
    /// Example: `["tests/integration/episodes"]`
    #[schemars(length(min = 1))]
    pub paths: Vec<String>,
    /// Services that the tests need.
    ///
    /// Example: `["lancedb"]`
    #[schemars(extend("x-names" = "services"))]
    #[serde(default)]
    pub services: Vec<Name>,
    /// Effect of a failure on merging.
    ///
    /// Example: `"required"`
    #[serde(default)]
    pub merge: Merge,
    /// Condition under which `ci.yml` runs the suite: a table of events, branches, labels and changes, or a list of them. It
    /// does not affect the runs of `on`.
    ///
    /// Default: every run.
    /// Example: `[{ event = ["push", "merge-group"] }, { label = "episodes" }]`
    #[serde(default)]
    pub when: Option<Condition>,
    /// Events that start the suite, besides pull requests and pushes.
    ///
    /// Example: `["nightly", "manual"]`
    #[serde(default)]
    pub on: Vec<SuiteEvent>,
    /// Environment variables of the tests.
    ///
    /// Example: `{ EPISODES = "full" }`
    #[serde(default)]
    pub env: IndexMap<String, RunValue>,
    /// GitHub environment that holds the suite's secrets.
    ///
    /// Default: none; the tests get no secrets.
    /// Example: `"ci"`
    #[serde(default)]
    pub environment: Option<String>,
    /// Runner label of the suite.
    ///
    /// Default: the component's; of several the first.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// Timeout of the suite.
    ///
    /// Default: `project.timeout`.
    /// Example: `"20m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Steps before the tests.
    ///
    /// Example: `[{ run = "./tools/seed" }]`
    #[serde(default)]
    pub before: Vec<Step>,
    /// Steps after the tests, whether they passed or not.
    ///
    /// Example: `[{ run = "./tools/collect-logs" }]`
    #[serde(default)]
    pub after: Vec<Step>,
}

/// Effect of a failure on merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Merge {
    /// A failure blocks merging.
    #[default]
    Required,
    /// A failure is reported and does not block.
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

/// A test that is skipped until a day.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Quarantine {
    /// Reason for the quarantine.
    ///
    /// Example: `"needs a Grafana that CI does not have"`
    #[schemars(length(min = 1))]
    pub reason: String,
    /// Number of the issue about it.
    ///
    /// Default: no issue.
    /// Example: `41`
    #[serde(default)]
    pub issue: Option<u32>,
    /// Last day of the quarantine; the gates fail on the day after.
    ///
    /// Example: `2027-03-31`
    pub until: Date,
    /// Test run that leaves the test out.
    ///
    /// Default: every test run.
    /// Example: `"backend"`
    #[schemars(extend("x-names" = "tests"))]
    #[serde(default)]
    pub of: Option<Name>,
}
