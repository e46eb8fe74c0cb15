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
        if let Some(Value::Object(definitions)) = root.shift_remove("definitions") {
            root.values_mut().for_each(|value| inline_forms(value, &definitions));
            let kept = definitions.iter().filter(|(_, definition)| !is_form(definition));
            let mut kept: serde_json::Map<String, Value> = kept.map(|(name, it)| (name.clone(), it.clone())).collect();
            kept.values_mut().for_each(|value| inline_forms(value, &definitions));
            root.insert("definitions".to_owned(), Value::Object(kept));
        }
        let first = ["$schema", "title", "description"].into_iter();
        let mut ordered: serde_json::Map<String, Value> =
            first.filter_map(|key| Some((key.to_owned(), root.shift_remove(key)?))).collect();
        ordered.append(root);
        *root = ordered;
    }
    schema
}

/// Returns whether a definition is neither a table nor a choice between several types.
fn is_form(definition: &Value) -> bool {
    definition.get("properties").is_none() && definition.get("anyOf").is_none()
}

/// Replaces references to forms by the forms; their description becomes a separate paragraph.
///
/// Taplo looks for keys in a reference that has a description beside it, and does so without end where that leads to
/// a form.
///
/// Source: <https://github.com/tamasfe/taplo/blob/master/crates/taplo-common/src/schema/mod.rs>, `collect_child_schemas`.
fn inline_forms(value: &mut Value, definitions: &serde_json::Map<String, Value>) {
    match value {
        Value::Object(object) => {
            let form = reference(object).and_then(|name| definitions.get(name)).filter(|it| is_form(it)).cloned();
            if let Some(Value::Object(form)) = form {
                object.shift_remove("$ref");
                object.shift_remove("allOf");
                for (key, said) in form {
                    match (object.get_mut(&key), said) {
                        (Some(Value::String(own)), Value::String(said)) if key == "description" => {
                            own.push_str("\n\n");
                            own.push_str(&said);
                        }
                        (Some(_), _) => {}
                        (None, said) => drop(object.insert(key, said)),
                    }
                }
            }
            object.values_mut().for_each(|value| inline_forms(value, definitions));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| inline_forms(value, definitions)),
        _ => {}
    }
}

/// The definition that a schema refers to and nothing else.
fn reference(object: &serde_json::Map<String, Value>) -> Option<&str> {
    let all = || object.get("allOf")?.as_array().filter(|all| all.len() == 1)?.first()?.get("$ref");
    object.get("$ref").or_else(all)?.as_str()?.strip_prefix("#/definitions/")
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

/// Sets the default of a list or a table of names to empty. An optional one may also be null, which distinguishes the
/// two until nulls are dropped.
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

/// Turns a choice of described constants into an enumeration that describes each. The key that takes them describes
/// their purpose.
fn enumerate(object: &mut serde_json::Map<String, Value>) {
    let Some(Value::Array(choices)) = object.get("oneOf") else { return };
    let words: Option<Vec<(&str, &str)>> = choices
        .iter()
        .map(|choice| Some((choice.get("const")?.as_str()?, choice.get("description")?.as_str()?)))
        .collect();
    let Some(words) = words else { return };
    let meanings: Vec<String> = words
        .iter()
        .map(|(word, meaning)| format!("`{word}`: {}", decapitalised(meaning.trim_end_matches('.'))))
        .collect();
    let description = format!("{}.", meanings.join("; "));
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

/// Drops null, which TOML does not have.
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
