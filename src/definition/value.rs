//! Literals, secrets and variables.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// A literal, or the name of a secret or variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The text itself.
    Literal(String),
    /// A secret or variable.
    External(ExternalValue),
}

/// The name of a secret or variable, and its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExternalValue {
    /// Masked in logs: a secret, not a variable.
    pub secret: bool,
    /// Its name, upper case.
    pub name: String,
    /// Value if GitHub has none; without a default, it has to be set.
    pub default: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    secret: Option<String>,
    var: Option<String>,
    default: Option<String>,
}

/// The one secret that GitHub creates: the job's token.
const TOKEN: &str = "GITHUB_TOKEN";

impl ExternalValue {
    /// Returns whether it is the job's token, which no environment holds.
    pub fn is_token(&self) -> bool {
        self.secret && self.name == TOKEN
    }

    /// Returns whether GitHub accepts `name` for a secret or a variable: letters, digits and `_`, no leading digit,
    /// no leading `GITHUB_` but for the token's own name.
    ///
    /// Source: <https://docs.github.com/actions/reference/security/secrets>, naming your secrets.
    pub fn is_name(name: &str) -> bool {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
            && !name.starts_with(|c: char| c.is_ascii_digit())
            && (name == TOKEN || !name.starts_with("GITHUB_"))
    }

    /// Checks the name of a secret or variable.
    ///
    /// # Errors
    ///
    /// The mistake, and the text to type instead.
    pub fn check_name(name: &str) -> Result<(), String> {
        if Self::is_name(name) {
            return Ok(());
        }
        Err(if name.starts_with("GITHUB_") {
            format!("`{name}` starts with `GITHUB_`, which GitHub reserves: choose another name")
        } else {
            format!("`{name}` is not a name for a secret or variable: use upper-case letters, digits and `_`")
        })
    }

    fn from_raw<E: Error>(raw: Raw) -> Result<Self, E> {
        Self::of(raw.secret, raw.var, raw.default)
    }

    /// The secret or variable of a table that names one of them.
    pub(super) fn of<E: Error>(
        secret: Option<String>,
        var: Option<String>,
        default: Option<String>,
    ) -> Result<Self, E> {
        let (secret, name) = match (secret, var) {
            (Some(name), None) => (true, name),
            (None, Some(name)) => (false, name),
            _ => {
                return Err(E::custom(
                    "expected one of `secret` and `var`: write `{ secret = \"NAME\" }` or `{ var = \"NAME\" }`",
                ));
            }
        };
        Self::check_name(&name).map_err(E::custom)?;
        Ok(Self { secret, name, default })
    }
}

impl Value {
    /// The secret or variable, if it is one.
    pub fn external(&self) -> Option<&ExternalValue> {
        match self {
            Self::Literal(_) => None,
            Self::External(external) => Some(external),
        }
    }

    /// The text of a literal.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Literal(text) => Some(text),
            Self::External(_) => None,
        }
    }

    /// Returns whether it is a secret.
    pub fn is_secret(&self) -> bool {
        self.external().is_some_and(|external| external.secret)
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string, `{ secret = \"NAME\" }` or `{ var = \"NAME\" }`")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Literal(text.to_owned()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                let raw = Raw::deserialize(MapAccessDeserializer::new(map))?;
                ExternalValue::from_raw(raw).map(Value::External)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for ExternalValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_raw(Raw::deserialize(deserializer)?)
    }
}

impl JsonSchema for ExternalValue {
    fn schema_name() -> Cow<'static, str> {
        "ExternalValue".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let name = "^[A-Z_][A-Z0-9_]*$";
        json_schema!({
            "description": "A secret or variable of GitHub.",
            "type": "object",
            "additionalProperties": false,
            "minProperties": 1,
            "properties": {
                "secret": { "description": "Name of a secret, which logs mask.\n\nDefault: `var` is set.", "type": "string", "pattern": name, "examples": ["SMOKE_PASSWORD"] },
                "var": { "description": "Name of a variable, which logs show.\n\nDefault: `secret` is set.", "type": "string", "pattern": name, "examples": ["STAGING_URL"] },
                "default": { "description": "Value if GitHub has none.\n\nDefault: none; GitHub has to have one.", "type": "string", "examples": ["0.1%"] }
            }
        })
    }
}

impl JsonSchema for Value {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let external = generator.subschema_for::<ExternalValue>();
        json_schema!({
            "description": "A string, or the name of a secret or variable.",
            "anyOf": [{ "type": "string" }, external]
        })
    }
}
