//! Differences between a definition and the schema of the language, as errors.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError};
use serde_json::Value;
use toml::de::DeTable;

use super::super::name::PATTERN as NAME_PATTERN;
use super::super::schema::decapitalised;
use super::certain;
use super::habits::{elsewhere, nameless, translated};
use super::lookup::{place, resolve};
use super::renamed::{Former, as_toml, former_key, former_value, holds_former};
use super::suggest::{suggestion, type_name, type_of};
use crate::diagnostics::{Code, Diagnostic, Location, Part, closest, did_you_mean, listed};

const UNKNOWN_KEY: Code = Code("unknown-key");
const MISSING_KEY: Code = Code("missing-key");
const WRONG_TYPE: Code = Code("wrong-type");
const UNKNOWN_VALUE: Code = Code("unknown-value");
const OUT_OF_RANGE: Code = Code("out-of-range");
const INVALID: Code = Code("invalid-value");

/// Every mistake of `definition`, whose texts are `tables`.
pub(super) fn explain(schema: &Value, definition: &Value, tables: &[DeTable<'_>]) -> Vec<Diagnostic> {
    let Ok(validator) = jsonschema::draft7::new(schema) else { return Vec::new() };
    let mut found = Vec::new();
    let mut definition = definition.clone();
    for (table, message) in nameless(schema, &definition) {
        let at = Location::value(vec![Part::from(&table)]).key();
        found.push(Diagnostic::error(WRONG_TYPE, at, message).help(format!("write `[{table}.<name>]`")));
        if let Some(top) = definition.as_object_mut() {
            top.remove(&table);
        }
    }
    for error in validator.iter_errors(&definition) {
        one(schema, &error, tables, &mut found);
    }
    found
}

fn one(schema: &Value, error: &ValidationError<'_>, tables: &[DeTable<'_>], found: &mut Vec<Diagnostic>) {
    let path: Vec<Part> = parts(error.instance_path().as_str());
    let at = Location::value(path.clone());
    let name = at.dotted();
    let shown = shown(error.instance());
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            let known = properties(schema, error);
            found.extend(unexpected.iter().map(|key| unknown_key(schema, error, &path, key, &known)));
        }
        Kind::Required { property } => {
            let key = property.as_str().unwrap_or_default();
            if holds_former(&path, error.instance(), key) || holds_misspelt(schema, error, key) {
                return;
            }
            let message =
                if name.is_empty() { format!("`{key}` is missing") } else { format!("`{name}` has no `{key}`") };
            found.push(Diagnostic::error(MISSING_KEY, at.key(), message).help(example(schema, error, key)));
        }
        Kind::Enum { options } => {
            let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let Former { message, help, fix } = former_value(&path, error.instance()).unwrap_or_else(|| Former {
                message: format!("{shown} is not one of {}", listed(&options)),
                help: did_you_mean(error.instance().as_str().unwrap_or_default(), options.iter().copied()),
                fix: certain::option(&path, error.instance(), &options),
            });
            found.push(Diagnostic::error(UNKNOWN_VALUE, at, message).help(help).fix(fix));
        }
        Kind::Type { kind } => {
            if let Some((Part::Key(key), table)) = path.split_last()
                && let Some(Former { message, help, fix }) = former_key(table, key, error.instance())
            {
                found.push(Diagnostic::error(UNKNOWN_KEY, at.key(), message).help(help).fix(fix));
                return;
            }
            found.push(wrong_type(schema, error, &[expected(kind)], at, tables));
        }
        Kind::AnyOf { context } => any_of(schema, error, context, at, tables, found),
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
            let error = Diagnostic::error(INVALID, at, format!("`{name}` lists a value twice"));
            found.push(error.help("list it once"));
        }
        Kind::Pattern { .. } | Kind::Format { .. } => {
            let diagnostic = Diagnostic::error(INVALID, at, format!("invalid value {shown} for `{name}`"));
            let diagnostic = diagnostic.fix(certain::value(schema, error, &path, tables));
            let help = is_name(schema, error).then(|| NAME_FORM.to_owned());
            let help = help.or_else(|| converted_or_form(schema, error, &path, tables));
            found.push(match help {
                Some(help) => diagnostic.help(help),
                None => diagnostic,
            });
        }
        _ => found.push(Diagnostic::error(INVALID, at, error.to_string())),
    }
}

/// Reports a key that a table does not have; where a table has names for keys, one that is no name.
fn unknown_key(schema: &Value, error: &ValidationError<'_>, path: &[Part], key: &str, known: &[String]) -> Diagnostic {
    let at = Location::value(path.to_vec());
    if known.is_empty() {
        return not_a_name(at, key);
    }
    let value = &error.instance()[key];
    let Former { message, help, fix } = former_key(path, key, value).unwrap_or_else(|| Former {
        message: format!("there is no key `{key}` here"),
        help: unknown(schema, path, key, value, known),
        fix: certain::key(schema, path, key, value, known),
    });
    Diagnostic::error(UNKNOWN_KEY, at.then(key).key(), message).help(help).fix(fix)
}

/// Help for a key that a table does not have: the word of this language for one of GitHub's, the key that was meant, or
/// else what to do instead.
fn unknown(schema: &Value, path: &[Part], key: &str, value: &Value, known: &[String]) -> String {
    let known = || known.iter().map(String::as_str);
    let near = || closest(key, known()).map(|near| format!("did you mean `{near}`?"));
    translated(path, key, value)
        .or_else(near)
        .or_else(|| elsewhere(schema, key))
        .unwrap_or_else(|| did_you_mean(key, known()))
}

/// Returns whether a table has a misspelt form of a key that it lacks: one error is enough then.
fn holds_misspelt(schema: &Value, error: &ValidationError<'_>, key: &str) -> bool {
    let known = properties(schema, error);
    let known = || known.iter().map(String::as_str);
    let written = error.instance().as_object().into_iter().flatten().map(|(written, _)| written.as_str());
    written.into_iter().any(|written| !known().any(|known| known == written) && closest(written, known()) == Some(key))
}

fn not_a_name(at: Location, key: &str) -> Diagnostic {
    Diagnostic::error(INVALID, at.then(key).key(), format!("`{key}` is not a name")).help(NAME_FORM)
}

const NAME_FORM: &str = "use lower-case letters, digits and hyphens, starting with a letter, at most 40 characters";

/// Returns whether a value is expected to be the name of a table.
fn is_name(schema: &Value, error: &ValidationError<'_>) -> bool {
    let pattern = |value: &Value| value.get("pattern").and_then(Value::as_str).map(str::to_owned);
    place(schema, error).and_then(pattern).is_some_and(|pattern| pattern == NAME_PATTERN)
}

/// The value of the right type, or what the form of the key is.
fn converted_or_form(
    schema: &Value,
    error: &ValidationError<'_>,
    path: &[Part],
    tables: &[DeTable<'_>],
) -> Option<String> {
    let suggestion = suggestion(schema, error, path, tables);
    suggestion.clone().filter(|help| help.starts_with("write ")).or_else(|| form(schema, error)).or(suggestion)
}

/// Reports a value whose type is none of those that are expected.
fn wrong_type(
    schema: &Value,
    error: &ValidationError<'_>,
    expected: &[String],
    at: Location,
    tables: &[DeTable<'_>],
) -> Diagnostic {
    let path = parts(error.instance_path().as_str());
    let shape = || expected.first().and_then(|expected| shape(&path, expected));
    let expected = expected.join(" or ");
    let message = format!("expected {expected}, found {}", type_of(error.instance()));
    // A member of a list has no header.
    let is_member = matches!(path.last(), Some(Part::Index(_)));
    let table = || (expected.contains("a table") && !is_member).then(|| format!("declare it as `[{}]`", at.dotted()));
    let help = suggestion(schema, error, &path, tables).or_else(table);
    let help = help.or_else(|| is_member.then(|| form(schema, error)).flatten()).or_else(shape);
    let fix = certain::value(schema, error, &path, tables);
    let diagnostic = Diagnostic::error(WRONG_TYPE, at, message).fix(fix);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// The text to type for a value of a type, where the schema has no example of it.
fn shape(path: &[Part], expected: &str) -> Option<String> {
    let shape = match expected {
        "a string" => "\"…\"",
        "a list" => "[\"…\"]",
        "a table" => "{ … }",
        "a boolean" => "true",
        "an integer" | "a number" => "1",
        _ => return None,
    };
    Some(match path.last() {
        Some(Part::Key(key)) => format!("write `{key} = {shape}`"),
        _ => format!("write `{shape}`"),
    })
}

fn range(at: Location, message: &str, help: &str, found: &mut Vec<Diagnostic>) {
    found.push(Diagnostic::error(OUT_OF_RANGE, at, message).help(format!("write {help}")));
}

/// Reports the branch that was probably meant: the one whose type fits, with the fewest mistakes.
fn any_of(
    schema: &Value,
    error: &ValidationError<'_>,
    context: &[Vec<ValidationError<'static>>],
    at: Location,
    tables: &[DeTable<'_>],
    found: &mut Vec<Diagnostic>,
) {
    let here = error.instance_path().as_str();
    let fits = |branch: &&Vec<ValidationError<'static>>| {
        !branch.iter().any(|inner| matches!(inner.kind(), Kind::Type { .. }) && inner.instance_path().as_str() == here)
    };
    if let Some(branch) = context.iter().filter(fits).min_by_key(|branch| branch.len()) {
        for inner in branch {
            one(schema, inner, tables, found);
        }
        return;
    }
    let expected: Vec<String> = context
        .iter()
        .flatten()
        .filter(|inner| inner.instance_path().as_str() == here)
        .filter_map(|inner| match inner.kind() {
            Kind::Type { kind } => Some(expected(kind)),
            _ => None,
        })
        .collect();
    found.push(wrong_type(schema, error, &expected, at, tables));
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

/// The types that a key takes.
fn expected(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => type_name(*kind).to_owned(),
        TypeKind::Multiple(kinds) => {
            let kinds = kinds.iter().filter(|kind| !matches!(kind, JsonType::Null));
            kinds.map(type_name).collect::<Vec<_>>().join(" or ")
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

/// The form that a value has to have, if its type has a description.
fn form(schema: &Value, error: &ValidationError<'_>) -> Option<String> {
    let description = place(schema, error)?.get("description")?.as_str()?;
    let paragraphs: Vec<&str> = description.split("\n\n").filter(|it| !it.starts_with("Default: ")).collect();
    let form = paragraphs.last().filter(|_| paragraphs.len() > 1)?.replace('\n', " ");
    Some(format!("write {}", decapitalised(form.trim_end_matches('.'))))
}

/// The text to type for a key that is missing: an example of the key.
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
