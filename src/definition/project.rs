//! `[project]`: settings of the whole pipeline.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::axis::RunsOn;
use super::checkout::Checkout;
use super::name::Name;
use super::run_value::RunValue;
use super::units::{Cron, Duration, Requirement};

/// Name and settings of the whole pipeline.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Project {
    /// Name of the project. The required check is `<name> passed`.
    ///
    /// Example: `"atom"`
    pub name: Name,
    /// Branches whose pushes run the pipeline. The first one deploys.
    ///
    /// Example: `["main", "develop"]`
    #[serde(default = "main_branch")]
    #[schemars(length(min = 1))]
    pub branches: Vec<String>,
    /// Runner label of jobs that set none.
    ///
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    #[schemars(extend("default" = "ubuntu-24.04"))]
    pub runs_on: RunsOn,
    /// Checkout of the jobs that build, test or run custom steps.
    ///
    /// Default: one commit, without tags, submodules and files of Git LFS.
    /// Example: `{ depth = "full" }`
    #[serde(default)]
    pub checkout: Option<Checkout>,
    /// Environment variables of every job.
    ///
    /// Example: `{ PYTHONUTF8 = "1" }`
    #[serde(default)]
    pub env: IndexMap<String, RunValue>,
    /// Runs only the jobs that a pull request affects; pushes and the merge queue run everything.
    ///
    /// Example: `true`
    #[serde(default)]
    pub skip_unchanged: bool,
    /// Schedule of a run of everything, with a second seed if `gates.repeat` is `"nightly"`.
    ///
    /// Default: never.
    /// Example: `{ cron = "17 2 * * *", timezone = "UTC" }`
    #[serde(default)]
    pub nightly: Option<Nightly>,
    /// Timeout of jobs that set none.
    ///
    /// Example: `"30m"`
    #[serde(default = "half_an_hour")]
    pub timeout: Duration,
    /// Prefix of generated file names, for repositories with several pipelines.
    ///
    /// Default: the project's name; none for the `pipeline.toml` at the root of the repository.
    /// Example: `"billing"`
    #[serde(default)]
    pub prefix: Option<Name>,
    /// Versions of Pipewright that may compile this definition. Another version reports an error.
    ///
    /// Default: every version.
    /// Example: `">=0.1"`
    #[serde(default)]
    pub required_version: Option<Requirement>,
}

/// The branch that deploys where none is named.
const MAIN: &str = "main";

fn main_branch() -> Vec<String> {
    vec![MAIN.to_owned()]
}

impl Project {
    /// Returns the branch that deploys: the first one.
    pub fn deploying_branch(&self) -> &str {
        self.branches.first().map_or(MAIN, String::as_str)
    }
}

fn half_an_hour() -> Duration {
    Duration::from_seconds(30 * 60)
}

/// One schedule or several.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedules {
    /// The schedules, in the order in which they are written.
    pub all: Vec<Nightly>,
    /// Written as a list.
    pub list: bool,
}

impl<'de> Deserialize<'de> for Schedules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Schedules;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a table such as `{ cron = \"5 4 * * 1\" }`, or a list of them")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Schedules, A::Error> {
                let one = Nightly::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Schedules { all: vec![one], list: false })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Schedules, A::Error> {
                let all: Vec<Nightly> = Vec::deserialize(SeqAccessDeserializer::new(sequence))?;
                let list = !all.is_empty();
                Ok(Schedules { all, list })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Schedules {
    fn schema_name() -> Cow<'static, str> {
        "Schedules".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<Nightly>();
        json_schema!({
            "description": "A schedule, or a list of them.",
            "anyOf": [one, { "type": "array", "items": one }]
        })
    }
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Nightly {
    /// Five cron fields: minute, hour, day of month, month, day of week.
    ///
    /// Example: `"17 2 * * *"`
    pub cron: Cron,
    /// Time zone of the schedule, by its IANA name.
    ///
    /// Default: UTC.
    /// Example: `"Europe/Berlin"`
    #[serde(default)]
    pub timezone: Option<String>,
}
