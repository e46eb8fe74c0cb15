//! `[jobs.<name>]` and `[workflows.<name>]`: anything else.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::Table;
use super::axis::RunsOn;
use super::either::bool_or_table;
use super::name::Name;
use super::project::Nightly;
use super::steps::Step;
use super::suites::Merge;
use super::units::Duration;
use super::value::Value;

/// A workflow of your own.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workflow {
    /// When it runs.
    ///
    /// Example: `{ tags = ["v*"] }`
    pub on: Triggers,
    /// Its jobs.
    ///
    /// Example: `{ publish = { steps = [{ run = "make release" }] } }`
    #[schemars(length(min = 1))]
    pub jobs: Table<Job>,
}

/// When a workflow runs.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Triggers {
    /// When one of these tags is pushed, as globs.
    ///
    /// Example: `["v*"]`
    #[serde(default)]
    pub tags: Vec<String>,
    /// When one of these branches is pushed to, as globs.
    ///
    /// Example: `["main"]`
    #[serde(default)]
    pub branches: Vec<String>,
    /// Whether it runs for pull requests.
    ///
    /// Example: `true`
    #[serde(default)]
    pub pull_request: bool,
    /// At a time.
    ///
    /// Default: never.
    /// Example: `{ cron = "5 4 * * 1" }`
    #[serde(default)]
    pub schedule: Option<Nightly>,
    /// When somebody starts it, with the inputs that they may give.
    ///
    /// Example: `true`
    #[serde(default)]
    #[schemars(extend("default" = false))]
    pub manual: Manual,
}

/// Whether somebody may start a workflow, and with which inputs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manual {
    /// Whether somebody may.
    pub allowed: bool,
    /// What they may say; steps see an input in the environment variable of its name, upper case.
    pub inputs: Table<Input>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Inputs {
    /// What somebody may say when they start it.
    ///
    /// Example: `{ level = { options = ["patch", "minor"] } }`
    inputs: Table<Input>,
}

impl<'de> Deserialize<'de> for Manual {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bool_or_table(
            deserializer,
            "`true`, `false` or `{ inputs = { … } }`",
            |allowed| Self { allowed, inputs: Table::new() },
            |Inputs { inputs }| Self { allowed: true, inputs },
        )
    }
}

impl JsonSchema for Manual {
    fn schema_name() -> Cow<'static, str> {
        "Manual".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Inputs>();
        json_schema!({
            "description": "Whether somebody may start it, and with which inputs.",
            "anyOf": [{ "type": "boolean" }, table]
        })
    }
}

/// An input of a workflow that somebody starts.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Input {
    /// What the form says.
    ///
    /// Default: the input's name.
    /// Example: `"Which part of the version is raised"`
    #[serde(default)]
    pub description: Option<String>,
    /// What it is; a choice where `options` are named.
    ///
    /// Example: `"string"`
    #[serde(default)]
    pub kind: InputKind,
    /// What can be chosen.
    ///
    /// Example: `["patch", "minor", "major"]`
    #[serde(default)]
    pub options: Vec<String>,
    /// What it is when nothing is said.
    ///
    /// Default: something must be said; a `boolean` is `false`.
    /// Example: `"patch"`
    #[serde(default)]
    pub default: Option<String>,
}

/// What an input is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Text.
    #[default]
    String,
    /// Yes or no.
    Boolean,
    /// A number.
    Number,
}

/// A job of your own.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Job {
    /// Jobs of the same workflow that must have succeeded.
    ///
    /// Example: `["build"]`
    #[serde(default)]
    pub needs: Vec<Name>,
    /// The component whose toolchain and dependencies it has.
    ///
    /// Default: none: the job has what the machine has.
    /// Example: `"backend"`
    #[serde(default)]
    pub component: Option<Name>,
    /// Its machine.
    ///
    /// Default: the component's, else `project.runs-on`; of several the first.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// The GitHub environment that holds its secrets and asks its reviewers.
    ///
    /// Default: none, and so no secret.
    /// Example: `"release"`
    #[serde(default)]
    pub environment: Option<String>,
    /// Records a deployment to `environment`; without it, the job reads the environment's secrets and waits for its
    /// reviewers.
    ///
    /// Example: `true`
    #[serde(default)]
    pub deployment: bool,
    /// What its token may do, besides reading the contents.
    ///
    /// Example: `{ contents = "write" }`
    #[serde(default)]
    pub permissions: IndexMap<String, Access>,
    /// Services that it needs.
    ///
    /// Example: `["postgres"]`
    #[serde(default)]
    pub services: Vec<Name>,
    /// Environment variables of its steps.
    ///
    /// Example: `{ CARGO_TERM_COLOR = "always" }`
    #[serde(default)]
    pub env: IndexMap<String, Value>,
    /// Its steps; the repository is checked out before them.
    ///
    /// Example: `[{ run = "make release" }]`
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// In `ci.yml`, whether a failure blocks merging or is only shown.
    ///
    /// Example: `"reported"`
    #[serde(default)]
    pub merge: Merge,
    /// The longest that it may take.
    ///
    /// Default: `project.timeout`.
    /// Example: `"20m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
}

/// What a token may do with one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Look.
    Read,
    /// Change.
    Write,
}
