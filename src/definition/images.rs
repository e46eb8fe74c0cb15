//! `[images.<name>]`: container images.

use std::borrow::Cow;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use super::axis::RunsOn;
use super::either::text_or_table;
use super::publish::Publish;
use super::run_value::RunValue;
use super::steps::Step;
use super::units::Duration;
use super::value::Value;

/// An image: built in CI without being published, published by a deploy.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Image {
    /// Build context: the folder that is sent to the builder.
    ///
    /// Example: `"services/backend"`
    #[serde(default = "here")]
    pub context: String,
    /// Dockerfile, relative to the context.
    ///
    /// Default: `Dockerfile`.
    /// Example: `"docker/release.Dockerfile"`
    #[serde(default)]
    pub dockerfile: Option<String>,
    /// Stage to build.
    ///
    /// Default: the last one.
    /// Example: `"runtime"`
    #[serde(default)]
    pub target: Option<String>,
    /// Repository to publish to: registry host, owner and name, without a tag.
    ///
    /// Example: `"ghcr.io/acme/backend"`
    pub repository: String,
    /// Login to the registry.
    ///
    /// Example: `"github"`
    #[serde(default)]
    #[schemars(extend("default" = "github"))]
    pub login: Login,
    /// Further repositories that get the same image, each with its login.
    ///
    /// Example: `[{ repository = "docker.io/acme/backend", login = { username = { var = "DOCKERHUB_USER" }, password = { secret = "DOCKERHUB_TOKEN" } } }]`
    #[serde(default)]
    pub mirrors: Vec<Mirror>,
    /// Publication when a tag is pushed, besides deploys.
    ///
    /// Default: deploys alone publish the image.
    /// Example: `{ tags = ["v*"], as = ["semver", "latest"] }`
    #[serde(default)]
    pub publish: Option<Publish>,
    /// Platforms to build for. `linux/amd64` and `linux/arm64` are built by a job each, on a hosted runner of that architecture, where
    /// `runs-on` names a hosted Ubuntu; all others in one job, by QEMU.
    ///
    /// Example: `["linux/amd64", "linux/arm64"]`
    #[serde(default = "amd64")]
    #[schemars(length(min = 1))]
    pub platforms: Vec<String>,
    /// Cache of layers between builds; each image has its own scope.
    ///
    /// Example: `["gha", "registry"]`
    #[serde(default = "github_cache")]
    pub cache: Vec<Cache>,
    /// Build arguments. They can be read from the image, so a secret is refused.
    ///
    /// Example: `{ ENABLE_DOCLING = "false", VERSION = { github = "sha" } }`
    #[serde(default)]
    pub build_args: IndexMap<String, RunValue>,
    /// Labels of the image.
    ///
    /// Example: `{ "org.opencontainers.image.revision" = { github = "sha" } }`
    #[serde(default)]
    pub labels: IndexMap<String, RunValue>,
    /// Signs the provenance of the image; a manual deploy verifies it.
    ///
    /// Example: `true`
    #[serde(default = "yes")]
    pub attest: bool,
    /// GitHub environment that holds the registry's secrets.
    ///
    /// Default: none, and so no secret.
    /// Example: `"registry"`
    #[serde(default)]
    pub environment: Option<String>,
    /// Runner label of the build.
    ///
    /// Default: `project.runs-on`; of several the first.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// Timeout of the build.
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
    /// Steps after the build, which read the image's name from `IMAGE`. In `ci.yml` the image is on the machine, unless QEMU builds
    /// several platforms of it; where it is published, the name has its digest.
    ///
    /// Example: `[{ run = './tools/scan "$IMAGE"' }]`
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

/// A further repository of an image.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Mirror {
    /// Repository to publish to: registry host, owner and name, without a tag.
    ///
    /// Example: `"docker.io/acme/backend"`
    pub repository: String,
    /// Login to the registry.
    ///
    /// Example: `"github"`
    #[serde(default)]
    #[schemars(extend("default" = "github"))]
    pub login: Login,
}

impl Image {
    /// Returns its repositories, each with its login; the first is the one that deploys read.
    pub fn repositories(&self) -> impl Iterator<Item = (&str, &Login)> {
        let mirrors = self.mirrors.iter().map(|mirror| (mirror.repository.as_str(), &mirror.login));
        std::iter::once((self.repository.as_str(), &self.login)).chain(mirrors)
    }
}

/// Cache of layers between builds.
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

/// Login to a registry.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Login {
    /// With the job's token: `ghcr.io` alone.
    #[default]
    Github,
    /// With a username and a password.
    Password {
        /// Username.
        username: Value,
        /// Password or token.
        password: Value,
    },
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Credentials {
    /// Username.
    ///
    /// Example: `{ var = "REGISTRY_USER" }`
    username: Value,
    /// Password or token.
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
            "description": "The job's token, or a username and a password.",
            "anyOf": [{ "type": "string", "enum": ["github"] }, table]
        })
    }
}
