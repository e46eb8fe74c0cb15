//! `[workloads.<name>]`: what runs in a cluster.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::either::text_or_table;
use super::name::Name;

/// What runs in a cluster, and how it is given a new image.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workload {
    /// The image that it runs.
    ///
    /// Example: `"backend"`
    pub image: Name,
    /// The Kubernetes object: kind and name.
    ///
    /// Example: `"deployment/atom"`
    #[schemars(regex(pattern = r"^(deployment|statefulset|daemonset)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub target: String,
    /// The container in its pods.
    ///
    /// Example: `"atom"`
    pub container: String,
    /// How it is given a new image.
    ///
    /// Example: `"image"`
    #[serde(default)]
    #[schemars(extend("default" = "image"))]
    pub delivery: Delivery,
}

/// How a workload is given a new image.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Delivery {
    /// The image of the container is set.
    #[default]
    Image,
    /// A folder of manifests is applied; `$environment` in it is filled in.
    Manifests(String),
    /// Commands of your own.
    Commands(Commands),
}

/// Commands that change a workload; each sees `IMAGE`, `DIGEST`, `VERSION` and `ENVIRONMENT`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Commands {
    /// Makes the workload run `IMAGE`.
    ///
    /// Example: `"./deploy apply"`
    pub apply: String,
    /// Makes the workload run `IMAGE` again, as fast as it can; may be run twice.
    ///
    /// Example: `"./deploy restore"`
    pub restore: String,
    /// Prints the digest that the workload runs.
    ///
    /// Example: `"./deploy current"`
    pub current: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Image,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DeliveryTable {
    /// A folder of manifests that is applied; `$environment` in it is filled in.
    ///
    /// Default: the delivery is by `commands`.
    /// Example: `"k8s/overlays/$environment"`
    #[serde(default)]
    manifests: Option<String>,
    /// Commands of your own.
    ///
    /// Default: the delivery is by `manifests`.
    /// Example: `{ apply = "./deploy apply", restore = "./deploy restore", current = "./deploy current" }`
    #[serde(default)]
    commands: Option<Commands>,
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_table(
            deserializer,
            "\"image\", `{ manifests = \"…\" }` or `{ commands = { … } }`",
            |_: Word| Some(Self::Image),
            |table| match table {
                DeliveryTable { manifests: Some(folder), commands: None } => Some(Self::Manifests(folder)),
                DeliveryTable { manifests: None, commands: Some(commands) } => Some(Self::Commands(commands)),
                _ => None,
            },
        )?
        .ok_or_else(|| serde::de::Error::custom("a delivery has one of `manifests` and `commands`"))
    }
}

impl JsonSchema for Delivery {
    fn schema_name() -> Cow<'static, str> {
        "Delivery".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<DeliveryTable>();
        json_schema!({
            "description": "How a workload is given a new image.",
            "anyOf": [{ "type": "string", "enum": ["image"] }, table]
        })
    }
}
