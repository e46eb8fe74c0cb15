//! The texts of a file that people read.

use std::path::Path;

/// A text, from its first line.
pub(crate) struct Text<'a> {
    pub(crate) line: usize,
    pub(crate) kind: Kind,
    pub(crate) content: &'a str,
}

/// The purpose of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A text that describes a thing: a doc comment, a paragraph, an entry of the schema.
    Description,
    /// Any other text.
    Other,
}

/// The texts of a file, by the language that its name shows.
pub(crate) fn texts<'a>(file: &Path, content: &'a str) -> Vec<Text<'a>> {
    match file.extension().and_then(|end| end.to_str()) {
        Some("rs") => code(content, rust_token),
        Some("py") => code(content, python_token),
        Some("md") => paragraphs(content),
        Some("json") => lines(content).map(|text| described(text)).collect(),
        _ => lines(content).collect(),
    }
}

fn lines(content: &str) -> impl Iterator<Item = Text<'_>> {
    content.lines().enumerate().map(|(index, content)| Text { line: index + 1, kind: Kind::Other, content })
}

/// A line of a JSON schema, whose description is one.
fn described(text: Text<'_>) -> Text<'_> {
    match text.content.trim_start().strip_prefix("\"description\": \"") {
        Some(content) => Text { kind: Kind::Description, content, ..text },
        None => text,
    }
}

/// The lines of a page; the first line of a paragraph that no fence encloses is a description.
fn paragraphs(content: &str) -> Vec<Text<'_>> {
    let mut fence = "";
    let mut blank = true;
    let mut found = Vec::new();
    for text in lines(content) {
        let signs = text.content.len() - text.content.trim_start_matches('`').len();
        let is_fence = signs >= 3 && (fence.is_empty() || text.content == fence);
        let opens = fence.is_empty() && blank && !is_fence;
        blank = text.content.is_empty();
        if is_fence {
            fence = if fence.is_empty() { &text.content[..signs] } else { "" };
        }
        found.push(if opens { Text { kind: Kind::Description, ..text } } else { text });
    }
    found
}

/// A token of code: its length, and the text in it with its kind.
struct Token {
    length: usize,
    text: Option<(usize, usize, Kind)>,
}

/// The texts of code, as `token` reads them. Of doc comments below each other, the first is the description.
fn code(content: &str, token: fn(&str, bool) -> Token) -> Vec<Text<'_>> {
    let mut found: Vec<Text<'_>> = Vec::new();
    let (mut at, mut line, mut description) = (0, 1, 0);
    while let Some(rest) = content.get(at..).filter(|rest| !rest.is_empty()) {
        let Token { length, text } = token(rest, at > 0 && is_part_of_name(&content[..at]));
        if let Some((start, end, mut kind)) = text {
            if kind == Kind::Description {
                if description + 1 == line && description > 0 {
                    kind = Kind::Other;
                }
                description = line;
            }
            found.push(Text { line, kind, content: &rest[start..end] });
        }
        line += rest[..length].matches('\n').count();
        at += length;
    }
    found
}

fn is_part_of_name(before: &str) -> bool {
    before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
}

/// The first character, which is no text.
fn plain(rest: &str) -> Token {
    Token { length: rest.chars().next().map_or(1, char::len_utf8), text: None }
}

/// A string up to its closing quote, with escapes.
fn quoted(rest: &str, open: usize, quote: &str) -> Token {
    let mut at = open;
    while let Some(here) = rest.get(at..).filter(|here| !here.is_empty() && !here.starts_with(quote)) {
        let escaped = usize::from(here.starts_with('\\'));
        at += here.chars().take(1 + escaped).map(char::len_utf8).sum::<usize>();
    }
    Token { length: (at + quote.len()).min(rest.len()), text: Some((open, at.min(rest.len()), Kind::Other)) }
}

fn rust_token(rest: &str, in_name: bool) -> Token {
    let end_of_line = rest.find('\n').unwrap_or(rest.len());
    if rest.starts_with("//") {
        let is_doc = rest.starts_with("///") || rest.starts_with("//!");
        let start = rest[..end_of_line].find(|sign| !matches!(sign, '/' | '!' | ' ')).unwrap_or(end_of_line);
        let kind = if is_doc { Kind::Description } else { Kind::Other };
        return Token { length: end_of_line, text: Some((start, end_of_line, kind)) };
    }
    if rest.starts_with('"') {
        return quoted(rest, 1, "\"");
    }
    if rest.starts_with('r') && !in_name {
        let signs = rest[1..].len() - rest[1..].trim_start_matches('#').len();
        if rest[1 + signs..].starts_with('"') {
            let open = signs + 2;
            let close = format!("\"{}", "#".repeat(signs));
            let end = rest[open..].find(&close).map_or(rest.len(), |end| open + end);
            let length = (end + close.len()).min(rest.len());
            return Token { length, text: Some((open, end, Kind::Other)) };
        }
    }
    if let Some(behind) = rest.strip_prefix('\'') {
        // A character, or else a lifetime.
        let inner = if behind.starts_with('\\') { 2 } else { behind.chars().next().map_or(1, char::len_utf8) };
        if behind.get(inner..).is_some_and(|end| end.starts_with('\'')) {
            return Token { length: inner + 2, text: None };
        }
    }
    plain(rest)
}

fn python_token(rest: &str, _: bool) -> Token {
    if rest.starts_with('#') {
        let end = rest.find('\n').unwrap_or(rest.len());
        return Token { length: end, text: Some((1, end, Kind::Other)) };
    }
    if rest.starts_with("\"\"\"") {
        let token = quoted(rest, 3, "\"\"\"");
        return Token { text: token.text.map(|(start, end, _)| (start, end, Kind::Description)), ..token };
    }
    match rest.chars().next() {
        Some('"') => quoted(rest, 1, "\""),
        Some('\'') => quoted(rest, 1, "'"),
        _ => plain(rest),
    }
}

#[test]
fn texts_of_code_are_comments_and_strings() {
    let found = |file: &str, content| -> Vec<String> {
        let texts = texts(Path::new(file), content);
        texts.iter().map(|it| format!("{}{:?} {}", it.line, it.kind, it.content)).collect()
    };
    assert_eq!(
        found("a.rs", "/// One\n/// two\nfn f<'a>(c: '\"', s: \"x\\\"y\") { // z\n r#\"a\"b\"# }"),
        ["1Description One", "2Other two", "3Other x\\\"y", "3Other z", "4Other a\"b"]
    );
    assert_eq!(
        found("a.py", "def f():\n    \"\"\"One\n    two.\"\"\"\n    x = 'it' # z\n"),
        ["2Description One\n    two.", "4Other it", "4Other  z"]
    );
    assert_eq!(
        found("a.md", "One\n\n```sh\n\nwhat\n```\n"),
        ["1Description One", "2Other ", "3Other ```sh", "4Other ", "5Other what", "6Other ```"]
    );
}
