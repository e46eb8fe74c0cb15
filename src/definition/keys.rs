//! Keys and values that the language has at a place, for editors.

use serde_json::Value;

use super::meaning::{SCHEMA, description};
use super::read::as_toml;
use super::read::lookup::{forms, forms_at};
use crate::diagnostics::Part;

/// A key that a table may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// `true` for one that its table cannot lack.
    pub is_required: bool,
    /// `true` for one that takes a table.
    pub is_table: bool,
}

/// Returns the keys that the table at a path may have, in the order of the language. A table that holds others by name
/// has none.
pub fn keys(table: &[Part]) -> Vec<Key> {
    let mut found: Vec<Key> = Vec::new();
    for form in forms_at(&SCHEMA, table) {
        let required = form.get("required").and_then(Value::as_array);
        for (name, schema) in form.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let is_required = required.is_some_and(|keys| keys.iter().any(|key| key == name));
            let is_table = forms(&SCHEMA, schema).iter().any(|form| form.get("type").is_some_and(|it| it == "object"));
            if !found.iter().any(|key| key.name == name) {
                found.push(Key { name, is_required, is_table });
            }
        }
    }
    found
}

/// Returns the values that a key takes, as TOML, where they can be listed.
pub fn values(path: &[Part]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for form in forms_at(&SCHEMA, path) {
        let options = form.get("enum").and_then(Value::as_array).into_iter().flatten().map(as_toml);
        let is_flag = form.get("type").is_some_and(|it| it == "boolean");
        for value in options.chain([true, false].iter().filter(|_| is_flag).map(bool::to_string)) {
            if !found.contains(&value) {
                found.push(value);
            }
        }
    }
    found
}

/// Returns the table whose names the value at a path takes, itself or as an item of a list. `jobs` are those of the same
/// workflow; `runners` and `providers` are registries of this program.
pub fn names(path: &[Part]) -> Option<&'static str> {
    match path.split_last()? {
        (Part::Index(_), list) => marked(list, "array"),
        (Part::Key(_), _) => marked(path, "string"),
    }
}

/// Returns the table whose names are the keys of the table at a path.
pub fn names_of_keys(table: &[Part]) -> Option<&'static str> {
    marked(table, "object")
}

fn marked(path: &[Part], form: &str) -> Option<&'static str> {
    let mut forms =
        forms_at(&SCHEMA, path).into_iter().filter(|schema| schema.get("type").is_some_and(|it| it == form));
    forms.find_map(|schema| schema.get("x-names")?.as_str())
}

/// Returns the whole documentation of a key, in Markdown.
pub fn documentation(path: &[Part]) -> Option<String> {
    let (schema, text) = description(path)?;
    let mut text = text.to_owned();
    if let Some(default) = schema.get("default") {
        text.push_str(&format!("\n\nDefault: `{}`", as_toml(default)));
    }
    if let (Some(Part::Key(name)), Some(example)) = (path.last(), schema.pointer("/examples/0")) {
        text.push_str(&format!("\n\nExample: `{name} = {}`", as_toml(example)));
    }
    Some(text)
}
