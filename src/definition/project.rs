//! `[project]`: what holds for the whole pipeline.

use schemars::JsonSchema;
use serde::Deserialize;

use super::axis::RunsOn;
use super::name::Name;
use super::units::{Cron, Duration};

/// What the pipeline is called, and what holds for all of it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    /// The project's name; the required check is called after it: `<name> passed`.
    ///
    /// Example: `"atom"`
    pub name: Name,
    /// Branches whose pushes run the pipeline; the first is the one that deploys.
    ///
    /// Example: `["main", "develop"]`
    #[serde(default = "main_branch")]
    #[schemars(length(min = 1))]
    pub branches: Vec<String>,
    /// The machine of every job that names none of its own.
    ///
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    #[schemars(extend("default" = "ubuntu-24.04"))]
    pub runs_on: RunsOn,
    /// Whether a pull request runs only what it touches; pushes and the merge queue run everything.
    ///
    /// Example: `true`
    #[serde(default)]
    pub skip_unchanged: bool,
    /// When everything runs without a change, with a second seed where `gates.repeat` says so.
    ///
    /// Default: never.
    /// Example: `{ cron = "17 2 * * *", timezone = "UTC" }`
    #[serde(default)]
    pub nightly: Option<Nightly>,
    /// The longest that a job may take that says nothing else.
    ///
    /// Example: `"30m"`
    #[serde(default = "half_an_hour")]
    pub timeout: Duration,
    /// The front of every file name where several pipelines share a repository.
    ///
    /// Default: the project's name; nothing for the `pipeline.toml` at the root of the repository.
    /// Example: `"billing"`
    #[serde(default)]
    pub prefix: Option<Name>,
}

fn main_branch() -> Vec<String> {
    vec!["main".to_owned()]
}

fn half_an_hour() -> Duration {
    Duration::from_seconds(30 * 60)
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Nightly {
    /// When, as five cron fields: minute, hour, day of month, month, day of week.
    ///
    /// Example: `"17 2 * * *"`
    pub cron: Cron,
    /// The time zone of the schedule, by its IANA name.
    ///
    /// Default: UTC.
    /// Example: `"Europe/Berlin"`
    #[serde(default)]
    pub timezone: Option<String>,
}
