//! `docs/language.md`, made from the schema: every table and key with what it takes, its default and an example.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use pipewright::definition::schema;
use serde_json::{Map, Value};

use super::accept::accepting;
use super::markdown::anchor;
use super::repository;

const INTRODUCTION: &str = "\
# The language

Every table and key of `pipeline.toml`, version 1. `PIPEWRIGHT_ACCEPT=1 cargo test --test docs`
generates this page from the types that read the file. [Editors](commands/schema.md) show the same text.

Keys with **required** in the column *Default* have no default. Names of tables are lower-case letters, digits and
hyphens, start with a letter and have at most 40 characters. Unknown keys are errors.
";

/// Tables of a page, in the order in which they are met.
struct Page<'a> {
    root: &'a Value,
    /// How often each definition is referred to.
    uses: BTreeMap<&'a str, usize>,
    /// The headings of definitions.
    headings: BTreeMap<&'a str, String>,
    /// What has a heading and is yet to be written.
    open: Vec<(String, &'a Value)>,
    /// Definitions that several tables share.
    shared: Vec<(String, &'a Value)>,
}

#[test]
fn the_language_reference_is_what_the_types_say() {
    let path = repository().join("docs/language.md");
    let schema = schema();
    let wanted = reference(&schema);
    if accepting() {
        fs::write(&path, &wanted).expect("the page can be written");
    }
    let page = fs::read_to_string(&path).unwrap_or_default();
    assert!(page == wanted, "docs/language.md is stale: run with PIPEWRIGHT_ACCEPT=1");
}

fn reference(schema: &Value) -> String {
    let mut page =
        Page { root: schema, uses: BTreeMap::new(), headings: BTreeMap::new(), open: Vec::new(), shared: Vec::new() };
    page.count(schema);
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## The top level\n\n");
    text.push_str(&page.keys(schema, ""));
    // A table stands before what is inside of it, and that before the next table.
    for (heading, definition) in std::mem::take(&mut page.open) {
        page.section(&heading, definition, "##", &mut text);
    }
    text.push_str("\n## What tables share\n");
    while !page.shared.is_empty() {
        for (heading, definition) in std::mem::take(&mut page.shared) {
            page.section(&heading, definition, "###", &mut text);
        }
    }
    text
}

impl<'a> Page<'a> {
    fn count(&mut self, node: &'a Value) {
        match node {
            Value::Object(entries) => {
                if let Some(name) = node.get("$ref").and_then(Value::as_str) {
                    *self.uses.entry(name).or_default() += 1;
                }
                entries.values().for_each(|value| self.count(value));
            }
            Value::Array(items) => items.iter().for_each(|item| self.count(item)),
            _ => {}
        }
    }

    fn definition(&self, name: &str) -> &'a Value {
        self.root.pointer(name.trim_start_matches('#')).expect("a reference leads somewhere")
    }

    /// A table with its keys, and then the tables inside of it.
    fn section(&mut self, heading: &str, definition: &'a Value, level: &str, text: &mut String) {
        let _ = write!(text, "\n{level} {heading}\n\n{}\n", described(definition));
        let outer = std::mem::take(&mut self.open);
        let front = heading.trim_matches(['`', '[', ']']).to_owned();
        let own = self.tables_only_here(definition);
        self.headings.extend(own.iter().map(|name| (*name, String::new())));
        if definition.get("properties").is_none() {
            let _ = writeln!(text, "\nTakes {}.", self.takes(definition, &front));
        }
        let tables: Vec<&Value> = own.iter().map(|name| self.definition(name)).chain(tables(definition)).collect();
        for table in tables {
            let keys = self.keys(table, &front);
            let _ = write!(text, "\n{keys}");
        }
        let inner = std::mem::replace(&mut self.open, outer);
        for (heading, definition) in inner {
            self.section(&heading, definition, "###", text);
        }
    }

    /// Tables that nothing but this choice refers to: they are shown with it.
    fn tables_only_here(&self, definition: &'a Value) -> Vec<&'a str> {
        let choices = definition.get("anyOf").and_then(Value::as_array).into_iter().flatten().filter_map(reference_of);
        choices.filter(|name| self.uses[name] == 1 && self.definition(name).get("properties").is_some()).collect()
    }

    /// The rows of a table's keys.
    fn keys(&mut self, table: &'a Value, front: &str) -> String {
        let mut rows = String::from("| Key | Type | Default | Meaning |\n|---|---|---|---|\n");
        let required: Vec<&str> =
            table["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (key, schema) in table["properties"].as_object().into_iter().flatten() {
            let path = if front.is_empty() { key.clone() } else { format!("{front}.{key}") };
            let takes = self.takes(schema, &path);
            let about = About::of(schema);
            let without = match (required.contains(&key.as_str()), schema.get("default"), about.without) {
                (true, _, _) => "**required**".to_owned(),
                (_, Some(default), _) => code(&as_toml(default)),
                (_, None, Some(without)) => without.to_owned(),
                (_, None, None) => String::new(),
            };
            let form = about.form.or_else(|| About::of(&schema["items"]).form);
            let words = form.filter(|form| form.starts_with('`')).map(|words| format!("<br>{words}"));
            let example =
                schema["examples"].get(0).map(|it| format!("<br>{}", code(&format!("{key} = {}", as_toml(it)))));
            let cells = [
                code(key),
                takes,
                without,
                format!("{}{}{}", about.meaning, words.unwrap_or_default(), example.unwrap_or_default()),
            ];
            let _ = writeln!(rows, "| {} |", cells.map(|cell| cell.replace('|', "\\|").replace('\n', " ")).join(" | "));
        }
        rows
    }

    /// What a key takes, in words.
    fn takes(&mut self, schema: &'a Value, path: &str) -> String {
        if let Some(name) = reference_of(schema) {
            return self.named(name, path);
        }
        if let Some(choices) = schema.get("anyOf").and_then(Value::as_array) {
            let words: Vec<String> = choices.iter().map(|choice| self.takes(choice, path)).collect();
            return words.join(" or ");
        }
        if let Some(options) = schema.get("enum").and_then(Value::as_array) {
            let words: Vec<String> = options.iter().map(|option| code(&option.to_string())).collect();
            return listed(&words);
        }
        match schema["type"].as_str() {
            Some("string") => match About::of(schema).form {
                Some(form) => decapitalised(form.trim_end_matches('.')),
                None => "text".to_owned(),
            },
            Some("boolean") => "`true` or `false`".to_owned(),
            Some("integer") => whole_number(schema),
            Some("array") => format!("list of {}", plural(&self.takes(&schema["items"], path))),
            Some("object") => match entry(schema) {
                Some(entry) => format!("table: name = {}", self.takes(entry, &format!("{path}.<name>"))),
                None => "table".to_owned(),
            },
            _ => decapitalised(About::of(schema).form.unwrap_or("any value").trim_end_matches('.')),
        }
    }

    /// A definition by a link to it, or by its words where it is an enumeration.
    fn named(&mut self, name: &'a str, path: &str) -> String {
        let definition = self.definition(name);
        let short = spaced(name.rsplit('/').next().unwrap_or_default());
        if let Some(heading) = self.headings.get(name) {
            if heading.is_empty() {
                return "a table with the keys below".to_owned();
            }
            return format!("[{short}](#{})", anchor(heading));
        }
        let is_shared = self.uses.get(name).is_some_and(|uses| *uses > 1) || tables(definition).is_empty();
        let heading = if is_shared { capitalised(&short) } else { format!("`[{path}]`") };
        let list = if is_shared { &mut self.shared } else { &mut self.open };
        list.push((heading.clone(), definition));
        let link = format!("[{short}](#{})", anchor(&heading));
        self.headings.insert(name, heading);
        link
    }
}

/// The tables that a definition is or may be.
fn tables(definition: &Value) -> Vec<&Value> {
    if definition.get("properties").is_some() {
        return vec![definition];
    }
    let choices = definition.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    choices.filter(|choice| choice.get("properties").is_some()).collect()
}

/// The definition that a schema is but for its own description.
fn reference_of(schema: &Value) -> Option<&str> {
    let direct = schema.get("$ref");
    direct.or_else(|| schema.get("allOf")?.get(0)?.get("$ref"))?.as_str()
}

/// `a`, `b` or `c`.
fn listed(words: &[String]) -> String {
    match words {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.join(""),
    }
}

/// What the entries of a table of names are.
fn entry(schema: &Value) -> Option<&Value> {
    let by_name = schema.get("patternProperties").and_then(Value::as_object).and_then(|names| names.values().next());
    by_name.or_else(|| schema.get("additionalProperties").filter(|entry| entry.is_object()))
}

/// What the paragraphs of a description are about.
struct About<'a> {
    meaning: &'a str,
    /// What holds without the key.
    without: Option<&'a str>,
    /// The form of what it takes, or what its words mean.
    form: Option<&'a str>,
}

impl<'a> About<'a> {
    fn of(schema: &'a Value) -> Self {
        let mut paragraphs = described(schema).split("\n\n");
        let mut about = Self { meaning: paragraphs.next().unwrap_or_default(), without: None, form: None };
        // An entry of a list has no meaning of its own.
        if schema.get("examples").is_none() {
            about.form = Some(about.meaning);
        }
        for paragraph in paragraphs {
            match paragraph.strip_prefix("Default: ") {
                Some(without) => about.without = Some(without.trim_end_matches('.')),
                None => about.form = Some(paragraph),
            }
        }
        about.form = about.form.filter(|form| !form.is_empty());
        about
    }
}

/// The text with a small first letter.
fn decapitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

fn described(definition: &Value) -> &str {
    definition["description"].as_str().unwrap_or_default()
}

fn whole_number(schema: &Value) -> String {
    match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
        (Some(least), Some(most)) if least == most => format!("`{least}`"),
        (least, Some(most)) => format!("whole number from {} to {most}", least.unwrap_or(0)),
        (Some(least), None) if least > 0 => format!("whole number, at least {least}"),
        _ => "whole number".to_owned(),
    }
}

fn plural(what: &str) -> String {
    match what {
        "text" => "texts".to_owned(),
        other => other.replace("whole number", "whole numbers"),
    }
}

/// `SmokeLogin` as `smoke login`.
fn spaced(name: &str) -> String {
    let mut text = String::new();
    for (index, letter) in name.chars().enumerate() {
        if letter.is_uppercase() && index > 0 {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Text as code, also where it holds a backquote.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

/// A JSON value as people write it in TOML.
fn as_toml(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains('"') => format!("'{text}'"),
        Value::String(text) if is_day(text) => text.clone(),
        Value::Array(items) => format!("[{}]", items.iter().map(as_toml).collect::<Vec<_>>().join(", ")),
        Value::Object(table) if table.is_empty() => "{}".to_owned(),
        Value::Object(table) => format!("{{ {} }}", entries(table)),
        other => other.to_string(),
    }
}

fn entries(table: &Map<String, Value>) -> String {
    let bare = |key: &str| key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    let entry = |(key, value): (&String, &Value)| {
        let key = if bare(key) { key.clone() } else { format!("{key:?}") };
        format!("{key} = {}", as_toml(value))
    };
    table.iter().map(entry).collect::<Vec<_>>().join(", ")
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.parse::<toml::value::Datetime>().is_ok_and(|day| day.date.is_some())
}
