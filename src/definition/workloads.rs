//! `[workloads.<name>]`: objects of the cluster.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::either::text_or_table;
use super::name::Name;

/// A workload of the cluster and the delivery of its image.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workload {
    /// Image that the workload runs.
    ///
    /// Example: `"backend"`
    pub image: Name,
    /// Kubernetes object: kind and name.
    ///
    /// Example: `"deployment/atom"`
    #[schemars(regex(pattern = r"^(deployment|statefulset|daemonset)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub target: String,
    /// Container in the pods.
    ///
    /// Example: `"atom"`
    pub container: String,
    /// Delivery of a new image.
    ///
    /// Example: `"image"`
    #[serde(default)]
    #[schemars(extend("default" = "image"))]
    pub delivery: Delivery,
}

/// Delivery of a new image to a workload.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Delivery {
    /// Sets the image of the container.
    #[default]
    Image,
    /// Applies a folder of manifests; `$environment` in it is filled in.
    Manifests(String),
    /// Upgrades a Helm release.
    Helm(Helm),
    /// Custom commands.
    Commands(Commands),
}

/// A Helm release that holds the workload. It is upgraded by `helm upgrade`, and rolled back by `helm rollback`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Helm {
    /// Name of the release, which is installed already.
    ///
    /// Example: `"atom"`
    pub release: String,
    /// Folder of the chart.
    ///
    /// Example: `"charts/atom"`
    pub chart: String,
    /// Files of values, in order; `$environment` in them is filled in.
    ///
    /// Example: `["charts/values-$environment.yaml"]`
    #[serde(default)]
    pub values: Vec<String>,
    /// Values that a deploy sets. `$image`, `$digest` and `$version` in them are filled in, as is `$environment`; `$version`
    /// is the version label of the pods.
    ///
    /// Example: `{ "image.digest" = "$digest", "podLabels.version" = "$version" }`
    pub set: IndexMap<String, String>,
}

/// Commands that change a workload. Each reads `IMAGE`, `DIGEST`, `VERSION` and `ENVIRONMENT`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Commands {
    /// Deploys `IMAGE`.
    ///
    /// Example: `"./deploy apply"`
    pub apply: String,
    /// Rolls back to `IMAGE`, as fast as possible; it may run twice.
    ///
    /// Example: `"./deploy restore"`
    pub restore: String,
    /// Prints the digest of the running image.
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
    /// Folder of manifests to apply; `$environment` in it is filled in.
    ///
    /// Default: another delivery is set.
    /// Example: `"k8s/overlays/$environment"`
    #[serde(default)]
    manifests: Option<String>,
    /// Helm release to upgrade.
    ///
    /// Default: another delivery is set.
    /// Example: `{ release = "atom", chart = "charts/atom", set = { "image.digest" = "$digest", "podLabels.version" = "$version" } }`
    #[serde(default)]
    helm: Option<Helm>,
    /// Custom commands.
    ///
    /// Default: another delivery is set.
    /// Example: `{ apply = "./deploy apply", restore = "./deploy restore", current = "./deploy current" }`
    #[serde(default)]
    commands: Option<Commands>,
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_table(
            deserializer,
            "\"image\", `{ manifests = \"…\" }`, `{ helm = { … } }` or `{ commands = { … } }`",
            |_: Word| Some(Self::Image),
            |table| match table {
                DeliveryTable { manifests: Some(folder), helm: None, commands: None } => Some(Self::Manifests(folder)),
                DeliveryTable { manifests: None, helm: Some(helm), commands: None } => Some(Self::Helm(helm)),
                DeliveryTable { manifests: None, helm: None, commands: Some(commands) } => {
                    Some(Self::Commands(commands))
                }
                _ => None,
            },
        )?
        .ok_or_else(|| serde::de::Error::custom("a delivery has one of `manifests`, `helm` and `commands`"))
    }
}

impl JsonSchema for Delivery {
    fn schema_name() -> Cow<'static, str> {
        "Delivery".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<DeliveryTable>();
        json_schema!({
            "description": "Delivery of a new image to a workload.",
            "anyOf": [{ "type": "string", "enum": ["image"] }, table]
        })
    }
}
