//! Findings as JSON, one object with a list.

use serde_json::{Value, json};

use super::edits::{Replacement, replacements};
use super::fix::Fix;
use super::place::{Location, Locator};
use super::{Diagnostic, Level};

/// The findings of all definitions, each with its locator, as one JSON document.
pub fn json(all: &[(&[Diagnostic], Locator<'_>)]) -> Value {
    let list: Vec<Value> =
        all.iter().flat_map(|(found, locator)| found.iter().map(move |diagnostic| one(diagnostic, locator))).collect();
    json!({ "diagnostics": list })
}

fn one(diagnostic: &Diagnostic, locator: &Locator<'_>) -> Value {
    let related: Vec<Value> = diagnostic
        .related
        .iter()
        .map(|(at, what)| {
            let mut place = place(at, locator);
            place["message"] = json!(what);
            place
        })
        .collect();
    let mut value = json!({
        "code": diagnostic.code.0,
        "level": level(diagnostic.level),
        "message": diagnostic.message,
        "help": diagnostic.help,
    });
    value["place"] = place(&diagnostic.at, locator);
    value["related"] = json!(related);
    if let Some((fix, replacements)) = fix(diagnostic, locator) {
        let edits = replacements
            .iter()
            .map(|edit| json!({ "file": edit.file, "start": edit.range.0, "end": edit.range.1, "text": edit.text }));
        value["fix"] = json!({ "title": fix.title, "edits": edits.collect::<Vec<_>>() });
    }
    value
}

/// The certain fix of a finding, with the bytes that it replaces.
pub(super) fn fix<'d>(diagnostic: &'d Diagnostic, locator: &Locator<'_>) -> Option<(&'d Fix, Vec<Replacement>)> {
    let fix = diagnostic.fix.as_ref()?;
    Some((fix, replacements(fix, locator)?))
}

/// The word for a level.
pub(super) fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

/// A place as JSON.
pub fn place(at: &Location, locator: &Locator<'_>) -> Value {
    let located = locator.locate(at);
    let [(line, column), (end_line, end_column)] = locator.lines_and_columns(&located);
    match &located.range {
        Some(range) => json!({
            "file": located.file, "line": line, "column": column, "end-line": end_line, "end-column": end_column,
            "start": range.start, "end": range.end, "key": at.dotted(),
        }),
        None => json!({ "file": located.file, "key": at.dotted() }),
    }
}
