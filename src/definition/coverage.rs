//! `[coverage]`: reports of the merged coverage.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Reports of each test run's merged coverage, besides the summary of the run.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CoverageReports {
    /// Keeps the report as an artifact: `lcov.info`, and pages of HTML by coverage.py or genhtml.
    ///
    /// Example: `true`
    #[serde(default)]
    pub artifact: bool,
    /// Keeps one comment with the coverage on each pull request. A job without a checkout writes it: the only one whose token
    /// can write to pull requests. The token of a fork cannot, so a fork's pull request has the summary alone.
    ///
    /// Example: `true`
    #[serde(default)]
    pub comment: bool,
    /// Service that gets `lcov.info`. Its log-in is the job's OIDC token; a pull request of a fork needs none in a public
    /// repository. The verdict of the service is no part of the required check.
    ///
    /// Default: none.
    /// Example: `"codecov"`
    #[serde(default)]
    pub upload: Option<CoverageService>,
}

/// A service for coverage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CoverageService {
    /// Codecov.
    Codecov,
}
