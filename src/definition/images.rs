//! `[images.<name>]`: container images.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::axis::RunsOn;
use super::either::text_or_table;
use super::steps::Step;
use super::units::Duration;
use super::value::Value;

/// An image: built in CI without being published, published by a deploy.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Image {
    /// The folder that is sent to the builder.
    ///
    /// Example: `"services/backend"`
    #[serde(default = "here")]
    pub context: String,
    /// The Dockerfile, from the context.
    ///
    /// Default: `Dockerfile`.
    /// Example: `"docker/release.Dockerfile"`
    #[serde(default)]
    pub dockerfile: Option<String>,
    /// The stage to build.
    ///
    /// Default: the last one.
    /// Example: `"runtime"`
    #[serde(default)]
    pub target: Option<String>,
    /// Where it is published: registry host, owner and name, without a tag.
    ///
    /// Example: `"ghcr.io/acme/backend"`
    pub repository: String,
    /// How the registry is logged in to.
    ///
    /// Example: `"github"`
    #[serde(default)]
    #[schemars(extend("default" = "github"))]
    pub login: Login,
    /// Platforms that it is built for.
    ///
    /// Example: `["linux/amd64", "linux/arm64"]`
    #[serde(default = "amd64")]
    #[schemars(length(min = 1))]
    pub platforms: Vec<String>,
    /// Where layers are kept between builds; each image has a scope of its own.
    ///
    /// Example: `["gha", "registry"]`
    #[serde(default = "github_cache")]
    pub cache: Vec<Cache>,
    /// Build arguments; they can be read from the image, so no secret may be one.
    ///
    /// Example: `{ ENABLE_DOCLING = "false" }`
    #[serde(default)]
    pub build_args: IndexMap<String, Value>,
    /// Whether a signed statement says where the image was built; a manual deploy asks for it.
    ///
    /// Example: `true`
    #[serde(default = "yes")]
    pub attest: bool,
    /// The GitHub environment that holds the registry's secrets.
    ///
    /// Default: none, and so no secret.
    /// Example: `"registry"`
    #[serde(default)]
    pub environment: Option<String>,
    /// The machine that builds it.
    ///
    /// Default: `project.runs-on`; of several the first.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// The longest that a build may take.
    ///
    /// Default: `project.timeout`.
    /// Example: `"30m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Steps before the build.
    ///
    /// Example: `[{ run = "make assets" }]`
    #[serde(default)]
    pub before: Vec<Step>,
    /// Steps after the build.
    ///
    /// Example: `[{ run = "./tools/scan" }]`
    #[serde(default)]
    pub after: Vec<Step>,
}

fn here() -> String {
    ".".to_owned()
}

fn amd64() -> Vec<String> {
    vec!["linux/amd64".to_owned()]
}

fn github_cache() -> Vec<Cache> {
    vec![Cache::Gha]
}

fn yes() -> bool {
    true
}

/// Where layers are kept between builds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cache {
    /// All stages, in GitHub's cache.
    Gha,
    /// All stages, in a tag beside the image; written by deploys alone.
    Registry,
    /// The layers of the last stage alone, inside the image.
    Inline,
}

/// How a registry is logged in to.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Login {
    /// With the job's own token: `ghcr.io` alone.
    #[default]
    Github,
    /// With a name and a password.
    Password {
        /// The user's name.
        username: Value,
        /// The password or token.
        password: Value,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Credentials {
    /// The user's name.
    ///
    /// Example: `{ var = "REGISTRY_USER" }`
    username: Value,
    /// The password or token.
    ///
    /// Example: `{ secret = "REGISTRY_PASSWORD" }`
    password: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Word {
    Github,
}

impl<'de> Deserialize<'de> for Login {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_table(
            deserializer,
            "\"github\" or `{ username = …, password = … }`",
            |_: Word| Self::Github,
            |Credentials { username, password }| Self::Password { username, password },
        )
    }
}

impl JsonSchema for Login {
    fn schema_name() -> Cow<'static, str> {
        "Login".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Credentials>();
        json_schema!({
            "description": "With the job's own token, or with a name and a password.",
            "anyOf": [{ "type": "string", "enum": ["github"] }, table]
        })
    }
}
