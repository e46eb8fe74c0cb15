//! The meaning of a key, as the schema has it.

use std::sync::LazyLock;

use serde_json::Value;

use super::read::lookup::key_schema;
use super::schema;
use crate::diagnostics::Location;

/// The schema of the language, made once a process.
static SCHEMA: LazyLock<Value> = LazyLock::new(schema);

/// Returns the meaning of the key at a place, in one paragraph.
pub fn meaning(at: &Location) -> Option<String> {
    let Location::Path(path, _) = at else { return None };
    if path.is_empty() {
        return None;
    }
    let schema = &*SCHEMA;
    let key = key_schema(schema, path)?;
    let table = || schema.pointer(key.get("$ref")?.as_str()?.strip_prefix('#')?)?.get("description");
    let text = key.get("description").or_else(table)?.as_str()?;
    Some(text.split("\n\n").next().unwrap_or_default().replace('\n', " "))
}
