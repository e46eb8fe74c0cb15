//! Calls between workflows: the trigger `call` of a custom workflow, and what a job hands to the workflow that it calls.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer, StrDeserializer};
use serde::de::{Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::Table;
use super::either::bool_or_table;
use super::inputs::Input;
use super::run_value::RunValue;

/// Calls of a workflow by the jobs of others.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Call {
    /// Allowed.
    pub allowed: bool,
    /// Inputs; steps read an input from the environment variable of its name, upper case.
    pub inputs: Table<Input>,
    /// Secrets that a caller hands over.
    pub secrets: Vec<String>,
    /// Outputs for the caller.
    pub outputs: Table<RunValue>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Interface {
    /// Inputs of a call; steps read one from the environment variable of its name, upper case.
    ///
    /// Example: `{ level = { default = "patch" } }`
    #[serde(default)]
    inputs: Table<Input>,
    /// Secrets that the caller hands over, by name. One that is always read with a default is not required.
    ///
    /// Example: `["REGISTRY_TOKEN"]`
    #[serde(default)]
    secrets: Vec<String>,
    /// Outputs for the caller, each an output of a job.
    ///
    /// Example: `{ version = { output = "publish.version" } }`
    #[serde(default)]
    outputs: Table<RunValue>,
}

impl<'de> Deserialize<'de> for Call {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        bool_or_table(
            deserializer,
            "`true`, `false` or `{ inputs = { … } }`",
            |allowed| Self { allowed, ..Self::default() },
            |Interface { inputs, secrets, outputs }| Self { allowed: true, inputs, secrets, outputs },
        )
    }
}

impl JsonSchema for Call {
    fn schema_name() -> Cow<'static, str> {
        "Call".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Interface>();
        json_schema!({
            "description": "Calls by the jobs of other workflows: `true`, or a table of inputs, secrets and outputs.",
            "anyOf": [{ "type": "boolean" }, table]
        })
    }
}

/// Value of an input of a called workflow.
#[derive(Debug, Clone, PartialEq)]
pub enum CallValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Number(u32),
    /// A text, or a value that a run decides.
    Run(RunValue),
}

impl CallValue {
    /// The text, or the value that a run decides.
    pub fn run_value(&self) -> Option<&RunValue> {
        match self {
            Self::Run(value) => Some(value),
            Self::Boolean(_) | Self::Number(_) => None,
        }
    }
}

const NUMBERS: &str =
    "expected a whole number that is not negative: hand any other over by a variable, as in `{ var = \"RATIO\" }`";

impl<'de> Deserialize<'de> for CallValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = CallValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, a number, `true`, `false`, or a value such as `{ output = \"meta.version\" }`")
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<CallValue, E> {
                Ok(CallValue::Boolean(value))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<CallValue, E> {
                u32::try_from(value).map(CallValue::Number).map_err(|_| E::custom(NUMBERS))
            }
            fn visit_f64<E: Error>(self, _: f64) -> Result<CallValue, E> {
                Err(E::custom(NUMBERS))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<CallValue, E> {
                let from: StrDeserializer<'_, E> = text.into_deserializer();
                RunValue::deserialize(from).map(CallValue::Run)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CallValue, A::Error> {
                RunValue::deserialize(MapAccessDeserializer::new(map)).map(CallValue::Run)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, sequence: A) -> Result<CallValue, A::Error> {
                RunValue::deserialize(SeqAccessDeserializer::new(sequence)).map(CallValue::Run)
            }
        }
        deserializer.deserialize_any(Any)
    }
}

impl JsonSchema for CallValue {
    fn schema_name() -> Cow<'static, str> {
        "CallValue".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<RunValue>();
        json_schema!({
            "description": "A boolean, a whole number, a string, or a value that a run decides.",
            "anyOf": [{ "type": "boolean" }, { "type": "number" }, value]
        })
    }
}
