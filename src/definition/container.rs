//! `container`: the container in which the steps of a custom job run.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::either::text_or_table;
use super::value::Value;

/// Container in which the steps of a job run.
#[derive(Debug, Clone, PartialEq)]
pub struct Container {
    /// Image of the container; `pipeline.lock` has its digest.
    pub image: String,
    /// Environment variables of the container.
    pub env: IndexMap<String, Value>,
    /// Further options of `docker create`.
    pub options: Vec<String>,
    /// Login to the registry of the image.
    pub credentials: Option<ImageLogin>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ContainerTable {
    /// Image of the container, with bash; `pipeline.lock` has its digest.
    ///
    /// Example: `"python:3.12-slim"`
    image: String,
    /// Environment variables of the container.
    ///
    /// Example: `{ LC_ALL = "C.UTF-8" }`
    #[serde(default)]
    env: IndexMap<String, Value>,
    /// Further options of `docker create`.
    ///
    /// Example: `["--cpus", "2"]`
    #[serde(default)]
    options: Vec<String>,
    /// Login to the registry of the image.
    ///
    /// Default: none; the image is public.
    /// Example: `{ username = { var = "REGISTRY_USER" }, password = { secret = "REGISTRY_PASSWORD" } }`
    #[serde(default)]
    credentials: Option<ImageLogin>,
}

/// Login to a registry.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ImageLogin {
    /// Name of the user.
    ///
    /// Example: `{ var = "REGISTRY_USER" }`
    pub username: Value,
    /// Password or token of the user.
    ///
    /// Example: `{ secret = "REGISTRY_PASSWORD" }`
    pub password: Value,
}

impl<'de> Deserialize<'de> for Container {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_table(
            deserializer,
            "an image or a table with `image`",
            |image: String| Self { image, env: IndexMap::new(), options: Vec::new(), credentials: None },
            |ContainerTable { image, env, options, credentials }| Self { image, env, options, credentials },
        )
    }
}

impl JsonSchema for Container {
    fn schema_name() -> Cow<'static, str> {
        "Container".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<ContainerTable>();
        json_schema!({
            "description": "Image of the container, or a table with its image, variables, options and credentials.",
            "anyOf": [{ "type": "string" }, table]
        })
    }
}
