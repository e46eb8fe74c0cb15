//! No text of a definition holds an expression of GitHub's.

use toml::de::{DeTable, DeValue};

use super::check::{Check, Subject};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::sources::Text;

pub(crate) struct ExpressionInText;

const CODE: Code = Code("expression-in-text");

impl Check for ExpressionInText {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/expression-in-text.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let sources = subject.sources;
        for text in std::iter::once(&sources.definition).chain(&sources.bases) {
            if may_hold_one(&text.text) {
                let (root, _) = DeTable::parse_recoverable(&text.text);
                table(text, root.get_ref(), found);
            }
        }
    }
}

/// Returns whether a closer look is due: the text shows an expression, or has an escape that may spell one.
fn may_hold_one(text: &str) -> bool {
    let spells =
        |escape: &str| escape.starts_with(|first: char| matches!(first, 'u' | 'U' | 'x') || first.is_whitespace());
    text.contains("${{") || text.split('\\').skip(1).any(spells)
}

fn table(text: &Text, table: &DeTable<'_>, found: &mut Vec<Diagnostic>) {
    for (key, item) in table {
        if key.get_ref().contains("${{") {
            found.push(expression(text, key.span(), key.get_ref()));
        }
        value(text, item, found);
    }
}

fn value(text: &Text, item: &toml::Spanned<DeValue<'_>>, found: &mut Vec<Diagnostic>) {
    match item.get_ref() {
        DeValue::String(string) if string.contains("${{") => found.push(expression(text, item.span(), string)),
        DeValue::Array(items) => items.iter().for_each(|item| value(text, item, found)),
        DeValue::Table(inner) => table(text, inner, found),
        _ => {}
    }
}

fn expression(text: &Text, range: std::ops::Range<usize>, string: &str) -> Diagnostic {
    let at = Location::Bytes { file: text.file.clone(), range: (range.start, range.end) };
    Diagnostic::error(
        CODE,
        at,
        "`${{ … }}` is not allowed in this string: GitHub would expand it before the shell runs",
    )
    .help(help(string))
}

/// The name in the language for an output of a step or a job.
fn output(expression: &str) -> Option<String> {
    let (from, name) = expression.split_once(".outputs.")?;
    let from = from.strip_prefix("steps.").or_else(|| from.strip_prefix("needs."))?;
    let is_name = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    (is_name(from) && is_name(name)).then(|| format!("{from}.{name}"))
}

/// The value of the language for an expression that is all of a text.
fn help(string: &str) -> String {
    let inner = string.trim().strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).map(str::trim);
    let property = |context: &str| {
        let name = inner?.strip_prefix(context)?.strip_prefix('.')?;
        name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-').then_some(name)
    };
    if let Some(name) = property("secrets") {
        return format!("write `{{ secret = \"{name}\" }}`");
    }
    if let Some(name) = property("vars") {
        return format!("write `{{ var = \"{name}\" }}`");
    }
    if let Some(key) = property("matrix") {
        return format!(
            "write `{{ matrix = \"{key}\" }}` in a job with a `matrix`; elsewhere a list is the matrix, \
             as in `[\"ubuntu-24.04\", \"macos-15\"]`"
        );
    }
    if let Some(name) = property("inputs") {
        return format!("write `{{ input = \"{name}\" }}`");
    }
    if let Some(name) = property("github") {
        return format!("write `{{ github = \"{}\" }}`", name.replace('_', "-"));
    }
    if let Some(output) = inner.and_then(output) {
        return format!("write `{{ output = \"{output}\" }}`");
    }
    "write `{ secret = \"NAME\" }` or `{ var = \"NAME\" }` as the value, and let a command read it from `env`"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use toml::de::DeTable;

    use super::may_hold_one;

    #[test]
    fn the_first_look_passes_over_no_expression() {
        for text in [
            "a = '${{ x }}'",
            "a = \"\\u0024{{ x }}\"",
            "a = \"\\x24{{ x }}\"",
            "a = \"$\\U0000007b{ x }}\"",
            "a = \"\"\"$\\\n  {{ x }}\"\"\"",
            "a = \"\"\"${\\  \n{ x }}\"\"\"",
        ] {
            let (root, errors) = DeTable::parse_recoverable(text);
            let value = root.get_ref().get("a").and_then(|value| value.get_ref().as_str().map(str::to_owned));
            assert!(errors.is_empty() && value.is_some_and(|value| value.contains("${{")), "{text}");
            assert!(may_hold_one(text), "{text}");
        }
        for text in ["a = '$x'", "a = \"\\n\\t\\\\\"", "a = '{{ x }}'"] {
            assert!(!may_hold_one(text), "{text}");
        }
    }
}
