//! Findings as annotations of a GitHub Actions log.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands>

use super::Diagnostic;
use super::json::level;
use super::place::Locator;

/// All findings, one workflow command a line.
pub fn github(diagnostics: &[Diagnostic], locator: &Locator<'_>) -> String {
    let mut text = String::new();
    for diagnostic in diagnostics {
        let located = locator.locate(&diagnostic.at);
        let [(line, column), _] = locator.lines_and_columns(&located);
        let mut message = diagnostic.message.clone();
        if let Some(help) = &diagnostic.help {
            message.push_str("\nhelp: ");
            message.push_str(help);
        }
        text.push_str(&format!(
            "::{} file={},line={line},col={column},title={}::{}\n",
            level(diagnostic.level),
            property(located.file),
            property(diagnostic.code.0),
            data(&message),
        ));
    }
    text
}

/// A text as the message of an annotation.
pub fn message(text: &str) -> String {
    data(text)
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
