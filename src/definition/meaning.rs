//! The meaning of a key, as the schema has it.

use std::sync::LazyLock;

use serde_json::Value;

use super::read::lookup::key_schema;
use super::schema;
use crate::diagnostics::{Location, Part};

/// The schema of the language, made once a process.
pub(super) static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// Returns the meaning of the key at a place, in one paragraph.
pub fn meaning(at: &Location) -> Option<String> {
    let Location::Path(path, _) = at else { return None };
    let (_, text) = description(path)?;
    Some(text.split("\n\n").next().unwrap_or_default().replace('\n', " "))
}

/// The schema of a key, and its description in paragraphs: that of its table where it has none.
pub(super) fn description(path: &[Part]) -> Option<(&'static Value, &'static str)> {
    let schema = &*SCHEMA;
    let key = key_schema(schema, path).filter(|_| !path.is_empty())?;
    let table = || schema.pointer(key.get("$ref")?.as_str()?.strip_prefix('#')?)?.get("description");
    Some((key, key.get("description").or_else(table)?.as_str()?))
}
