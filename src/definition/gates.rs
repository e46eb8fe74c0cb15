//! `[gates]`: quality gates of test runs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::units::{Duration, Floor, Percent};

/// Quality gates of test runs, evaluated from the recorded results.
///
/// Every key has a default in `[gates]`; the gates of a run inherit from `[gates]`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gates {
    /// TQ-01: order of the tests.
    ///
    /// Default: random, with a recorded seed.
    /// Example: `"random"`
    #[serde(default)]
    pub order: Option<Order>,
    /// TQ-02: minimum share of tests that pass on their last attempt.
    ///
    /// Default: `"100%"`.
    /// Example: `"100%"`
    #[serde(default)]
    pub pass_rate: Option<Percent>,
    /// TQ-03: maximum duration of a single test.
    ///
    /// Default: no gate.
    /// Example: `"30s"`
    #[serde(default)]
    pub slowest: Option<Duration>,
    /// TQ-04: runs that repeat the tests with a second seed and compare the outcomes.
    ///
    /// Default: `"nightly"` with `project.nightly`, else `"never"`.
    /// Example: `"nightly"`
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// TQ-05: minimum coverage of the merged shards; `"ratchet"` keeps it from falling below the newest run of the
    /// deploying branch.
    ///
    /// Default: the threshold in the project's configuration of pytest-cov or coverage.py; without one, no gate.
    /// Example: `"80%"`
    #[serde(default)]
    pub coverage: Option<Floor>,
    /// Minimum coverage of the lines that a pull request changes.
    ///
    /// Default: no gate.
    /// Example: `"80%"`
    #[serde(default)]
    pub patch_coverage: Option<Percent>,
}

/// Order of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Shuffled by a recorded seed.
    Random,
    /// As the runner finds them.
    Fixed,
}

/// Runs that repeat the tests with a second seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Repeat {
    /// At the time of `project.nightly`.
    Nightly,
    /// In every run.
    Always,
    /// Never.
    Never,
}
