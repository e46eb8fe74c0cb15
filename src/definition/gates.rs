//! `[gates]`: what a test run is judged by.

use schemars::JsonSchema;
use serde::Deserialize;

use super::units::{Duration, Floor, Percent};

/// Gates of test runs, evaluated from recorded reports.
///
/// Every key may be left out: `[gates]` then has the value named there, and a run's own gates have those of `[gates]`.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gates {
    /// TQ-01: the order in which tests run.
    ///
    /// Default: random, with a recorded seed.
    /// Example: `"random"`
    #[serde(default)]
    pub order: Option<Order>,
    /// TQ-02: how many of the tests that ran must pass on their last attempt.
    ///
    /// Default: `"100%"`.
    /// Example: `"100%"`
    #[serde(default)]
    pub pass_rate: Option<Percent>,
    /// TQ-03: no single test takes longer.
    ///
    /// Default: not judged.
    /// Example: `"30s"`
    #[serde(default)]
    pub slowest: Option<Duration>,
    /// TQ-04: when a second seed must give the same outcomes.
    ///
    /// Default: nightly where there is a `project.nightly`, never where there is none.
    /// Example: `"nightly"`
    #[serde(default)]
    pub repeat: Option<Repeat>,
    /// TQ-05: coverage of the merged shards: at least this share, or with `"ratchet"` no less than in the newest run of
    /// the deploying branch.
    ///
    /// Default: the floor of pytest-cov or coverage.py in the project's own configuration; without one, not judged.
    /// Example: `"80%"`
    #[serde(default)]
    pub coverage: Option<Floor>,
    /// Coverage of the lines that a pull request changes.
    ///
    /// Default: not judged.
    /// Example: `"80%"`
    #[serde(default)]
    pub patch_coverage: Option<Percent>,
}

/// The order of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Shuffled by a recorded seed.
    Random,
    /// As the runner finds them.
    Fixed,
}

/// When a run is repeated under a second seed.
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
