//! `[environments.<name>]`: where it runs.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::Table;
use super::axis::RunsOn;
use super::either::text_or_table;
use super::name::Name;
use super::steps::Step;
use super::traffic::Traffic;
use super::units::Duration;
use super::value::Value;

/// A place that workloads are deployed to; its secrets live in the GitHub environment of the same name.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Environment {
    /// Environment that a version must have passed first.
    ///
    /// Default: none.
    /// Example: `"staging"`
    #[serde(default)]
    pub needs: Option<Name>,
    /// A GitHub environment whose reviewers are asked first; it holds no secrets, so that restoring never waits for a person.
    ///
    /// Default: nobody is asked.
    /// Example: `"production-approval"`
    #[serde(default)]
    pub approval: Option<String>,
    /// Its address; GitHub shows it, so it is a variable.
    ///
    /// Default: GitHub shows none, and no smoke tests can be sent.
    /// Example: `{ var = "STAGING_URL" }`
    #[serde(default)]
    pub url: Option<Value>,
    /// The cluster and the namespace in it.
    ///
    /// Example: `{ kubeconfig = { secret = "KUBECONFIG" }, namespace = "staging" }`
    pub cluster: Cluster,
    /// Workloads that are deployed, in this order.
    ///
    /// Example: `["api"]`
    #[schemars(length(min = 1))]
    pub deploy: Vec<Name>,
    /// What is saved before anything is changed.
    ///
    /// Default: nothing.
    /// Example: `{ image = "postgres:16-alpine", run = "pg_dump -Fc atom", env-from = "secret/atom-db", to = "pvc/backups" }`
    #[serde(default)]
    pub backup: Option<Backup>,
    /// How the database's schema follows, from the new image and before the new version has users.
    ///
    /// Default: the schema is not touched.
    /// Example: `{ workload = "api", run = "alembic upgrade head", verify = "alembic current --check-heads", on-rollback = "keep" }`
    #[serde(default)]
    pub migrate: Option<Migrate>,
    /// How the new version is given users.
    ///
    /// Default: all users at once.
    /// Example: `{ workload = "api", provider = "gateway-api", route = "httproute/atom", stable = "service/atom", canary = "service/atom-canary", canary-target = "deployment/atom-canary", steps = ["10%"], hold = "6m" }`
    #[serde(default)]
    pub traffic: Option<Traffic>,
    /// The smoke tests that it must answer.
    ///
    /// Default: none.
    /// Example: `"api"`
    #[serde(default)]
    pub smoke: Option<Name>,
    /// What its metrics must keep to.
    ///
    /// Example: `{ error-rate = { max = "0.1%" } }`
    #[serde(default)]
    pub limits: Table<Limit>,
    /// Environment variables of its job.
    ///
    /// Example: `{ REGION = "eu" }`
    #[serde(default)]
    pub env: IndexMap<String, Value>,
    /// The machine of its jobs.
    ///
    /// Default: `project.runs-on`; of several the first.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// The longest that a deploy may take.
    ///
    /// Default: what its steps may take together, at most six hours.
    /// Example: `"90m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// The longest that a workload may take to roll out.
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

fn five_minutes() -> Duration {
    Duration::from_seconds(5 * 60)
}

/// A cluster, the way into it, and the namespace.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Cluster {
    /// The namespace.
    ///
    /// Example: `"staging"`
    pub namespace: String,
    /// A kubeconfig, as text.
    ///
    /// Default: another way in is named.
    /// Example: `{ secret = "KUBECONFIG" }`
    #[serde(default)]
    pub kubeconfig: Option<Value>,
    /// A cluster on Amazon's service, logged in to by OIDC.
    ///
    /// Default: another way in is named.
    /// Example: `{ role = { var = "AWS_ROLE" }, region = "eu-central-1", cluster = "atom" }`
    #[serde(default)]
    pub eks: Option<Eks>,
    /// A cluster on Google's service, logged in to by OIDC.
    ///
    /// Default: another way in is named.
    /// Example: `{ provider = { var = "GCP_PROVIDER" }, service-account = { var = "GCP_ACCOUNT" }, project = "acme", location = "europe-west3", cluster = "atom" }`
    #[serde(default)]
    pub gke: Option<Gke>,
    /// A cluster on Microsoft's service, logged in to by OIDC.
    ///
    /// Default: another way in is named.
    /// Example: `{ client-id = { var = "AZURE_CLIENT_ID" }, tenant-id = { var = "AZURE_TENANT_ID" }, subscription-id = { var = "AZURE_SUBSCRIPTION_ID" }, resource-group = "atom", cluster = "atom" }`
    #[serde(default)]
    pub aks: Option<Aks>,
}

/// A cluster on Amazon's service.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Eks {
    /// The role that is taken on.
    ///
    /// Example: `{ var = "AWS_ROLE" }`
    pub role: Value,
    /// The region.
    ///
    /// Example: `"eu-central-1"`
    pub region: String,
    /// The cluster's name.
    ///
    /// Example: `"atom"`
    pub cluster: String,
}

/// A cluster on Google's service.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gke {
    /// The workload identity provider.
    ///
    /// Example: `{ var = "GCP_PROVIDER" }`
    pub provider: Value,
    /// The service account that is taken on.
    ///
    /// Example: `{ var = "GCP_ACCOUNT" }`
    pub service_account: Value,
    /// The project that the cluster belongs to.
    ///
    /// Example: `"acme"`
    pub project: String,
    /// The cluster's region or zone.
    ///
    /// Example: `"europe-west3"`
    pub location: String,
    /// The cluster's name.
    ///
    /// Example: `"atom"`
    pub cluster: String,
}

/// A cluster on Microsoft's service.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Aks {
    /// The application's id.
    ///
    /// Example: `{ var = "AZURE_CLIENT_ID" }`
    pub client_id: Value,
    /// The tenant's id.
    ///
    /// Example: `{ var = "AZURE_TENANT_ID" }`
    pub tenant_id: Value,
    /// The subscription's id.
    ///
    /// Example: `{ var = "AZURE_SUBSCRIPTION_ID" }`
    pub subscription_id: Value,
    /// The cluster's resource group.
    ///
    /// Example: `"atom"`
    pub resource_group: String,
    /// The cluster's name.
    ///
    /// Example: `"atom"`
    pub cluster: String,
}

/// What is saved before anything is changed: a Kubernetes Job whose output is written to a volume.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Backup {
    /// The image that the command runs in; its digest stands in `pipeline.lock`.
    ///
    /// Example: `"postgres:16-alpine"`
    pub image: String,
    /// The command; what it prints is the backup.
    ///
    /// Example: `"pg_dump -Fc atom"`
    pub run: String,
    /// The Secret or `ConfigMap` whose keys become the command's environment variables.
    ///
    /// Example: `"secret/atom-db"`
    #[schemars(regex(pattern = r"^(secret|configmap)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub env_from: String,
    /// The volume claim that it is written to.
    ///
    /// Example: `"pvc/backups"`
    #[schemars(regex(pattern = r"^pvc/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub to: String,
    /// The longest that it may take.
    ///
    /// Example: `"20m"`
    #[serde(default = "ten_minutes")]
    pub timeout: Duration,
}

fn ten_minutes() -> Duration {
    Duration::from_seconds(10 * 60)
}

/// How the database's schema follows: Kubernetes Jobs from the new image.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Migrate {
    /// The workload whose image and environment the command has.
    ///
    /// Example: `"api"`
    pub workload: Name,
    /// The command.
    ///
    /// Example: `"alembic upgrade head"`
    pub run: String,
    /// A command that fails unless the schema is as the new version wants it.
    ///
    /// Default: the schema is not verified.
    /// Example: `"alembic current --check-heads"`
    #[serde(default)]
    pub verify: Option<String>,
    /// The schema after a rollback: kept, or taken back by a command.
    ///
    /// Example: `"keep"`
    pub on_rollback: OnRollback,
    /// The longest that it may take.
    ///
    /// Example: `"20m"`
    #[serde(default = "ten_minutes")]
    pub timeout: Duration,
}

/// The schema after a rollback.
#[derive(Debug, Clone, PartialEq)]
pub enum OnRollback {
    /// Kept; the previous version must be able to run on it.
    Keep,
    /// A command undoes the change.
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
    /// The command.
    ///
    /// Example: `"alembic downgrade -1"`
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
            "description": "The schema after a rollback.",
            "anyOf": [{ "type": "string", "enum": ["keep"] }, table]
        })
    }
}

/// What a metric must keep to.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Limit {
    /// The most that it may be, with its unit.
    ///
    /// Example: `{ var = "MAX_P95", default = "500ms" }`
    pub max: Value,
    /// The most that `max` may be, whatever GitHub keeps under its name.
    ///
    /// Default: `max` may be anything.
    /// Example: `"1%"`
    #[serde(default)]
    pub ceiling: Option<String>,
}
