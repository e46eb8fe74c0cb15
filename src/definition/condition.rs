//! `when`: the condition of a job or a step.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::Table;
use super::name::Name;

/// A condition: at least one of its cases holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The cases.
    pub cases: Vec<Case>,
}

/// A case of a condition: all of its keys hold.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(extend("minProperties" = 1))]
pub struct Case {
    /// Result of what ran before: the steps above, or the jobs in `needs`.
    ///
    /// Default: `"success"`, without `jobs`.
    /// Example: `"failure"`
    #[serde(default)]
    pub result: Option<WhenResult>,
    /// Results of jobs in `needs`, by name: each has one of its list. With it, `result` is any, unless the run is cancelled.
    ///
    /// Example: `{ bundle = ["failure", "cancelled"] }`
    #[schemars(extend("x-names" = "jobs"))]
    #[serde(default)]
    pub jobs: Table<Vec<JobResult>>,
    /// Events that start the run, one of them.
    ///
    /// Example: `["push", "pull-request"]`
    #[serde(default)]
    pub event: Vec<RunEvent>,
    /// Branches of the run, one of them: names, or their beginnings followed by `*`. Runs of pull requests and tags are on
    /// none.
    ///
    /// Example: `["main", "release/*"]`
    #[serde(default)]
    pub branches: Vec<String>,
    /// Tags of the run, one of them: names, or their beginnings followed by `*`.
    ///
    /// Example: `["v*"]`
    #[serde(default)]
    pub tags: Vec<String>,
    /// Label that the pull request has when the run starts.
    ///
    /// Default: any labels.
    /// Example: `"bundle"`
    #[serde(default)]
    pub label: Option<String>,
    /// Components of which the pull request changes at least one; other runs count as changing all. For jobs of `ci.yml`.
    ///
    /// Example: `["backend"]`
    #[schemars(extend("x-names" = "components"))]
    #[serde(default)]
    pub changed: Vec<Name>,
    /// Repository of the run, so that forks are left out.
    ///
    /// Default: any repository.
    /// Example: `"acme/atom"`
    #[serde(default)]
    pub repository: Option<String>,
}

/// Result of what ran before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenResult {
    /// Everything before succeeded.
    Success,
    /// Something before failed.
    Failure,
    /// Any, also in a run that is cancelled.
    Always,
}

/// Result of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JobResult {
    /// It succeeded.
    Success,
    /// It failed.
    Failure,
    /// It was cancelled.
    Cancelled,
    /// It did not run.
    Skipped,
}

impl JobResult {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
            Self::Cancelled => "cancelled",
            Self::Skipped => "skipped",
        }
    }
}

/// An event that starts a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunEvent {
    /// A push of commits or a tag.
    Push,
    /// A pull request.
    PullRequest,
    /// The merge queue.
    MergeGroup,
    /// A schedule.
    Schedule,
    /// A release.
    Release,
    /// A manual start.
    Manual,
}

impl Condition {
    /// Returns whether a case asks for the result of what ran before.
    pub fn asks_result(&self) -> bool {
        self.cases.iter().any(|case| case.result.is_some() || !case.jobs.is_empty())
    }

    /// Returns whether a case asks what a pull request changes.
    pub fn asks_changes(&self) -> bool {
        self.cases.iter().any(|case| !case.changed.is_empty())
    }
}

impl From<WhenResult> for Case {
    fn from(result: WhenResult) -> Self {
        Self { result: Some(result), ..Self::default() }
    }
}

/// A case as it is written: a word or a table.
struct Written(Case);

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        super::either::text_or_table(deserializer, EXPECTED, |word: WhenResult| Self(word.into()), Self)
    }
}

const EXPECTED: &str =
    "\"success\", \"failure\", \"always\", a table such as `{ event = [\"push\"] }`, or a list of them";

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Condition;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(EXPECTED)
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Condition, E> {
                let from: StrDeserializer<'_, E> = text.into_deserializer();
                WhenResult::deserialize(from).map(|result| Condition { cases: vec![result.into()] })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Condition, A::Error> {
                Case::deserialize(MapAccessDeserializer::new(map)).map(|case| Condition { cases: vec![case] })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Condition, A::Error> {
                let cases = Vec::<Written>::deserialize(SeqAccessDeserializer::new(sequence))?;
                if cases.is_empty() {
                    return Err(A::Error::custom("the list is empty: name at least one case"));
                }
                Ok(Condition { cases: cases.into_iter().map(|Written(case)| case).collect() })
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl JsonSchema for Condition {
    fn schema_name() -> Cow<'static, str> {
        "Condition".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Case>();
        let word = serde_json::json!({ "type": "string", "enum": ["success", "failure", "always"] });
        json_schema!({
            "description": "The result of what ran before, a table of which all keys hold, or a list of which one holds.",
            "anyOf": [word, table, { "type": "array", "minItems": 1, "items": { "anyOf": [word, table] } }]
        })
    }
}
