//! From text to the definition: quickly if it is valid, with every mistake of the file if it is not.

use serde::Deserialize;
use toml::de::{DeArray, DeTable, DeValue, Deserializer};

use super::{Definition, schema};
use crate::diagnostics::{Code, Diagnostic, Fix, Location};
use crate::sources::{Sources, Text};

mod certain;
mod explain;
mod habits;
pub(super) mod lookup;
mod renamed;
mod required;
mod suggest;
mod syntax;

pub(super) use renamed::as_toml;

/// The result of reading a definition.
#[derive(Debug)]
pub struct Read {
    /// The definition, where it could be read.
    pub definition: Option<Definition>,
    /// Its mistakes otherwise.
    pub diagnostics: Vec<Diagnostic>,
}

const INVALID: Code = Code("invalid-value");

/// Reads a definition and what it extends.
pub fn read(sources: &Sources) -> Read {
    let read = if sources.bases.is_empty() {
        toml::from_str(&sources.definition.text)
    } else {
        let bases: Vec<&str> = sources.bases.iter().map(|base| base.text.as_str()).collect();
        merged(&sources.definition.text, &bases)
    };
    if let Some(unmet) = required::unmet(sources, read.as_ref().ok()) {
        return Read { definition: None, diagnostics: vec![unmet] };
    }
    match read {
        Ok(definition) => Read { definition: Some(definition), diagnostics: Vec::new() },
        Err(error) => Read { definition: None, diagnostics: explain(sources, &error) },
    }
}

/// Reads a text over the bases that it extends.
fn merged(text: &str, bases: &[&str]) -> Result<Definition, toml::de::Error> {
    let mut table = DeTable::parse(text)?;
    for base in bases {
        fill(table.get_mut(), DeTable::parse(base)?.into_inner());
    }
    Definition::deserialize(Deserializer::from(table))
}

/// Locates the error of a definition that extends others: it is read again with each text behind the one before, so that
/// the error's bytes belong to one of them.
fn place(sources: &Sources) -> Option<Location> {
    let mut start = sources.definition.text.len();
    let mut texts = vec![(&sources.definition, 0, String::new())];
    for base in &sources.bases {
        // Nothing but the first text may begin with a byte order mark.
        let text = base.text.replace('\u{feff}', "   ");
        texts.push((base, start, " ".repeat(start) + &text));
        start += base.text.len();
    }
    let bases: Vec<&str> = texts.iter().skip(1).map(|(_, _, text)| text.as_str()).collect();
    let span = merged(&sources.definition.text, &bases).err()?.span()?;
    let (text, start, _) = texts.iter().rev().find(|(_, start, _)| *start <= span.start)?;
    Some(Location::Bytes { file: text.file.clone(), range: (span.start - start, span.end.saturating_sub(*start)) })
}

/// Adds the keys of `below` that `table` lacks.
fn fill<'t>(table: &mut DeTable<'t>, below: DeTable<'t>) {
    for (key, value) in below {
        match table.get_mut(key.get_ref().as_ref()) {
            Some(above) => {
                if let (DeValue::Table(inner), DeValue::Table(_)) = (above.get_mut(), value.get_ref())
                    && let DeValue::Table(value) = value.into_inner()
                {
                    fill(inner, value);
                }
            }
            None => {
                table.insert(key, value);
            }
        }
    }
}

/// Every mistake of a definition that could not be read.
fn explain(sources: &Sources, error: &toml::de::Error) -> Vec<Diagnostic> {
    let texts: Vec<&Text> = std::iter::once(&sources.definition).chain(&sources.bases).collect();
    let syntax: Vec<Diagnostic> = texts.iter().flat_map(|text| syntax::errors(text)).collect();
    if !syntax.is_empty() {
        return syntax;
    }
    let mut json = serde_json::Map::new();
    let tables: Vec<DeTable<'_>> =
        texts.iter().map(|text| DeTable::parse_recoverable(&text.text).0.into_inner()).collect();
    for table in &tables {
        fill_json(&mut json, table);
    }
    let found = explain::explain(&schema(), &serde_json::Value::Object(json), &tables);
    if !found.is_empty() {
        return found;
    }
    let at = place(sources).unwrap_or_else(|| Location::File(sources.definition.file.clone()));
    let message = error.message().to_owned();
    if let Some(text) = message.strip_suffix(", expected a TOML datetime").and_then(|front| front.split('"').nth(1)) {
        let fix = Fix::replace(at.clone(), text);
        let error = Diagnostic::error(INVALID, at, "expected a date, found a string").fix(fix);
        return vec![error.help(format!("write `{text}`, without quotes"))];
    }
    vec![match message.split_once(": ") {
        Some((what, help)) => Diagnostic::error(INVALID, at, what).help(help),
        None => Diagnostic::error(INVALID, at, message),
    }]
}

fn fill_json(json: &mut serde_json::Map<String, serde_json::Value>, below: &DeTable<'_>) {
    for (key, value) in below {
        let key = key.get_ref().to_string();
        match (json.get_mut(&key), value.get_ref()) {
            (Some(serde_json::Value::Object(inner)), DeValue::Table(value)) => fill_json(inner, value),
            (Some(_), _) => {}
            (None, value) => {
                json.insert(key, to_json(value));
            }
        }
    }
}

fn to_json(value: &DeValue<'_>) -> serde_json::Value {
    match value {
        DeValue::String(text) => text.as_ref().into(),
        DeValue::Boolean(value) => (*value).into(),
        DeValue::Integer(number) => i64::from_str_radix(&number.as_str().replace('_', ""), number.radix())
            .map_or_else(|_| number.as_str().into(), Into::into),
        DeValue::Float(number) => number
            .as_str()
            .replace('_', "")
            .parse::<f64>()
            .ok()
            .and_then(serde_json::Number::from_f64)
            .map_or_else(|| number.as_str().into(), serde_json::Value::Number),
        DeValue::Datetime(date) => date.to_string().into(),
        DeValue::Array(items) => array(items),
        DeValue::Table(table) => {
            let mut json = serde_json::Map::new();
            fill_json(&mut json, table);
            serde_json::Value::Object(json)
        }
    }
}

fn array(items: &DeArray<'_>) -> serde_json::Value {
    items.iter().map(|item| to_json(item.get_ref())).collect()
}
