//! A text that names something is not empty.

use toml::de::{DeTable, DeValue};

use super::check::{Check, Subject};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::sources::Text;
use crate::toolchains::installer;

pub(crate) struct EmptyText;

const CODE: Code = Code("empty-text");

impl Check for EmptyText {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/empty-text.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let sources = subject.sources;
        for text in std::iter::once(&sources.definition).chain(&sources.bases) {
            let (root, _) = DeTable::parse_recoverable(&text.text);
            table(text, "", root.get_ref(), found);
        }
    }
}

/// Keys below which a text may be empty, besides those of installers: values of variables and inputs, JSON, and words of
/// a command. Two more are reported by `out-of-range`.
const FREE: [&str; 12] = [
    "args",
    "build-args",
    "default",
    "env",
    "form",
    "headers",
    "json",
    "options",
    "provides",
    "query",
    "reason",
    "with",
];
/// Tables whose keys are names that the user chooses.
const NAMED: [&str; 15] = [
    "checks",
    "components",
    "environments",
    "images",
    "inputs",
    "jobs",
    "limits",
    "metrics",
    "quarantine",
    "services",
    "smoke",
    "suites",
    "tests",
    "workflows",
    "workloads",
];

fn table(text: &Text, above: &str, inside: &DeTable<'_>, found: &mut Vec<Diagnostic>) {
    for (key, item) in inside {
        let name = key.get_ref().as_ref();
        if name.trim().is_empty() {
            let at = Location::Bytes { file: text.file.clone(), range: (key.span().start, key.span().end) };
            found.push(Diagnostic::error(CODE, at, "a key is empty").help("write a name, or remove the line"));
        }
        // A step without a command is reported by `step-kind`.
        let step = name == "run" && ["after", "before", "steps"].contains(&above);
        if !step && (NAMED.contains(&above) || !is_free(name)) {
            value(text, name, item, found);
        }
    }
}

fn is_free(key: &str) -> bool {
    FREE.contains(&key) || installer(key).is_some()
}

fn value(text: &Text, key: &str, item: &toml::Spanned<DeValue<'_>>, found: &mut Vec<Diagnostic>) {
    match item.get_ref() {
        DeValue::String(string) if string.trim().is_empty() => {
            let at = Location::Bytes { file: text.file.clone(), range: (item.span().start, item.span().end) };
            let diagnostic = Diagnostic::error(CODE, at, format!("`{key}` holds an empty text"));
            found.push(diagnostic.help("write what it names, or remove it"));
        }
        DeValue::Array(items) => items.iter().for_each(|item| value(text, key, item, found)),
        DeValue::Table(inner) => table(text, key, inner, found),
        _ => {}
    }
}
