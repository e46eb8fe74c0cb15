//! The text to type instead of a value that its key does not accept.

use jsonschema::{JsonType, ValidationError};
use serde_json::{Map, Value, json};
use toml::de::{DeTable, DeValue};

use super::lookup::{key_schema, place};
use super::renamed::as_toml;
use crate::definition::units;
use crate::diagnostics::Part;

/// Help for a value that its key does not accept: the value converted, or else an example of the key.
pub(super) fn suggestion(
    schema: &Value,
    error: &ValidationError<'_>,
    path: &[Part],
    tables: &[DeTable<'_>],
) -> Option<String> {
    let written = |value: &Value| match path.last() {
        Some(Part::Key(key)) => format!("`{key} = {}`", as_toml(value)),
        _ => format!("`{}`", as_toml(value)),
    };
    let convert = |expected: &Value| converted(&complete(schema, expected), error.instance(), path, tables);
    if let Some(value) = place(schema, error).and_then(convert) {
        return Some(format!("write {}", written(&value)));
    }
    let example = example(schema, path).or_else(|| example_of_member(schema, path))?;
    Some(format!("for example, {}", written(example)))
}

fn example<'a>(schema: &'a Value, path: &[Part]) -> Option<&'a Value> {
    key_schema(schema, path)?.get("examples")?.get(0)
}

/// The example of a list's member: the first of the list's example, or that of a key that takes one without a list, too.
fn example_of_member<'a>(schema: &'a Value, path: &[Part]) -> Option<&'a Value> {
    let (Part::Index(_), list) = path.split_last()? else { return None };
    match example(schema, list)? {
        Value::Array(members) => members.first(),
        member => Some(member),
    }
}

/// A part of the schema with the definitions that it refers to, and no others: the whole schema takes milliseconds to
/// compile, and this is done for every error.
pub(super) fn complete(schema: &Value, part: &Value) -> Value {
    const TABLE: &str = "definitions";
    let mut whole = part.clone();
    let mut kept = Map::new();
    let mut pending = references(part);
    while let Some(name) = pending.pop() {
        if let Some(definition) = schema[TABLE].get(name).filter(|_| !kept.contains_key(name)) {
            kept.insert(name.to_owned(), definition.clone());
            pending.extend(references(definition));
        }
    }
    if let Some(table) = whole.as_object_mut() {
        table.insert(TABLE.to_owned(), kept.into());
    }
    whole
}

/// The definitions that a part of the schema names.
fn references(part: &Value) -> Vec<&str> {
    match part {
        Value::Object(table) => {
            let own = table.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix("#/definitions/"));
            own.into_iter().chain(table.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

/// `value` as the first of its likely forms that the schema accepts.
fn converted(expected: &Value, value: &Value, path: &[Part], tables: &[DeTable<'_>]) -> Option<Value> {
    let validator = jsonschema::draft7::new(expected).ok()?;
    candidates(value, path, tables).into_iter().find(|candidate| validator.is_valid(candidate))
}

/// Likely forms of a value that is written as another type, or without its unit.
fn candidates(value: &Value, path: &[Part], tables: &[DeTable<'_>]) -> Vec<Value> {
    let mut found = Vec::new();
    let with_units = |text: &str, found: &mut Vec<Value>| {
        found.extend([text.to_owned(), format!("{text}s"), format!("{text}%")].map(Value::from));
    };
    match value {
        Value::String(text) => {
            found.extend(units::spelled(text).map(Value::from));
            // `5432:5432` is how others write a port.
            let last = text.rsplit(':').next().unwrap_or(text);
            found.extend(last.parse::<i64>().ok().map(Value::from));
            found.extend(text.parse::<bool>().ok().map(Value::from));
            if text.split_whitespace().count() == 5 {
                found.push(json!({ "cron": text }));
            }
            with_units(text, &mut found);
            found.push(json!({ "run": text }));
        }
        // `3.10` is another version than `3.1`, so the text counts and not the number.
        Value::Number(number) => {
            with_units(&number_text(tables, path).unwrap_or_else(|| number.to_string()), &mut found);
        }
        Value::Bool(flag) => {
            found.extend(flag.then(|| json!([])));
            found.push(flag.to_string().into());
        }
        Value::Array(items) => found.extend(items.first().filter(|_| items.len() == 1).cloned()),
        Value::Object(table) => found.extend(table.values().next().filter(|_| table.len() == 1).cloned()),
        Value::Null => {}
    }
    if !value.is_array() {
        let alone: Vec<Value> = std::iter::once(value).chain(&found).map(|it| Value::Array(vec![it.clone()])).collect();
        found.extend(alone);
    }
    found
}

/// The digits of a number as the definition has them.
pub(super) fn number_text(tables: &[DeTable<'_>], path: &[Part]) -> Option<String> {
    let (Part::Key(first), rest) = path.split_first()? else { return None };
    tables.iter().find_map(|table| {
        let mut value = table.get(first.as_ref())?.get_ref();
        for part in rest {
            value = match (part, value) {
                (Part::Key(key), DeValue::Table(inner)) => inner.get(key.as_ref())?.get_ref(),
                (Part::Index(index), DeValue::Array(items)) => items.get(*index)?.get_ref(),
                _ => return None,
            };
        }
        match value {
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            _ => None,
        }
    })
}

/// The type of a value, with its article.
pub(super) fn type_of(value: &Value) -> &'static str {
    if value.is_i64() || value.is_u64() { type_name(JsonType::Integer) } else { type_name(JsonType::from(value)) }
}

/// A type, with its article.
pub(super) fn type_name(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "a boolean",
        JsonType::Integer => "an integer",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a table",
        JsonType::String => "a string",
    }
}
