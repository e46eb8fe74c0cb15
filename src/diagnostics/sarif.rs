//! Findings as SARIF 2.1.0, which GitHub's code scanning reads.
//!
//! Source: <https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning>

use serde_json::{Value, json};

use super::Diagnostic;
use super::json::level;
use super::place::Locator;

/// The findings of all definitions, each with its locator, as one SARIF document.
pub fn sarif(all: &[(&[Diagnostic], Locator<'_>)]) -> String {
    let mut codes: Vec<&str> = all.iter().flat_map(|(found, _)| *found).map(|diagnostic| diagnostic.code.0).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = all
        .iter()
        .flat_map(|(found, locator)| found.iter().map(move |diagnostic| result(diagnostic, locator)))
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "pipewright", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn result(diagnostic: &Diagnostic, locator: &Locator<'_>) -> Value {
    let located = locator.locate(&diagnostic.at);
    let [(line, column), (end_line, end_column)] = locator.lines_and_columns(&located);
    let mut message = diagnostic.message.clone();
    if let Some(help) = &diagnostic.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    json!({
        "ruleId": diagnostic.code.0,
        "level": level(diagnostic.level),
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": located.file },
                "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
            },
        }],
    })
}
