//! `[workloads.<name>]`: objects of the cluster.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

use super::either::text_or_table;
use super::name::Name;
use super::value::Value;

/// A workload of the cluster and the delivery of its image.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Workload {
    /// Image that the workload runs.
    ///
    /// Example: `"backend"`
    #[schemars(extend("x-names" = "images"))]
    pub image: Name,
    /// Kubernetes object: kind and name.
    ///
    /// Default: none; only a workload that commands deliver needs none.
    /// Example: `"deployment/atom"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^(deployment|statefulset|daemonset)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub target: Option<String>,
    /// Container in the pods.
    ///
    /// Default: none; only a workload that commands deliver needs none.
    /// Example: `"atom"`
    #[serde(default)]
    pub container: Option<String>,
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
    /// Commits to the repository that a GitOps controller follows.
    Gitops(Gitops),
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

/// A file in the repository that Argo CD or Flux follows. A deploy commits the digest to it, and waits until the workload
/// runs it; a rollback commits the values before.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Gitops {
    /// The repository, with its owner.
    ///
    /// Example: `"acme/config"`
    pub repository: String,
    /// The branch that the controller follows.
    ///
    /// Example: `"production"`
    #[serde(default = "main")]
    pub branch: String,
    /// The file; `$environment` in it is filled in. Lines that end with `# pipewright: <workload>.digest`, `.image` or
    /// `.version` get the value.
    ///
    /// Example: `"atom/$environment/kustomization.yaml"`
    pub path: String,
    /// Token that may write the contents of the repository, and nothing else.
    ///
    /// Example: `{ secret = "CONFIG_TOKEN" }`
    pub token: Value,
}

fn main() -> String {
    "main".to_owned()
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
    /// File in a repository that a GitOps controller follows.
    ///
    /// Default: another delivery is set.
    /// Example: `{ repository = "acme/config", path = "atom/$environment/kustomization.yaml", token = { secret = "CONFIG_TOKEN" } }`
    #[serde(default)]
    gitops: Option<Gitops>,
    /// Custom commands.
    ///
    /// Default: another delivery is set.
    /// Example: `{ apply = "./deploy apply", restore = "./deploy restore", current = "./deploy current" }`
    #[serde(default)]
    commands: Option<Commands>,
}

impl DeliveryTable {
    /// The delivery of the only key.
    fn only(self) -> Option<Delivery> {
        let mut given = [
            self.manifests.map(Delivery::Manifests),
            self.helm.map(Delivery::Helm),
            self.gitops.map(Delivery::Gitops),
            self.commands.map(Delivery::Commands),
        ]
        .into_iter()
        .flatten();
        let only = given.next()?;
        given.next().is_none().then_some(only)
    }
}

impl<'de> Deserialize<'de> for Delivery {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_table(
            deserializer,
            "\"image\", `{ manifests = \"…\" }`, `{ helm = { … } }`, `{ gitops = { … } }` or `{ commands = { … } }`",
            |_: Word| Some(Self::Image),
            DeliveryTable::only,
        )?
        .ok_or_else(|| serde::de::Error::custom("a delivery has one of `manifests`, `helm`, `gitops` and `commands`"))
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
