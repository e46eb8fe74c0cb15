//! Findings about definitions and their files, in every format.

use pipewright::diagnostics::{self, Code, Diagnostic, Location, Locator, Source};
use pipewright::sources::Sources;
use serde_json::{Map, Value, json};

use super::departure::Departure;
use super::failure::Note;
use super::output::{Format, err, out};
use super::project::Compiled;
use super::settings::Settings;

/// The findings of a definition, and the texts that they point into.
type Found<'a> = (Vec<Diagnostic>, Locator<'a>);

/// Prints the findings about definitions as text, or nothing where the format is a document.
pub(crate) fn print(all: &[Compiled], settings: &Settings) {
    for one in all {
        one.read.iter().for_each(|file| settings.detail(&format!("read: {file}\n")));
        for accepted in &one.accepted {
            settings.detail(&format!("allowed[{}]: {}\n", accepted.code, accepted.message));
        }
    }
    let found = found(all, false);
    match settings.format {
        Format::Human => found.iter().for_each(|(found, locator)| err(&diagnostics::human(found, locator))),
        Format::Github => found.iter().for_each(|(found, locator)| out(&diagnostics::github(found, locator))),
        Format::Json | Format::Sarif => return,
    }
    if settings.format == Format::Human {
        err(&summary(&found));
    }
}

/// Prints the document of a call: findings, and results by their names.
pub(crate) fn document(all: &[Compiled], with_departures: bool, results: Map<String, Value>, settings: &Settings) {
    let (lists, locators): (Vec<_>, Vec<_>) = found(all, with_departures).into_iter().unzip();
    let found: Vec<(&[Diagnostic], Locator<'_>)> = lists.iter().map(Vec::as_slice).zip(locators).collect();
    match settings.format {
        Format::Json => {
            let mut document = diagnostics::json(&found);
            if let Some(document) = document.as_object_mut() {
                document.extend(results);
            }
            out(&format!("{document:#}\n"));
        }
        Format::Sarif => out(&diagnostics::sarif(&found, &pipewright::explain, &[])),
        Format::Human | Format::Github => {}
    }
}

/// Prints one of the results as JSON.
pub(crate) fn result(value: Value) {
    let mut document = json!({ "diagnostics": [] });
    if let (Some(document), Value::Object(value)) = (document.as_object_mut(), value) {
        document.extend(value);
    }
    out(&format!("{document:#}\n"));
}

/// Notes as a result of a document.
pub(crate) fn notes(notes: &[Note]) -> Value {
    notes.iter().map(Note::json).collect()
}

fn found(all: &[Compiled], with_departures: bool) -> Vec<Found<'_>> {
    let departed = |one: &Compiled| -> Vec<Diagnostic> {
        one.departures.iter().filter(|_| with_departures).map(departure).collect()
    };
    all.iter()
        .map(|one| {
            let found = one.diagnostics.iter().cloned().chain(departed(one)).collect::<Vec<_>>();
            let locator = one.sources.as_ref().map_or_else(|| Locator::new(&[], &[]), Sources::locator);
            let changed = one.departures.iter().map(|departure| Source { file: &departure.path, text: "" });
            (found, locator.with(changed))
        })
        .filter(|(found, _)| !found.is_empty())
        .collect()
}

/// The number of errors, and the way to the page of a rule.
fn summary(found: &[Found<'_>]) -> String {
    let all = || found.iter().flat_map(|(found, _)| found);
    let mut codes: Vec<&str> = all().map(|one| one.code.0).collect();
    codes.sort_unstable();
    codes.dedup();
    let mut text = match codes.as_slice() {
        [] => return String::new(),
        [code] => format!("for more information, run `pipewright explain {code}`\n"),
        [code, ..] => {
            format!("for more information, run `pipewright explain <rule>`, as in `pipewright explain {code}`\n")
        }
    };
    match found.iter().map(fixable).sum::<usize>() {
        0 => {}
        1 => text.push_str("1 fix is certain: `pipewright check --fix` applies it\n"),
        fixes => text.push_str(&format!("{fixes} fixes are certain: `pipewright check --fix` applies them\n")),
    }
    match all().filter(|one| one.is_error()).count() {
        0 => text.push('\n'),
        1 => text.push_str("1 error; nothing was written\n"),
        errors => text.push_str(&format!("{errors} errors; nothing was written\n")),
    }
    text
}

/// The number of findings with a certain fix.
fn fixable((found, locator): &Found<'_>) -> usize {
    let fixes = found.iter().filter_map(|one| one.fix.as_ref());
    fixes.filter(|fix| diagnostics::replacements(fix, locator).is_some()).count()
}

/// The difference of a file, as a finding.
fn departure(departure: &Departure) -> Diagnostic {
    let message = format!("`{}` is {}", departure.path, departure.state());
    Diagnostic::error(Code("drift"), Location::File(departure.path.clone()), message).help(departure.help())
}
