//! `[services.<name>]`: containers beside the tests.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::either::text_or_table;
use super::units::Duration;
use super::value::Value;

/// A container that runs beside the tests.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Service {
    /// Built-in service to start from; other keys of the table override the preset.
    ///
    /// Default: none.
    /// Example: `"lancedb-object-store"`
    #[serde(default)]
    pub preset: Option<Preset>,
    /// Image of the container; `pipeline.lock` has its digest.
    ///
    /// Default: the preset's.
    /// Example: `"postgres:16-alpine"`
    #[serde(default)]
    pub image: Option<String>,
    /// Environment variables of the container.
    ///
    /// Example: `{ POSTGRES_PASSWORD = "test" }`
    #[serde(default)]
    pub env: IndexMap<String, Value>,
    /// Ports that the tests reach on localhost.
    ///
    /// Example: `[5432]`
    #[serde(default)]
    pub ports: Vec<u16>,
    /// Health check: a command in the container that succeeds once the service is ready.
    ///
    /// Default: that of the preset. Without a health check, tests may start too early.
    /// Example: `"pg_isready -U test"`
    #[serde(default)]
    pub health: Option<Health>,
    /// Further options of `docker create`.
    ///
    /// Example: `["--shm-size", "256m"]`
    #[serde(default)]
    pub options: Vec<String>,
    /// Command of the container, instead of the image's.
    ///
    /// Default: that of the image.
    /// Example: `"redis-server --save ''"`
    #[serde(default)]
    pub command: Option<String>,
    /// Entrypoint of the container, instead of the image's.
    ///
    /// Default: that of the image.
    /// Example: `"/bin/server"`
    #[serde(default)]
    pub entrypoint: Option<String>,
    /// Environment variables of the jobs that use the service.
    ///
    /// Example: `{ DATABASE_URL = "postgresql://test:test@localhost:5432/atom" }`
    #[serde(default)]
    pub provides: IndexMap<String, String>,
}

/// Built-in services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// An S3-compatible object store with a bucket, and `LANCEDB_URI` with the AWS names for the tests.
    LancedbObjectStore,
    /// A folder that the test process opens: no container.
    LancedbEmbedded,
}

/// Health check of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Health {
    /// The command, run in the container.
    pub command: String,
    /// Time between two attempts.
    pub interval: Duration,
    /// Timeout of an attempt.
    pub timeout: Duration,
    /// Failed attempts after which the job fails.
    pub retries: u16,
}

impl Health {
    /// A command that runs every five seconds, a dozen times.
    pub fn every_five_seconds(command: &str) -> Self {
        Self { command: command.to_owned(), interval: five_seconds(), timeout: five_seconds(), retries: a_dozen() }
    }
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct HealthTable {
    /// The command, run in the container.
    ///
    /// Example: `"pg_isready -U test"`
    command: String,
    /// Time between two attempts.
    ///
    /// Example: `"5s"`
    #[serde(default = "five_seconds")]
    interval: Duration,
    /// Timeout of an attempt.
    ///
    /// Example: `"5s"`
    #[serde(default = "five_seconds")]
    timeout: Duration,
    /// Failed attempts after which the job fails.
    ///
    /// Example: `12`
    #[serde(default = "a_dozen")]
    retries: u16,
}

fn five_seconds() -> Duration {
    Duration::from_seconds(5)
}

fn a_dozen() -> u16 {
    12
}

impl<'de> Deserialize<'de> for Health {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_table(
            deserializer,
            "a command or a table with `command`",
            |command: String| Self::every_five_seconds(&command),
            |HealthTable { command, interval, timeout, retries }| Self { command, interval, timeout, retries },
        )
    }
}

impl JsonSchema for Health {
    fn schema_name() -> Cow<'static, str> {
        "Health".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<HealthTable>();
        json_schema!({
            "description": "A command that succeeds once the service is ready.",
            "anyOf": [{ "type": "string", "minLength": 1 }, table]
        })
    }
}
