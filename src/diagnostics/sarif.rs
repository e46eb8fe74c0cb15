//! Findings as SARIF 2.1.0, which GitHub's code scanning reads.
//!
//! Source: <https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>

use serde_json::{Value, json};

use super::Diagnostic;
use super::edits::Replacement;
use super::json::{fix, level};
use super::place::{Location, Locator};

/// The findings of all definitions, each with its locator, as one SARIF document. `page` is the page of a rule; `failures`
/// are messages about a call that could not do its work.
pub fn sarif(
    all: &[(&[Diagnostic], Locator<'_>)],
    page: &dyn Fn(&str) -> Option<String>,
    failures: &[String],
) -> String {
    let mut codes: Vec<&str> = all.iter().flat_map(|(found, _)| *found).map(|diagnostic| diagnostic.code.0).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| rule(code, page(code))).collect();
    let results: Vec<Value> = all
        .iter()
        .flat_map(|(found, locator)| found.iter().map(move |diagnostic| result(diagnostic, locator)))
        .collect();
    let notifications: Vec<Value> =
        failures.iter().map(|text| json!({ "level": "error", "message": { "text": text } })).collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pipewright", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "invocations": [{
                "executionSuccessful": failures.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

/// A rule with its page: the requirement in short, and all of it as the help.
fn rule(code: &str, page: Option<String>) -> Value {
    let Some(page) = page else { return json!({ "id": code }) };
    let body = page.split_once("\n\n").map_or(page.as_str(), |(_, body)| body);
    let short = body.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    json!({
        "id": code,
        "name": code,
        "shortDescription": { "text": short },
        "fullDescription": { "text": short },
        "help": { "text": format!("Run `pipewright explain {code}`.\n\n{body}"), "markdown": body },
    })
}

fn result(diagnostic: &Diagnostic, locator: &Locator<'_>) -> Value {
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    let related: Vec<Value> = (1..)
        .zip(&diagnostic.related)
        .map(|(id, (at, what))| {
            let mut location = location(at, locator);
            location["id"] = json!(id);
            location["message"] = json!({ "text": what });
            location
        })
        .collect();
    let mut value = json!({
        "ruleId": diagnostic.code.0,
        "level": level(diagnostic.level),
        "message": { "text": message },
        "locations": [location(&diagnostic.at, locator)],
        "relatedLocations": related,
    });
    if let Some((fix, replacements)) = fix(diagnostic, locator) {
        let changes = replacements.chunk_by(|one, other| one.file == other.file).map(|edits| change(edits, locator));
        let changes = changes.collect::<Vec<_>>();
        value["fixes"] = json!([{ "description": { "text": fix.title }, "artifactChanges": changes }]);
    }
    value
}

/// The changes of one file. A replacement without text removes its region.
fn change(edits: &[Replacement], locator: &Locator<'_>) -> Value {
    let one = |edit: &Replacement| {
        let at = Location::Bytes { file: edit.file.clone(), range: edit.range };
        let region = location(&at, locator)["physicalLocation"]["region"].take();
        match edit.text.as_str() {
            "" => json!({ "deletedRegion": region }),
            text => json!({ "deletedRegion": region, "insertedContent": { "text": text } }),
        }
    };
    let file = edits.first().map_or("", |edit| edit.file.as_str());
    json!({ "artifactLocation": { "uri": file }, "replacements": edits.iter().map(one).collect::<Vec<_>>() })
}

fn location(at: &Location, locator: &Locator<'_>) -> Value {
    let located = locator.locate(at);
    let [(line, column), (end_line, end_column)] = locator.lines_and_columns(&located);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": located.file },
            "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
        },
    })
}
