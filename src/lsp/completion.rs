//! Keys that the language has at a place, values that a key takes, and names that the definition declares.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Value, json};

use super::names;
use super::position::Lines;
use super::words::{self, Role, Word, words};
use crate::definition::{documentation, keys, values};
use crate::diagnostics::Part;
use crate::sources::Text;

/// Kinds of items.
///
/// Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#completionItemKind>.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Property = 10,
    Value = 12,
    Reference = 18,
    EnumMember = 20,
}

struct Item {
    label: String,
    kind: Kind,
    /// The text to write.
    text: String,
    detail: Option<&'static str>,
    documentation: Option<String>,
}

/// Returns the completions at a byte of a text. The texts are its definition and the bases.
pub(super) fn completions(text: &str, byte: usize, texts: &[&Text], lines: &Lines<'_>) -> Value {
    let Some(word) = words::at(text, byte) else { return json!([]) };
    let (quote, range) = written(text, byte, &word);
    let items = match word.role {
        Role::Value => of_value(text, &word, quote, texts),
        Role::Key | Role::Header => of_table(text, &word, texts),
    };
    let range = lines.range(range);
    let item = |(index, item): (usize, Item)| {
        let mut value = json!({
            "label": item.label,
            "kind": item.kind as u8,
            "sortText": format!("{index:03}"),
            "filterText": if quote.is_some() { &item.text } else { &item.label },
            "textEdit": { "range": range, "newText": item.text },
        });
        if let Some(text) = item.detail {
            value["detail"] = json!(text);
        }
        if let Some(text) = item.documentation {
            value["documentation"] = json!({ "kind": "markdown", "value": text });
        }
        value
    };
    items.into_iter().enumerate().map(item).collect()
}

/// The quote that a word begins with, and the bytes of the word. A text without its second quote ends at the cursor.
fn written(text: &str, byte: usize, word: &Word) -> (Option<char>, Range<usize>) {
    let written = text.get(word.range.clone()).unwrap_or_default();
    let quote = written.chars().next().filter(|first| matches!(first, '"' | '\''));
    let is_closed = quote.is_none_or(|quote| written.len() > 1 && written.ends_with(quote));
    (quote, if is_closed { word.range.clone() } else { word.range.start..byte })
}

/// Keys of the table that a key is in. A header names tables only.
fn of_table(text: &str, word: &Word, texts: &[&Text]) -> Vec<Item> {
    let table = word.table();
    let is_header = word.role == Role::Header;
    let others = words(text).filter(|other| !is_header && other.declares(table) && other.range != word.range);
    let others: BTreeSet<String> = others.map(|other| other.text).collect();
    let mut items = Vec::new();
    for key in keys(table).into_iter().filter(|key| key.is_table || !is_header) {
        let path = [table, &[Part::from(key.name)]].concat();
        items.push(Item {
            label: key.name.to_owned(),
            kind: Kind::Property,
            text: key.name.to_owned(),
            detail: key.is_required.then_some("required"),
            documentation: documentation(&path),
        });
    }
    items.sort_by_key(|item| item.detail.is_none());
    let reference = |label: String, kind| Item { text: label.clone(), label, kind, detail: None, documentation: None };
    items.extend(names::of_keys(table, texts).into_iter().map(|name| reference(name.text, Kind::Reference)));
    if matches!(table, [Part::Key(key)] if key == "allow") {
        items.extend(crate::codes().into_iter().map(|rule| reference(rule.to_owned(), Kind::EnumMember)));
    }
    items.retain(|item| !others.contains(&item.label));
    items
}

/// Values of a key, without those that its list already has.
fn of_value(text: &str, word: &Word, quote: Option<char>, texts: &[&Text]) -> Vec<Item> {
    let found = of_path(&word.path, quote, texts);
    if !found.is_empty() {
        let is_beside = |other: &Word| {
            matches!(other.path.last(), Some(Part::Index(_)))
                && other.path.len() == word.path.len()
                && other.table() == word.table()
                && other.range != word.range
        };
        let others: BTreeSet<String> = words(text).filter(is_beside).map(|other| other.text).collect();
        return found.into_iter().filter(|item| !others.contains(&item.label)).collect();
    }
    if quote.is_some() {
        return Vec::new();
    }
    let item = [word.path.as_slice(), &[Part::Index(0)]].concat();
    let in_list = |item: Item| Item { text: format!("[{}]", item.text), ..item };
    of_path(&item, None, texts).into_iter().map(in_list).collect()
}

/// Values at a path, in the quotes that are written.
fn of_path(path: &[Part], quote: Option<char>, texts: &[&Text]) -> Vec<Item> {
    let quoted = |text: &str| {
        let quote = quote.unwrap_or('"');
        format!("{quote}{text}{quote}")
    };
    // An entry does not need itself.
    let is_itself = |name: &str| {
        let keys: Vec<&Part> = path.iter().filter(|part| matches!(part, Part::Key(_))).collect();
        matches!(keys.as_slice(), [.., Part::Key(entry), Part::Key(key)] if key == "needs" && entry == name)
    };
    let named = names::of_value(path, texts).into_iter().filter(|name| !is_itself(&name.text));
    let mut found: Vec<Item> = named
        .map(|name| Item {
            text: quoted(&name.text),
            label: name.text,
            kind: Kind::Reference,
            detail: None,
            documentation: None,
        })
        .collect();
    for value in values(path) {
        let (label, text, kind) = match value.trim_matches('"') {
            word if word.len() < value.len() => (word.to_owned(), quoted(word), Kind::EnumMember),
            _ if quote.is_some() => continue,
            _ => (value.clone(), value, Kind::Value),
        };
        found.push(Item { label, kind, text, detail: None, documentation: None });
    }
    found
}
