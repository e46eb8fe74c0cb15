//! Keys that take one value, or a list that becomes an axis of the matrix.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// One value, or several that become an axis of the job's matrix.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Axis {
    /// The values, in the order in which they are written.
    pub values: Vec<String>,
    /// Written as a list.
    pub list: bool,
}

impl Axis {
    /// The first value.
    pub fn first(&self) -> &str {
        self.values.first().map_or("", String::as_str)
    }

    /// The last value, which is the newest by convention.
    pub fn last(&self) -> &str {
        self.values.last().map_or("", String::as_str)
    }

    /// Returns whether it makes a matrix: two values or more.
    pub fn is_matrix(&self) -> bool {
        self.values.len() > 1
    }
}

impl<'de> Deserialize<'de> for Axis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Axis;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Axis, E> {
                Ok(Axis { values: vec![text.to_owned()], list: false })
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<Axis, A::Error> {
                let values = Vec::<String>::deserialize(SeqAccessDeserializer::new(sequence))?;
                if values.is_empty() {
                    return Err(A::Error::custom("the list is empty: name at least one value"));
                }
                Ok(Axis { values, list: true })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Axis {
    fn schema_name() -> Cow<'static, str> {
        "Axis".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One value, or a list that becomes an axis of the matrix.",
            "anyOf": [
                { "type": "string", "minLength": 1 },
                { "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": "string", "minLength": 1 } }
            ]
        })
    }
}

/// The machines of a job: one label, a list of labels that becomes a matrix axis, or several labels that one machine has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunsOn {
    /// One label or an axis of labels.
    Axis(Axis),
    /// A machine that has all of these labels, of a group where one is named.
    Labels {
        /// Labels that the machine has, all of them.
        labels: Vec<String>,
        /// The runner group.
        group: Option<String>,
    },
}

impl Default for RunsOn {
    fn default() -> Self {
        Self::Axis(Axis { values: vec!["ubuntu-24.04".to_owned()], list: false })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLabels {
    #[serde(default)]
    labels: Vec<String>,
    group: Option<String>,
}

impl<'de> Deserialize<'de> for RunsOn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = RunsOn;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a label, a list of labels or `{ labels = [...], group = \"…\" }`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<RunsOn, E> {
                Ok(RunsOn::Axis(Axis { values: vec![text.to_owned()], list: false }))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<RunsOn, A::Error> {
                Axis::deserialize(SeqAccessDeserializer::new(sequence)).map(RunsOn::Axis)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RunsOn, A::Error> {
                let raw = RawLabels::deserialize(MapAccessDeserializer::new(map))?;
                if raw.labels.is_empty() && raw.group.is_none() {
                    return Err(A::Error::custom("name `labels` or a `group`"));
                }
                Ok(RunsOn::Labels { labels: raw.labels, group: raw.group })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for RunsOn {
    fn schema_name() -> Cow<'static, str> {
        "RunsOn".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let axis = generator.subschema_for::<Axis>();
        json_schema!({
            "description": "A label, a list of labels that becomes a matrix axis, or labels that one machine has together.",
            "anyOf": [
                axis,
                {
                    "type": "object",
                    "additionalProperties": false,
                    "minProperties": 1,
                    "properties": {
                        "labels": { "description": "Labels that the machine has, all of them.", "type": "array", "items": { "type": "string" }, "examples": [["self-hosted", "linux"]] },
                        "group": { "description": "The runner group.\n\nDefault: any.", "type": "string", "examples": ["build"] }
                    }
                }
            ]
        })
    }
}
