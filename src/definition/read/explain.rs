//! Every place at which a definition departs from the language's schema, in the user's words.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use super::super::schema::decapitalised;
use super::renamed::{former_key, former_value, holds_former};
use crate::diagnostics::{At, Code, Diagnostic, Part, did_you_mean, listed};

const UNKNOWN_KEY: Code = Code("unknown-key");
const MISSING_KEY: Code = Code("missing-key");
const WRONG_TYPE: Code = Code("wrong-type");
const UNKNOWN_VALUE: Code = Code("unknown-value");
const OUT_OF_RANGE: Code = Code("out-of-range");
const INVALID: Code = super::INVALID;

/// Every mistake of `definition`; none where the schema is content, or is none.
pub(super) fn explain(schema: &Value, definition: &Value) -> Vec<Diagnostic> {
    let Ok(validator) = jsonschema::draft7::new(schema) else { return Vec::new() };
    let mut found = Vec::new();
    for error in validator.iter_errors(definition) {
        one(schema, &error, &mut found);
    }
    found
}

fn one(schema: &Value, error: &ValidationError<'_>, found: &mut Vec<Diagnostic>) {
    let path: Vec<Part> = parts(error.instance_path().as_str());
    let at = At::value(path.clone());
    let name = at.dotted();
    let shown = shown(error.instance());
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            let known = properties(schema, error);
            for key in unexpected {
                if known.is_empty() {
                    found.push(not_a_name(at.clone(), key));
                    continue;
                }
                let (message, help) = former_key(&path, key, &error.instance()[key]).unwrap_or_else(|| {
                    let help = did_you_mean(key, known.iter().map(String::as_str));
                    (format!("there is no key `{key}` here"), help)
                });
                found.push(Diagnostic::error(UNKNOWN_KEY, at.clone().then(key).key(), message).help(help));
            }
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            if holds_former(&path, error.instance(), key) {
                return;
            }
            let wanted =
                if name.is_empty() { format!("`{key}` is missing") } else { format!("`{name}` has no `{key}`") };
            found.push(Diagnostic::error(MISSING_KEY, at.key(), wanted).help(example(schema, error, key)));
        }
        Kind::Enum { options } => {
            let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let (message, help) = former_value(&path, error.instance()).unwrap_or_else(|| {
                let help = did_you_mean(error.instance().as_str().unwrap_or_default(), options.iter().copied());
                (format!("{shown} is not one of {}", listed(&options)), help)
            });
            found.push(Diagnostic::error(UNKNOWN_VALUE, at, message).help(help));
        }
        Kind::Type { kind } => {
            if let Some((Part::Key(key), table)) = path.split_last()
                && let Some((message, help)) = former_key(table, key, error.instance())
            {
                found.push(Diagnostic::error(UNKNOWN_KEY, at.key(), message).help(help));
                return;
            }
            let message = format!("{} is wanted here, not {shown}", wanted(kind));
            let diagnostic = Diagnostic::error(WRONG_TYPE, at, message);
            found.push(with_description(diagnostic, schema, error));
        }
        Kind::AnyOf { context } => any_of(schema, error, context, at, found),
        Kind::PropertyNames { error: inner } => {
            let key = inner.instance().as_str().unwrap_or_default();
            found.push(not_a_name(at, key));
        }
        Kind::Minimum { limit } => {
            range(at, &format!("{shown} is less than {limit}"), &format!("at least {limit}"), found);
        }
        Kind::Maximum { limit } => {
            range(at, &format!("{shown} is more than {limit}"), &format!("at most {limit}"), found);
        }
        Kind::MinItems { .. } | Kind::MinLength { .. } | Kind::MinProperties { .. } => {
            let message = format!("`{name}` is empty");
            found.push(Diagnostic::error(OUT_OF_RANGE, at, message).help("name at least one, or remove the key"));
        }
        Kind::UniqueItems => {
            found.push(
                Diagnostic::error(INVALID, at, format!("`{name}` names the same thing twice")).help("name it once"),
            );
        }
        Kind::Pattern { .. } | Kind::Format { .. } => {
            let message = format!("{shown} is not what `{name}` takes");
            found.push(with_description(Diagnostic::error(INVALID, at, message), schema, error));
        }
        _ => found.push(Diagnostic::error(INVALID, at, error.to_string())),
    }
}

fn not_a_name(at: At, key: &str) -> Diagnostic {
    Diagnostic::error(INVALID, at.then(key).key(), format!("`{key}` is not a name"))
        .help("use lower-case letters, digits and hyphens, starting with a letter, at most 40")
}

fn range(at: At, message: &str, help: &str, found: &mut Vec<Diagnostic>) {
    found.push(Diagnostic::error(OUT_OF_RANGE, at, message).help(format!("write {help}")));
}

/// Reports the branch that was probably meant: the one whose type fits, with the fewest mistakes.
fn any_of(
    schema: &Value,
    error: &ValidationError<'_>,
    context: &[Vec<ValidationError<'static>>],
    at: At,
    found: &mut Vec<Diagnostic>,
) {
    let here = error.instance_path().as_str();
    let fits = |branch: &&Vec<ValidationError<'static>>| {
        !branch.iter().any(|inner| matches!(inner.kind(), Kind::Type { .. }) && inner.instance_path().as_str() == here)
    };
    if let Some(branch) = context.iter().filter(fits).min_by_key(|branch| branch.len()) {
        for inner in branch {
            one(schema, inner, found);
        }
        return;
    }
    let wanted: Vec<String> = context
        .iter()
        .flatten()
        .filter(|inner| inner.instance_path().as_str() == here)
        .filter_map(|inner| match inner.kind() {
            Kind::Type { kind } => Some(wanted(kind)),
            _ => None,
        })
        .collect();
    let message = format!("{} is wanted here, not {}", wanted.join(" or "), shown(error.instance()));
    found.push(with_description(Diagnostic::error(WRONG_TYPE, at, message), schema, error));
}

/// A JSON pointer as a path of keys; a number is an index only where the definition has a list.
fn parts(pointer: &str) -> Vec<Part> {
    pointer
        .split('/')
        .skip(1)
        .map(|part| {
            let part = part.replace("~1", "/").replace("~0", "~");
            match part.parse::<usize>() {
                Ok(index) => Part::Index(index),
                Err(_) => Part::from(&part),
            }
        })
        .collect()
}

fn wanted(kind: &TypeKind) -> String {
    let name = |kind: &jsonschema::JsonType| {
        match kind {
            jsonschema::JsonType::Array => "a list",
            jsonschema::JsonType::Boolean => "`true` or `false`",
            jsonschema::JsonType::Integer => "a whole number",
            jsonschema::JsonType::Null => "nothing",
            jsonschema::JsonType::Number => "a number",
            jsonschema::JsonType::Object => "a table",
            jsonschema::JsonType::String => "text in quotes",
        }
        .to_owned()
    };
    match kind {
        TypeKind::Single(kind) => name(kind),
        TypeKind::Multiple(kinds) => {
            let names: Vec<String> = kinds
                .iter()
                .filter(|kind| !matches!(kind, jsonschema::JsonType::Null))
                .map(|kind| name(&kind))
                .collect();
            names.join(" or ")
        }
    }
}

/// A value as the user wrote it, shortened.
fn shown(value: &Value) -> String {
    match value {
        Value::Object(_) => "a table".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        other => {
            let text = other.to_string();
            let short: String = text.chars().take(60).collect();
            if short.len() < text.len() { format!("`{short}…`") } else { format!("`{short}`") }
        }
    }
}

/// The keys that the table at an error's place may have.
fn properties(schema: &Value, error: &ValidationError<'_>) -> Vec<String> {
    let table = resolve(schema, error.schema_path().as_str(), 1);
    let keys = table.and_then(|table| table.get("properties")).and_then(Value::as_object);
    keys.map(|keys| keys.keys().cloned().collect()).unwrap_or_default()
}

/// Adds what the language says about the key.
fn with_description(diagnostic: Diagnostic, schema: &Value, error: &ValidationError<'_>) -> Diagnostic {
    let place = resolve(schema, error.schema_path().as_str(), 1);
    match place.and_then(|place| place.get("description")).and_then(Value::as_str) {
        Some(description) => {
            // The last paragraph is about the form of what is wanted, where the form has something to say.
            let mut paragraphs = description.rsplit("\n\n").filter(|paragraph| !paragraph.starts_with("Default: "));
            let said = paragraphs.next().unwrap_or(description).replace('\n', " ");
            diagnostic.help(decapitalised(said.trim_end_matches('.')))
        }
        None => diagnostic,
    }
}

/// What to type for a key that is missing: the language's own example.
fn example(schema: &Value, error: &ValidationError<'_>, key: &str) -> String {
    let example = resolve(schema, error.schema_path().as_str(), 1)
        .and_then(|table| table.get("properties"))
        .and_then(|properties| properties.get(key))
        .and_then(|property| property.get("examples"))
        .and_then(|examples| examples.get(0));
    match example {
        Some(example) => format!("add `{key} = {}`", as_toml(example)),
        None => format!("add `{key}`"),
    }
}

/// A JSON value as TOML.
pub(super) fn as_toml(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let entries: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {}", as_toml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(as_toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

/// The part of the schema that a pointer names, `above` steps before its end; references are followed.
fn resolve<'a>(schema: &'a Value, pointer: &str, above: usize) -> Option<&'a Value> {
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
