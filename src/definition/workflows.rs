//! `[jobs.<name>]` and `[workflows.<name>]`: custom jobs and workflows.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::Table;
use super::calls::{Call, CallValue};
use super::checkout::{JobCheckout, Packages};
use super::condition::Condition;
use super::container::Container;
use super::either::bool_or_table;
use super::inputs::Input;
use super::matrix::{JobRunsOn, Matrix};
use super::name::Name;
use super::project::Schedules;
use super::run_value::RunValue;
use super::steps::Step;
use super::suites::Merge;
use super::units::Duration;
use super::value::ExternalValue;

/// A custom workflow.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workflow {
    /// Triggers of the workflow.
    ///
    /// Example: `{ tags = ["v*"] }`
    pub on: Triggers,
    /// Workflows that have to succeed before the jobs start; `"ci"` is the only one.
    ///
    /// Example: `["ci"]`
    #[serde(default)]
    #[schemars(extend("uniqueItems" = true))]
    pub needs: Vec<CalledFirst>,
    /// Jobs of the workflow.
    ///
    /// Example: `{ publish = { steps = [{ run = "make release" }] } }`
    #[schemars(length(min = 1))]
    pub jobs: Table<Job>,
}

/// Triggers of a workflow.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Triggers {
    /// Tags whose pushes start the workflow, as globs.
    ///
    /// Example: `["v*"]`
    #[serde(default)]
    pub tags: Vec<String>,
    /// Branches whose pushes start the workflow, as globs.
    ///
    /// Example: `["main"]`
    #[serde(default)]
    pub branches: Vec<String>,
    /// Runs the workflow for pull requests.
    ///
    /// Example: `true`
    #[serde(default)]
    pub pull_request: bool,
    /// Paths of which a push or pull request changes at least one, as globs. Pushes of tags are not filtered.
    ///
    /// Example: `["src/**", "Cargo.lock"]`
    #[serde(default)]
    pub paths: Vec<String>,
    /// Schedule of the workflow, or a list of several.
    ///
    /// Example: `{ cron = "5 4 * * 1" }`
    #[serde(default)]
    #[schemars(extend("default" = []))]
    pub schedule: Schedules,
    /// Changes of releases that start the workflow.
    ///
    /// Example: `["published"]`
    #[serde(default)]
    pub release: Vec<ReleaseType>,
    /// Allows a manual start, with inputs.
    ///
    /// Example: `true`
    #[serde(default)]
    #[schemars(extend("default" = false))]
    pub manual: Manual,
    /// Allows calls by jobs of other workflows, with inputs, secrets and outputs.
    ///
    /// Example: `true`
    #[serde(default)]
    #[schemars(extend("default" = false))]
    pub call: Call,
}

/// Change of a release that starts a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReleaseType {
    /// It is published, as a release or as a pre-release.
    Published,
    /// It is published as a release, or a pre-release becomes one.
    Released,
    /// It is published as a pre-release.
    Prereleased,
    /// It is created, and is no draft.
    Created,
    /// Its details change.
    Edited,
    /// It is deleted.
    Deleted,
    /// It is published no more.
    Unpublished,
}

impl ReleaseType {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Released => "released",
            Self::Prereleased => "prereleased",
            Self::Created => "created",
            Self::Edited => "edited",
            Self::Deleted => "deleted",
            Self::Unpublished => "unpublished",
        }
    }
}

/// A workflow that is called before the jobs of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CalledFirst {
    /// `ci.yml`.
    Ci,
}

/// Manual start of a workflow.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Manual {
    /// Allowed.
    pub allowed: bool,
    /// Inputs; steps read an input from the environment variable of its name, upper case.
    pub inputs: Table<Input>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Inputs {
    /// Inputs of a manual start; steps read one from the environment variable of its name, upper case.
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
            "description": "Manual start of the workflow: `true`, or a table of inputs.",
            "anyOf": [{ "type": "boolean" }, table]
        })
    }
}

/// A custom job.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Job {
    /// Jobs of the same workflow that have to succeed first.
    ///
    /// Example: `["build"]`
    #[schemars(extend("x-names" = "jobs"))]
    #[serde(default)]
    pub needs: Vec<Name>,
    /// Condition of the job. A job whose condition does not hold does not block a merge.
    ///
    /// Default: `"success"`.
    /// Example: `{ event = ["push", "pull-request"], label = "bundle" }`
    #[serde(default)]
    pub when: Option<Condition>,
    /// Component whose toolchain and dependencies the job gets.
    ///
    /// Default: none; the job gets no toolchain.
    /// Example: `"backend"`
    #[schemars(extend("x-names" = "components"))]
    #[serde(default)]
    pub component: Option<Name>,
    /// Matrix of the job: a job for every combination of values.
    ///
    /// Default: none; the job runs once.
    /// Example: `{ os = ["ubuntu-24.04", "macos-15"], target = ["x86_64", "aarch64"] }`
    #[serde(default)]
    pub matrix: Option<Matrix>,
    /// Runner label of the job, or the key of its matrix that has one.
    ///
    /// Default: the component's, else `project.runs-on`; of several the first.
    /// Example: `{ matrix = "os" }`
    #[serde(default)]
    pub runs_on: Option<JobRunsOn>,
    /// GitHub environment of the job, with its secrets and reviewers.
    ///
    /// Default: none; the job gets no secrets.
    /// Example: `"release"`
    #[serde(default)]
    pub environment: Option<String>,
    /// Records a deployment to `environment`; without it, the job reads the environment's secrets and waits for its
    /// reviewers.
    ///
    /// Example: `true`
    #[serde(default)]
    pub deployment: bool,
    /// Permissions of the job's token, besides `contents: read`.
    ///
    /// Example: `{ contents = "write" }`
    #[serde(default)]
    pub permissions: IndexMap<String, Access>,
    /// Container in which the steps run, on Linux: an image with bash, or a table.
    ///
    /// Default: none; the steps run on the machine.
    /// Example: `"python:3.12-slim"`
    #[serde(default)]
    pub container: Option<Container>,
    /// Services that the job needs.
    ///
    /// Example: `["postgres"]`
    #[schemars(extend("x-names" = "services"))]
    #[serde(default)]
    pub services: Vec<Name>,
    /// Environment variables of the steps.
    ///
    /// Example: `{ CARGO_TERM_COLOR = "always" }`
    #[serde(default)]
    pub env: IndexMap<String, RunValue>,
    /// Checkout of the job, or `"none"` for a job whose steps read no file of the repository.
    ///
    /// Default: the component's, else `project.checkout`.
    /// Example: `{ depth = "full" }`
    #[serde(default)]
    pub checkout: Option<JobCheckout>,
    /// System packages, installed before everything else.
    ///
    /// Example: `{ apt = ["libpq-dev"] }`
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub packages: Packages,
    /// Steps of the job, after the checkout.
    ///
    /// Default: the job calls the workflow of `uses`.
    /// Example: `[{ run = "make release" }]`
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Workflow that the job calls: one of the repository, `./.github/workflows/<file>`, or `owner/repository/.github/workflows/<file>`,
    /// pinned in `pipeline.lock`.
    ///
    /// Default: the job has `steps`.
    /// Example: `"./.github/workflows/audit.yml"`
    #[serde(default)]
    pub uses: Option<String>,
    /// Inputs of the called workflow.
    ///
    /// Example: `{ level = "high", strict = true, version = { output = "meta.version" } }`
    #[serde(default)]
    pub with: IndexMap<String, CallValue>,
    /// Secrets for the called workflow, each by the name that it declares; none is inherited. They are kept in the repository or the
    /// organization: those of an environment cannot be handed over.
    ///
    /// Example: `{ TOKEN = { secret = "AUDIT_TOKEN" } }`
    #[serde(default)]
    pub secrets: IndexMap<String, ExternalValue>,
    /// Effect of a failure on merging, in `ci.yml`.
    ///
    /// Example: `"reported"`
    #[serde(default)]
    pub merge: Merge,
    /// Timeout of the job.
    ///
    /// Default: `project.timeout`.
    /// Example: `"20m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
}

/// Access of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Read access.
    Read,
    /// Write access.
    Write,
}
