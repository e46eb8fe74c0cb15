//! Places of the schema: of a value, of a key, of a pointer.

use std::ptr;

use jsonschema::ValidationError;
use serde_json::{Map, Value};

use crate::diagnostics::Part;

/// The schema of the value at an error's place.
pub(super) fn place<'a>(schema: &'a Value, error: &ValidationError<'_>) -> Option<&'a Value> {
    resolve(schema, error.schema_path().as_str(), 1)
}

/// The schema of a key, by its path: with its meaning and example, which the schema of its type lacks.
pub(in crate::definition) fn key_schema<'a>(schema: &'a Value, path: &[Part]) -> Option<&'a Value> {
    fn step<'a>(root: &'a Value, here: &'a Value, path: &[Part]) -> Option<&'a Value> {
        let Some((part, rest)) = path.split_first() else { return Some(here) };
        if let Some(target) = follow(root, here) {
            return step(root, target, path);
        }
        for choice in ["allOf", "anyOf"].iter().filter_map(|key| here.get(key)?.as_array()).flatten() {
            if let Some(found) = step(root, choice, path) {
                return Some(found);
            }
        }
        step(root, inside(here, part)?, rest)
    }
    step(schema, schema, path)
}

/// Every form of the value at a path: a key may take a string, a list and several tables.
pub(in crate::definition) fn forms_at<'a>(schema: &'a Value, path: &[Part]) -> Vec<&'a Value> {
    let mut here = forms(schema, schema);
    for part in path {
        let mut below: Vec<&Value> = Vec::new();
        for form in here.into_iter().filter_map(|form| inside(form, part)).flat_map(|inner| forms(schema, inner)) {
            // Several forms may lead to one, and a language that nests doubles them with each step.
            if !below.iter().any(|known| ptr::eq(*known, form)) {
                below.push(form);
            }
        }
        here = below;
    }
    here
}

/// The schema of a part of a value.
fn inside<'a>(here: &'a Value, part: &Part) -> Option<&'a Value> {
    match part {
        Part::Key(key) => {
            let named = || here.get("patternProperties")?.as_object()?.values().next();
            let declared = here.get("properties").and_then(|keys| keys.get(key.as_ref()));
            declared.or_else(named).or_else(|| here.get("additionalProperties"))
        }
        Part::Index(_) => here.get("items"),
    }
}

/// The keys that a table of this schema may have, for each of its forms.
pub(super) fn properties<'a>(schema: &'a Value, here: &'a Value) -> impl Iterator<Item = &'a Map<String, Value>> {
    forms(schema, here).into_iter().filter_map(|form| form.get("properties")?.as_object())
}

/// The schema of the tables that a table of this schema holds by name, where it does.
pub(super) fn named<'a>(schema: &'a Value, here: &'a Value) -> Option<&'a Value> {
    forms(schema, here).into_iter().find_map(|form| {
        let pattern = || form.get("patternProperties")?.as_object()?.values().next();
        form.get("additionalProperties").filter(|inner| inner.is_object()).or_else(pattern)
    })
}

/// Every form of a schema, with references followed.
pub(in crate::definition) fn forms<'a>(schema: &'a Value, here: &'a Value) -> Vec<&'a Value> {
    let here = follow(schema, here).unwrap_or(here);
    let choices = ["allOf", "anyOf"].iter().filter_map(|key| here.get(key)?.as_array()).flatten();
    std::iter::once(here).chain(choices.flat_map(|choice| forms(schema, choice))).collect()
}

/// The part of the schema that a pointer names, `above` steps before its end; references are followed.
pub(super) fn resolve<'a>(schema: &'a Value, pointer: &str, above: usize) -> Option<&'a Value> {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    let steps = steps.get(..steps.len().checked_sub(above)?)?;
    let mut here = schema;
    for step in steps {
        here = if *step == "$ref" { follow(schema, here)? } else { child(follow(schema, here).unwrap_or(here), step)? };
    }
    Some(follow(schema, here).unwrap_or(here))
}

fn child<'a>(here: &'a Value, step: &str) -> Option<&'a Value> {
    let step = step.replace("~1", "/").replace("~0", "~");
    here.get(&step).or_else(|| step.parse::<usize>().ok().and_then(|index| here.get(index)))
}

fn follow<'a>(schema: &'a Value, here: &'a Value) -> Option<&'a Value> {
    schema.pointer(here.get("$ref")?.as_str()?.strip_prefix('#')?)
}
