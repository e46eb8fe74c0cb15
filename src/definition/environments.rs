//! `[environments.<name>]`: targets of deploys.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::Table;
use super::axis::RunsOn;
use super::clusters::{CloudLogin, Cluster};
use super::either::text_or_table;
use super::name::Name;
use super::run_value::RunValue;
use super::steps::Step;
use super::traffic::Traffic;
use super::units::Duration;
use super::value::Value;

/// A target of deploys. Its secrets and variables are those of the GitHub environment of the same name.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Environment {
    /// Environment that a version has to pass first; it is declared above this one.
    ///
    /// Default: none.
    /// Example: `"staging"`
    #[schemars(extend("x-names" = "environments"))]
    #[serde(default)]
    pub needs: Option<Name>,
    /// Start of its deploys: after every push to the branch that deploys, or manually. Environments that need it wait for
    /// it.
    ///
    /// Example: `"manual"`
    #[serde(default)]
    pub start: Start,
    /// GitHub environment whose reviewers approve a deploy. It holds no secrets, so that a rollback never waits for approval.
    ///
    /// Default: no approval.
    /// Example: `"production-approval"`
    #[serde(default)]
    pub approval: Option<String>,
    /// URL of the environment. GitHub shows it, so it has to be a variable, not a secret.
    ///
    /// Default: none; smoke tests need one.
    /// Example: `{ var = "STAGING_URL" }`
    #[serde(default)]
    pub url: Option<Value>,
    /// Cluster, login and namespace.
    ///
    /// Default: none; workloads are delivered by commands, and `marks` is set.
    /// Example: `{ kubeconfig = { secret = "KUBECONFIG" }, namespace = "staging" }`
    #[serde(default)]
    pub cluster: Option<Cluster>,
    /// Login of an environment without a cluster.
    ///
    /// Default: none; the commands log in by themselves.
    /// Example: `{ aws = { role = { var = "AWS_ROLE" }, region = "eu-central-1" } }`
    #[serde(default)]
    pub login: Option<CloudLogin>,
    /// Store of the marks of an environment without a cluster: the version verified last, and the one that a run changes.
    ///
    /// Default: annotations in the cluster.
    /// Example: `{ read = "./deploy/marks read", write = "./deploy/marks write" }`
    #[serde(default)]
    pub marks: Option<Marks>,
    /// Workloads to deploy, in this order.
    ///
    /// Example: `["api"]`
    #[schemars(length(min = 1), extend("x-names" = "workloads"))]
    pub deploy: Vec<Name>,
    /// Backup before anything is changed.
    ///
    /// Default: no backup.
    /// Example: `{ image = "postgres:16-alpine", run = "pg_dump -Fc atom", env-from = "secret/atom-db", to = "pvc/backups" }`
    #[serde(default)]
    pub backup: Option<Backup>,
    /// Database migration, run from the new image before the new version gets traffic.
    ///
    /// Default: no migration.
    /// Example: `{ workload = "api", run = "alembic upgrade head", verify = "alembic current --check-heads", on-rollback = "keep" }`
    #[serde(default)]
    pub migrate: Option<Migrate>,
    /// Canary deployment: the new version gets traffic in steps.
    ///
    /// Default: all traffic at once.
    /// Example: `{ workload = "api", provider = "gateway-api", route = "httproute/atom", stable = "service/atom", canary = "service/atom-canary", canary-target = "deployment/atom-canary", steps = ["10%"], hold = "6m" }`
    #[serde(default)]
    pub traffic: Option<Traffic>,
    /// Smoke tests of the environment.
    ///
    /// Default: none.
    /// Example: `"api"`
    #[schemars(extend("x-names" = "smoke"))]
    #[serde(default)]
    pub smoke: Option<Name>,
    /// Limits of metrics. A version that exceeds one is rolled back.
    ///
    /// Example: `{ error-rate = { max = "0.1%" } }`
    #[schemars(extend("x-names" = "metrics"))]
    #[serde(default)]
    pub limits: Table<Limit>,
    /// Environment variables of the deploy job.
    ///
    /// Example: `{ REGION = "eu" }`
    #[serde(default)]
    pub env: IndexMap<String, RunValue>,
    /// Runner label of the environment's jobs.
    ///
    /// Default: `project.runs-on`; of several the first.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// Timeout of a deploy.
    ///
    /// Default: the sum of the timeouts of its steps, at most six hours.
    /// Example: `"90m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Timeout of the rollout of one workload.
    ///
    /// Example: `"5m"`
    #[serde(default = "five_minutes")]
    pub rollout: Duration,
    /// Steps before anything is changed.
    ///
    /// Example: `[{ run = "./tools/announce", changes = false }]`
    #[serde(default)]
    pub before: Vec<Step>,
    /// Steps after the version is verified.
    ///
    /// Example: `[{ run = "./tools/warm-cache", changes = false }]`
    #[serde(default)]
    pub after: Vec<Step>,
}

impl Environment {
    /// Returns whether its jobs log in to a cloud with a token of GitHub.
    pub fn logs_in_by_oidc(&self) -> bool {
        let by_cluster = |it: &Cluster| it.eks.is_some() || it.gke.is_some() || it.aks.is_some();
        self.login.is_some() || self.cluster.as_ref().is_some_and(by_cluster)
    }
}

/// Start of the deploys to an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// After every push.
    #[default]
    Automatic,
    /// By a person, in the form of `deploy.yml`.
    Manual,
}

fn five_minutes() -> Duration {
    Duration::from_seconds(5 * 60)
}

/// Commands that read and write the marks, as one text. Each reads `ENVIRONMENT`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Marks {
    /// Prints what `write` was given last, or nothing before the first time.
    ///
    /// Example: `"./deploy/marks read"`
    pub read: String,
    /// Stores its standard input, in one change.
    ///
    /// Example: `"./deploy/marks write"`
    pub write: String,
}

/// Backup before a deploy: a Kubernetes Job whose output is written to a volume.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Backup {
    /// Image that the command runs in; `pipeline.lock` has its digest.
    ///
    /// Example: `"postgres:16-alpine"`
    pub image: String,
    /// Command whose standard output is the backup.
    ///
    /// Example: `"pg_dump -Fc atom"`
    pub run: String,
    /// Secret or `ConfigMap` whose keys become environment variables of the command.
    ///
    /// Example: `"secret/atom-db"`
    #[schemars(regex(pattern = r"^(secret|configmap)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub env_from: String,
    /// Persistent volume claim that the backup is written to.
    ///
    /// Example: `"pvc/backups"`
    #[schemars(regex(pattern = r"^pvc/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub to: String,
    /// Timeout of the Job.
    ///
    /// Example: `"20m"`
    #[serde(default = "ten_minutes")]
    pub timeout: Duration,
}

fn ten_minutes() -> Duration {
    Duration::from_seconds(10 * 60)
}

/// Database migration: Kubernetes Jobs from the new image.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Migrate {
    /// Workload whose image and environment the Jobs use.
    ///
    /// Example: `"api"`
    #[schemars(extend("x-names" = "workloads"))]
    pub workload: Name,
    /// The command.
    ///
    /// Example: `"alembic upgrade head"`
    pub run: String,
    /// Command that fails unless the schema is the one that the new version needs.
    ///
    /// Default: no verification.
    /// Example: `"alembic current --check-heads"`
    #[serde(default)]
    pub verify: Option<String>,
    /// Command that prints the revision of the schema, as the first word of its last line. It is compared before a
    /// rollback undoes anything.
    ///
    /// Default: none; needed where a rollback undoes the migration.
    /// Example: `"alembic current"`
    #[serde(default)]
    pub current: Option<String>,
    /// Schema after a rollback: kept, or reverted by a command.
    ///
    /// Example: `"keep"`
    pub on_rollback: OnRollback,
    /// Timeout of the Job.
    ///
    /// Example: `"20m"`
    #[serde(default = "ten_minutes")]
    pub timeout: Duration,
}

/// Schema after a rollback.
#[derive(Debug, Clone, PartialEq)]
pub enum OnRollback {
    /// Kept; the previous version must be able to run on it.
    Keep,
    /// Reverted by a command.
    Run(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Keep,
}

/// A command that undoes a migration.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Undo {
    /// The command. The variable `REVISION` is the revision before the migration; it is empty if there was none.
    ///
    /// Example: `"alembic downgrade \"${REVISION:-base}\""`
    pub run: String,
}

impl<'de> Deserialize<'de> for OnRollback {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_table(
            deserializer,
            "\"keep\" or `{ run = \"…\" }`",
            |_: Word| Self::Keep,
            |table: Undo| Self::Run(table.run),
        )
    }
}

impl JsonSchema for OnRollback {
    fn schema_name() -> Cow<'static, str> {
        "OnRollback".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Undo>();
        json_schema!({
            "description": "Schema after a rollback.",
            "anyOf": [{ "type": "string", "enum": ["keep"] }, table]
        })
    }
}

/// Limit of a metric.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limit {
    /// Highest value that passes, with its unit.
    ///
    /// Example: `{ var = "MAX_P95", default = "500ms" }`
    pub max: Value,
    /// Upper bound of `max`, for a `max` that comes from a secret or a variable.
    ///
    /// Default: none.
    /// Example: `"1%"`
    #[serde(default)]
    pub ceiling: Option<String>,
    /// Lowest number of samples that is enough in this environment, such as in one that few use. With 0, a version that
    /// was not used at all passes.
    ///
    /// Default: `at-least` of the metric's `samples`.
    /// Example: `50`
    #[serde(default)]
    pub samples: Option<u64>,
}
