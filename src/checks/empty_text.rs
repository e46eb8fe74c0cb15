//! A text that names something is not empty.

use toml::de::{DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind as Kind};

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
        for text in std::iter::once(&sources.definition).chain(&sources.bases).filter(|text| may_hold_one(&text.text)) {
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

/// Returns whether a closer look is due: a string has nothing but space in it, or begins with an escape, which may be one.
fn may_hold_one(text: &str) -> bool {
    let is_string = |token: &Token| {
        matches!(token.kind(), Kind::LiteralString | Kind::BasicString | Kind::MlLiteralString | Kind::MlBasicString)
    };
    Source::new(text).lex().filter(is_string).any(|token| {
        let raw = text.get(token.span().start()..token.span().end()).unwrap_or_default();
        let inner = raw.trim_matches(['"', '\'']).trim_start();
        inner.is_empty() || inner.starts_with('\\')
    })
}

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

#[cfg(test)]
mod tests {
    use toml::de::{DeTable, DeValue};

    use super::may_hold_one;

    fn holds_one(value: &DeValue<'_>) -> bool {
        match value {
            DeValue::String(string) => string.trim().is_empty(),
            DeValue::Array(items) => items.iter().any(|item| holds_one(item.get_ref())),
            DeValue::Table(table) => {
                table.iter().any(|(key, item)| key.get_ref().trim().is_empty() || holds_one(item.get_ref()))
            }
            _ => false,
        }
    }

    #[test]
    fn the_first_look_passes_over_no_empty_text() {
        for empty in [
            "a = \"\"",
            "a = ''",
            "a = ' \t'",
            "a = \" \\t \"",
            "a = \"\\u00a0\"",
            "a = \"\u{a0}\"",
            "a = \"\"\"\"\"\"",
            "a = '''\n'''",
            "a = \"\"\"\n \\\n  \"\"\"",
            "a = ['x', '']",
            "a = { 'b' = \" \" }",
            "'' = 1",
            "a.\" \".b = 1",
            "a = \"it's\" # don't\nb = ''",
        ] {
            let (root, errors) = DeTable::parse_recoverable(empty);
            assert!(errors.is_empty() && holds_one(&DeValue::Table(root.into_inner())), "{empty}");
            assert!(may_hold_one(empty), "{empty}");
        }
        for full in ["a = 'x'", "a = [\"x\", 'y']", "a = '''\nx\n'''", "a = \"\"\"x\"\"\" # it's", "a = { b = 'c' }"] {
            assert!(!may_hold_one(full), "{full}");
        }
    }
}
