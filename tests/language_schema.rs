//! The schema of the language: committed as it is derived, complete, and true about what the reader takes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pipewright::definition::{Definition, schema};
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[path = "support/accept.rs"]
#[allow(dead_code, reason = "nothing here is a snapshot")]
mod accept;

use accept::accepting;

type Keys = Map<String, Value>;

/// A key of the language, and where it stands.
struct Key<'a> {
    /// Its path, for messages.
    path: String,
    schema: &'a Value,
    required: bool,
    /// A whole definition around a table that has this key.
    around: Around<'a>,
    /// What its table cannot do without.
    least: Keys,
    /// All keys of its table, with an example each.
    siblings: Keys,
}

/// Puts a value into its place in a whole definition.
type Around<'a> = std::rc::Rc<dyn Fn(Value) -> Value + 'a>;

#[test]
fn the_committed_schema_is_the_derived_one() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/pipeline.schema.json");
    let derived = format!("{:#}\n", schema());
    if accepting() {
        fs::write(&file, &derived).expect("the schema can be written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == derived, "schema/pipeline.schema.json is stale: run with PIPEWRIGHT_ACCEPT=1");
}

#[test]
fn it_is_a_schema_of_draft_7_without_what_toml_editors_cannot_read() {
    let schema = schema();
    assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
    if let Err(error) = jsonschema::draft7::meta::validate(&schema) {
        panic!("{}: {error}", error.instance_path());
    }
    every(&schema, "", &mut |node, path| {
        assert!(!node.is_null() && node != "null", "{path}: TOML has no null");
        let choices = node.get("oneOf").and_then(Value::as_array);
        let constants = choices.is_some_and(|choices| choices.iter().all(|choice| choice.get("const").is_some()));
        assert!(!constants, "{path}: a choice of constants is an enumeration");
        // Taplo looks for keys behind such a reference, and never ends where there are none.
        let reference = node.get("allOf").and_then(|all| all.get(0)?.get("$ref")?.as_str());
        let target = reference.and_then(|name| schema.pointer(name.trim_start_matches('#')));
        let ends = target.is_none_or(|it| it.get("properties").is_some() || it.get("anyOf").is_some());
        assert!(ends, "{path}: a reference with a description leads to {target:?}");
    });
}

#[test]
fn every_key_says_what_it_means_and_what_holds_without_it() {
    let schema = schema();
    let keys = keys(&schema);
    assert!(keys.len() > 200, "only {} keys were found", keys.len());
    let mut missing = Vec::new();
    for key in &keys {
        let has = |name: &str| key.schema.get(name).is_some();
        let description = key.schema["description"].as_str().unwrap_or_default();
        let mut lacks = |what: &str| missing.push(format!("{}: {what}", key.path));
        if description.trim().is_empty() {
            lacks("no description");
        }
        if !has("examples") {
            lacks("no `Example:` that is a TOML value");
        }
        if !key.required && !has("default") && !description.contains("Default: ") {
            lacks("neither a default nor a line `Default:`");
        }
        if key.required && description.contains("Default: ") {
            lacks("a line `Default:`, although it cannot be");
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

#[test]
fn every_example_and_default_is_one_that_its_key_takes() {
    let schema = schema();
    let mut wrong = Vec::new();
    for key in keys(&schema) {
        let own = json!({ "definitions": schema["definitions"], "allOf": [key.schema] });
        let validator = jsonschema::draft7::new(&own).expect("a part of the schema is a schema");
        for value in examples(key.schema).chain(key.schema.get("default")) {
            wrong.extend(validator.iter_errors(value).map(|error| format!("{}: {error}", key.path)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An example stands alone in its table or, where the table wants one of several keys, beside another of them.
#[test]
fn every_example_is_read_in_its_place() {
    let schema = schema();
    let mut wrong = Vec::new();
    for key in keys(&schema) {
        for example in examples(key.schema) {
            let tried: Vec<String> = tables(&key).filter_map(|table| read(&key, table, Some(example)).err()).collect();
            if tried.len() == tables(&key).count() {
                wrong.push(format!("{} = {example}: {}", key.path, tried[0]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_default_is_what_holds_without_the_key() {
    let schema = schema();
    let mut seen = 0;
    for key in keys(&schema) {
        let Some(default) = key.schema.get("default") else { continue };
        let read_both = |table: Keys| Some((read(&key, table.clone(), None).ok()?, read(&key, table, Some(default))));
        let (without, with) = tables(&key).find_map(read_both).unwrap_or_else(|| panic!("{}: no table", key.path));
        assert_eq!(Ok(without), with, "{} = {default}", key.path);
        seen += 1;
    }
    assert!(seen > 80, "only {seen} defaults were found");
}

/// Groups and labels of self-hosted runners: an auditor reports every workflow that has one, and the fixtures are to be
/// free of findings.
const SELF_HOSTED: &str = "/definitions/RunsOn/";

#[test]
fn every_key_is_set_by_a_fixture() {
    let schema = schema();
    let mut set = BTreeSet::new();
    for file in definitions() {
        mark(&schema, &schema, "", &json_of(&fs::read_to_string(file).expect("a fixture is readable")), &mut set);
    }
    let mut all = BTreeSet::new();
    every(&schema, "", &mut |node, path| {
        let names = node.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::keys);
        all.extend(names.map(|name| format!("{path}/properties/{name}")));
    });
    assert!(all.len() > 200, "only {} keys were found", all.len());
    let missing: Vec<&String> = all.difference(&set).filter(|key| !key.starts_with(SELF_HOSTED)).collect();
    assert!(missing.is_empty(), "no fixture sets {missing:#?}");
}

/// Every definition below the fixtures, and the reference pipeline.
fn definitions() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = vec![root.join("pipeline.toml")];
    let mut left = vec![root.join("tests/fixtures")];
    while let Some(folder) = left.pop() {
        for entry in fs::read_dir(&folder).expect("a folder is readable") {
            let path = entry.expect("an entry is readable").path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "toml") {
                found.push(path);
            }
        }
    }
    found
}

/// Notes the schema's keys that a definition sets, by their place in the schema.
fn mark(root: &Value, node: &Value, place: &str, value: &Value, set: &mut BTreeSet<String>) {
    if let Some(name) = node.get("$ref").and_then(Value::as_str) {
        let place = name.trim_start_matches('#');
        return mark(root, root.pointer(place).expect("a reference leads somewhere"), place, value, set);
    }
    for kind in ["allOf", "anyOf"] {
        for branch in node.get(kind).and_then(Value::as_array).into_iter().flatten() {
            mark(root, branch, &format!("{place}/{kind}/-"), value, set);
        }
    }
    if let (Some(item), Some(values)) = (node.get("items"), value.as_array()) {
        for value in values {
            mark(root, item, &format!("{place}/items"), value, set);
        }
    }
    for (key, value) in value.as_object().into_iter().flatten() {
        let own = node.get("properties").and_then(|properties| properties.get(key));
        if let Some(own) = own {
            let place = format!("{place}/properties/{key}");
            set.insert(place.clone());
            mark(root, own, &place, value, set);
            continue;
        }
        let patterns = node.get("patternProperties").and_then(Value::as_object).into_iter().flatten();
        for (pattern, entry) in patterns {
            mark(root, entry, &format!("{place}/patternProperties/{pattern}"), value, set);
        }
        if let Some(entry) = node.get("additionalProperties").filter(|entry| entry.is_object()) {
            mark(root, entry, &format!("{place}/additionalProperties"), value, set);
        }
    }
}

fn json_of(text: &str) -> Value {
    let definition: toml::Table = toml::from_str(text).expect("it is TOML");
    let mut definition = serde_json::to_value(definition).expect("it is JSON");
    plain_dates(&mut definition);
    definition
}

#[test]
fn the_reference_pipeline_is_valid() {
    let mut definition = json_of(include_str!("../pipeline.toml"));
    let validator = jsonschema::draft7::new(&schema()).expect("it is a schema");
    let wrong: Vec<String> =
        validator.iter_errors(&definition).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    definition["project"]["nmae"] = "atom".into();
    assert!(!validator.is_valid(&definition), "it accepts anything");
}

/// Calls `look` with every value in a JSON document.
fn every(node: &Value, path: &str, look: &mut dyn FnMut(&Value, &str)) {
    look(node, path);
    match node {
        Value::Object(entries) => entries.iter().for_each(|(key, value)| every(value, &format!("{path}/{key}"), look)),
        Value::Array(items) => items.iter().for_each(|value| every(value, &format!("{path}/-"), look)),
        _ => {}
    }
}

fn examples(schema: &Value) -> impl Iterator<Item = &Value> {
    schema.get("examples").and_then(Value::as_array).into_iter().flatten()
}

/// Every key of the language, each where it is found first.
fn keys(schema: &Value) -> Vec<Key<'_>> {
    let mut found = Vec::new();
    walk(schema, schema, "", std::rc::Rc::new(|value| value), &mut BTreeSet::new(), &mut found);
    found
}

fn walk<'a>(
    root: &'a Value,
    node: &'a Value,
    path: &str,
    around: Around<'a>,
    known: &mut BTreeSet<&'a str>,
    found: &mut Vec<Key<'a>>,
) {
    if let Some(name) = node.get("$ref").and_then(Value::as_str) {
        if known.insert(name) {
            let target = root.pointer(name.trim_start_matches('#')).expect("a reference leads somewhere");
            walk(root, target, path, around, known, found);
        }
        return;
    }
    for branch in ["allOf", "anyOf"].iter().filter_map(|kind| node.get(kind)?.as_array()).flatten() {
        walk(root, branch, path, around.clone(), known, found);
    }
    if let Some(items) = node.get("items") {
        let outer = around.clone();
        walk(root, items, &format!("{path}[]"), std::rc::Rc::new(move |item| outer(json!([item]))), known, found);
    }
    let names = node.get("patternProperties").and_then(Value::as_object).into_iter().flat_map(Map::values);
    for entry in names.chain(node.get("additionalProperties").filter(|entry| entry.is_object())) {
        let outer = around.clone();
        walk(
            root,
            entry,
            &format!("{path}.<name>"),
            std::rc::Rc::new(move |it| outer(json!({ "x": it }))),
            known,
            found,
        );
    }
    let Some(properties) = node.get("properties").and_then(Value::as_object) else { return };
    let required: Vec<&str> = node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let example = |(key, schema): (&String, &Value)| Some((key.clone(), examples(schema).next()?.clone()));
    let siblings: Keys = properties.iter().filter_map(example).collect();
    let least: Keys = siblings
        .iter()
        .filter(|(key, _)| required.contains(&key.as_str()))
        .map(|(k, v)| (k.clone(), v.clone()))
        .collect();
    for (name, schema) in properties {
        let path = format!("{path}.{name}").trim_start_matches('.').to_owned();
        found.push(Key {
            path: path.clone(),
            schema,
            required: required.contains(&name.as_str()),
            around: around.clone(),
            least: least.clone(),
            siblings: siblings.clone(),
        });
        let (outer, least) = (around.clone(), least.clone());
        let inside = std::rc::Rc::new(move |value| {
            let mut table = least.clone();
            table.insert(name.clone(), value);
            outer(Value::Object(table))
        });
        walk(root, schema, &path, inside, known, found);
    }
}

/// Tables that a key may stand in: the least one, and that with one more key.
fn tables<'k>(key: &'k Key<'_>) -> impl Iterator<Item = Keys> + 'k {
    let name = key.path.rsplit('.').next().unwrap_or_default();
    let more = key.siblings.iter().filter(move |(other, _)| *other != name).map(|(other, example)| {
        let mut table = key.least.clone();
        table.insert(other.clone(), example.clone());
        table
    });
    std::iter::once(key.least.clone()).chain(more)
}

/// Reads the definition in which a table has this key, or has it not.
fn read(key: &Key<'_>, mut table: Keys, value: Option<&Value>) -> Result<Definition, String> {
    let name = key.path.rsplit('.').next().unwrap_or_default();
    if let Some(value) = value {
        table.insert(name.to_owned(), value.clone());
    }
    Definition::deserialize(toml((key.around)(Value::Object(table)))).map_err(|error| error.to_string())
}

/// A JSON value as TOML, in which a day is no text.
fn toml(value: Value) -> toml::Value {
    match value {
        Value::String(text) if is_day(&text) => toml::Value::Datetime(text.parse().expect("a day")),
        Value::Array(items) => toml::Value::Array(items.into_iter().map(toml).collect()),
        Value::Object(table) => toml::Value::Table(table.into_iter().map(|(key, value)| (key, toml(value))).collect()),
        other => toml::Value::try_from(other).expect("TOML can say it"),
    }
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<toml::value::Datetime>().is_ok_and(|day| day.date.is_some())
}

/// serde gives a TOML day as a table of its own.
fn plain_dates(value: &mut Value) {
    if let Some(day) = value.get("$__toml_private_datetime") {
        *value = day.clone();
        return;
    }
    match value {
        Value::Object(table) => table.values_mut().for_each(plain_dates),
        Value::Array(items) => items.iter_mut().for_each(plain_dates),
        _ => {}
    }
}
