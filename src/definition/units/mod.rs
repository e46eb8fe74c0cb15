//! Units of the language: shares, times, dates and schedules, written as people write them.

mod cron;
mod date;
mod duration;
mod floor;
mod percent;
mod requirement;
mod spelled;

use std::fmt;

pub use cron::Cron;
pub use date::Date;
pub use duration::Duration;
pub use floor::Floor;
pub use percent::Percent;
pub use requirement::{Miss, Requirement, VERSION};
pub(crate) use spelled::spelled;

/// A text that its key does not accept: the mistake, and the text to type instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitError {
    /// The mistake.
    pub message: String,
    /// The text to type instead.
    pub help: String,
}

impl UnitError {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

impl fmt::Display for UnitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.message, self.help)
    }
}

impl std::error::Error for UnitError {}

/// Serde and schema of a unit that is written as text.
macro_rules! written_as_text {
    ($type:ident, $pattern:expr, $description:expr) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl schemars::JsonSchema for $type {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "description": $description, "type": "string", "pattern": $pattern })
            }
        }
    };
}
use written_as_text;
