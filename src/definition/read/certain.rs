//! Fixes of a definition that the schema refuses, where only one is possible.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use serde_json::{Value, json};
use toml::de::DeTable;

use super::habits::homes;
use super::lookup::{key_schema, place};
use super::renamed::as_toml;
use super::suggest::{complete, number_text};
use crate::definition::units;
use crate::diagnostics::{Fix, Location, Part, misspelt};

/// The fix of a key that a table does not have: its one near name, or the one table that has such a key.
pub(super) fn key(schema: &Value, path: &[Part], key: &str, value: &Value, known: &[String]) -> Option<Fix> {
    let at = || Location::value(path.to_vec()).then(key);
    if let Some((name, written)) = translated(key, value).filter(|(name, _)| known.iter().any(|it| it == name)) {
        let fix = Fix::rename(at(), name);
        return Some(if written == *value { fix } else { fix.with_value(at(), as_toml(&written)) });
    }
    if let Some(name) = misspelt(key, known.iter().map(String::as_str)) {
        return fits(schema, &path_of(path, name), value).then(|| Fix::rename(at(), name));
    }
    // A part of a definition is in a table by its name, so a key is moved to a table without a name only.
    let [table] = homes(schema, key).try_into().ok()?;
    let home = vec![Part::from(&table)];
    let is_other = path.first() != home.first();
    (is_other && fits(schema, &path_of(&home, key), value)).then(|| Fix::moved(at(), Location::value(home)))
}

/// Keys of GitHub's workflows that have the same meaning by another name, with the value that they have then.
fn translated(key: &str, value: &Value) -> Option<(&'static str, Value)> {
    match key {
        "timeout-minutes" => Some(("timeout", format!("{}m", value.as_u64()?).into())),
        "working-directory" => value.is_string().then(|| ("path", value.clone())),
        _ => None,
    }
}

/// The fix of a value of another type or spelling: its one form that the schema accepts.
pub(super) fn value(schema: &Value, error: &ValidationError<'_>, path: &[Part], tables: &[DeTable<'_>]) -> Option<Fix> {
    let expected = complete(schema, place(schema, error)?);
    let validator = jsonschema::draft7::new(&expected).ok()?;
    let only = |forms: &[Value]| {
        let mut right = forms.iter().filter(|form| validator.is_valid(form));
        right.next().filter(|_| right.next().is_none()).map(as_toml)
    };
    let written: &Value = error.instance();
    let forms = forms(written, path, tables);
    let alone: Vec<Value> = std::iter::once(written).chain(&forms).map(|form| json!([form])).collect();
    let right = only(&forms).or_else(|| only(&alone).filter(|_| !written.is_object() && !written.is_array()))?;
    Some(Fix::replace(Location::value(path.to_vec()), right))
}

/// Forms of a value that mean the same. A number without a unit is not here: it could have any.
fn forms(value: &Value, path: &[Part], tables: &[DeTable<'_>]) -> Vec<Value> {
    let mut found = Vec::new();
    match value {
        Value::String(text) => {
            found.extend(text.parse::<i64>().ok().map(Value::from));
            found.extend(text.parse::<bool>().ok().map(Value::from));
            found.extend(units::spelled(text).map(Value::from));
        }
        Value::Number(number) => {
            found.push(number_text(tables, path).unwrap_or_else(|| number.to_string()).into());
        }
        Value::Array(items) => found.extend(items.first().filter(|_| items.len() == 1).cloned()),
        Value::Bool(_) | Value::Object(_) | Value::Null => {}
    }
    found
}

/// The fix of a value that is none of those that a key takes: the one that is near.
pub(super) fn option(path: &[Part], written: &Value, options: &[&str]) -> Option<Fix> {
    let name = misspelt(written.as_str()?, options.iter().copied())?;
    Some(Fix::replace(Location::value(path.to_vec()), as_toml(&name.into())))
}

/// Returns whether a key takes a value of this type. Mistakes in its spelling and inside of it are other findings.
fn fits(schema: &Value, path: &[Part], value: &Value) -> bool {
    let expected = key_schema(schema, path).map(|expected| complete(schema, expected));
    let Some(Ok(validator)) = expected.as_ref().map(jsonschema::draft7::new) else { return false };
    let is_inside = |error: &ValidationError<'_>| !error.instance_path().as_str().is_empty();
    validator.iter_errors(value).all(|error| match error.kind() {
        Kind::Pattern { .. } | Kind::Enum { .. } | Kind::AdditionalProperties { .. } | Kind::Required { .. } => true,
        _ => value.is_object() && is_inside(&error),
    })
}

fn path_of(table: &[Part], key: &str) -> Vec<Part> {
    [table, &[Part::from(key)]].concat()
}
