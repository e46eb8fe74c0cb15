//! The language as a JSON schema, which editors complete by.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, generate::SchemaGenerator};
use serde_json::Value;

use super::Definition;

/// The schema of a definition: draft 7, which every TOML language server reads.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft07().with_transform(Examples);
    let mut schema: Value = SchemaGenerator::new(settings).into_root_schema_for::<Definition>().into();
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), "pipeline.toml".into());
    }
    schema
}

/// Makes of the derived schema one that TOML editors read well: `Example:` lines become examples, a choice of constants
/// becomes an enumeration, and nothing is ever null.
#[derive(Debug, Clone)]
struct Examples;

impl Transform for Examples {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(object) = schema.as_object_mut() {
            default_to_empty(object);
        }
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else { return };
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        describe(object);
        enumerate(object);
        without_null(object);
    }
}

/// A list or a table of names that may be left out is empty then. One that is optional besides may also be null, which
/// tells the two apart until nulls are dropped.
fn default_to_empty(table: &mut serde_json::Map<String, Value>) {
    let required: Vec<Value> = table.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(keys)) = table.get_mut("properties") else { return };
    for (key, schema) in keys {
        let Some(schema) = schema.as_object_mut().filter(|_| !required.contains(&key.as_str().into())) else {
            continue;
        };
        let empty = match schema.get("type").and_then(Value::as_str) {
            Some("array") => Value::Array(Vec::new()),
            Some("object") if !schema.contains_key("properties") => Value::Object(serde_json::Map::new()),
            _ => continue,
        };
        schema.entry("default").or_insert(empty);
    }
}

/// Splits a doc comment into the description and the examples.
fn describe(object: &mut serde_json::Map<String, Value>) {
    if let Some(Value::String(text)) = object.get("description") {
        let (description, examples) = split(text);
        object.insert("description".to_owned(), description.into());
        if !examples.is_empty() {
            object.insert("examples".to_owned(), Value::Array(examples));
        }
    }
}

/// Turns a choice of described constants into an enumeration whose description says what each means.
fn enumerate(object: &mut serde_json::Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let words: Option<Vec<(&str, &str)>> = choices
        .iter()
        .map(|choice| Some((choice.get("const")?.as_str()?, choice.get("description")?.as_str()?)))
        .collect();
    let Some(words) = words else { return };
    let mut description =
        object.get("description").and_then(Value::as_str).unwrap_or_default().trim_end_matches('.').to_owned();
    for (index, (word, meaning)) in words.iter().enumerate() {
        let between = if index == 0 { ": " } else { "; " };
        description.push_str(&format!("{between}`{word}`: {}", decapitalised(meaning.trim_end_matches('.'))));
    }
    description.push('.');
    let options = words.iter().map(|(word, _)| Value::from(*word)).collect();
    object.remove("oneOf");
    object.insert("type".to_owned(), "string".into());
    object.insert("enum".to_owned(), Value::Array(options));
    object.insert("description".to_owned(), description.into());
}

/// The text with a small first letter, unless it starts with an abbreviation.
pub(super) fn decapitalised(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

/// Drops what only JSON can say: TOML has no null.
fn without_null(object: &mut serde_json::Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(choices)) = object.get_mut("anyOf") {
        choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
        if let [only] = choices.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            object.insert("allOf".to_owned(), Value::Array(vec![only]));
        }
    }
}

/// A doc comment's description and the values of its `Example:` lines.
fn split(text: &str) -> (String, Vec<Value>) {
    let mut lines = Vec::new();
    let mut examples = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("Example: `").and_then(|rest| rest.strip_suffix('`')) {
            Some(example) => examples.extend(value(example)),
            None => lines.push(line),
        }
    }
    (lines.join("\n").trim().to_owned(), examples)
}

/// A TOML value as JSON.
fn value(example: &str) -> Option<Value> {
    let table: toml::Table = toml::from_str(&format!("value = {example}")).ok()?;
    json(table.get("value")?)
}

fn json(value: &toml::Value) -> Option<Value> {
    match value {
        toml::Value::Datetime(date) => Some(date.to_string().into()),
        toml::Value::Array(items) => items.iter().map(json).collect::<Option<Vec<_>>>().map(Value::Array),
        toml::Value::Table(table) => {
            table.iter().map(|(key, value)| Some((key.clone(), json(value)?))).collect::<Option<_>>().map(Value::Object)
        }
        other => serde_json::to_value(other).ok(),
    }
}
