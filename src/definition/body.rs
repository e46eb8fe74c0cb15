//! JSON of a request, in which any value may be a secret or a variable.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::value::ExternalValue;

/// A JSON value; a table with `secret` or `var` in it is a secret or a variable.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Text(String),
    /// A secret or a variable.
    External(ExternalValue),
    /// A list.
    List(Vec<Self>),
    /// An object, in the order in which it is written.
    Object(Vec<(String, Self)>),
}

impl Body {
    /// Every secret and variable in it.
    pub fn external_values(&self) -> Vec<&ExternalValue> {
        match self {
            Self::External(external) => vec![external],
            Self::List(items) => items.iter().flat_map(Self::external_values).collect(),
            Self::Object(entries) => entries.iter().flat_map(|(_, value)| value.external_values()).collect(),
            _ => Vec::new(),
        }
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Body;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_bool<E: Error>(self, value: bool) -> Result<Body, E> {
        Ok(Body::Bool(value))
    }
    fn visit_i64<E: Error>(self, value: i64) -> Result<Body, E> {
        Ok(Body::Integer(value))
    }
    fn visit_f64<E: Error>(self, value: f64) -> Result<Body, E> {
        if value.is_finite() { Ok(Body::Float(value)) } else { Err(E::custom("JSON has no such number")) }
    }
    fn visit_str<E: Error>(self, value: &str) -> Result<Body, E> {
        Ok(Body::Text(value.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Body, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Body::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Body, A::Error> {
        let mut entries: Vec<(String, Body)> = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        external(&entries).map(|found| found.map_or(Body::Object(entries), Body::External))
    }
}

/// Reads an object of only `secret`, `var` and `default` as a secret or a variable.
fn external<E: Error>(entries: &[(String, Body)]) -> Result<Option<ExternalValue>, E> {
    let text = |key: &str| {
        entries.iter().find(|(name, _)| name == key).and_then(|(_, value)| match value {
            Body::Text(text) => Some(text.clone()),
            _ => None,
        })
    };
    if entries.is_empty() || !entries.iter().all(|(key, _)| matches!(key.as_str(), "secret" | "var" | "default")) {
        return Ok(None);
    }
    let (secret, name) = match (text("secret"), text("var")) {
        (Some(name), None) => (true, name),
        (None, Some(name)) => (false, name),
        _ => return Ok(None),
    };
    ExternalValue::check_name(&name).map_err(E::custom)?;
    Ok(Some(ExternalValue { secret, name, default: text("default") }))
}

impl JsonSchema for Body {
    fn schema_name() -> Cow<'static, str> {
        "Body".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Any JSON; a table with `secret` or `var` in it is a secret or a variable.",
            "additionalProperties": true
        })
    }
}
