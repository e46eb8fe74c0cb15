//! Findings about a definition that is open, each at its place in a file.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::client::Client;
use super::documents::{Document, Documents};
use super::position::{Lines, Range};
use super::words::words;
use crate::at;
use crate::diagnostics::{Diagnostic, Fix, Level, Location, Locator, replacements};
use crate::sources::Unreadable;
use crate::{UNPINNED, compile, explain, recorded};

/// Findings of a definition that are shown: a person fixes these, and then looks again.
const MOST: usize = 500;

/// The pages of rules.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rules");

/// A finding in a file.
pub(super) struct Finding {
    /// The file.
    pub(super) uri: String,
    pub(super) range: Range,
    /// The rule; none for a file that cannot be read.
    pub(super) rule: Option<&'static str>,
    /// The finding as the protocol has it.
    pub(super) diagnostic: Value,
    pub(super) fix: Option<Edits>,
}

/// A certain fix.
pub(super) struct Edits {
    pub(super) title: String,
    /// Edits of texts by the URI of their file.
    pub(super) changes: BTreeMap<String, Vec<Value>>,
}

/// Compiles a definition as `check` does, and returns its findings. A pin that `generate` adds by itself is not missing.
pub(super) fn check(definition: &Document, documents: &Documents<'_>, client: Client) -> Vec<Finding> {
    let mut sources = match documents.sources(definition) {
        Ok(sources) => sources,
        Err(error) => return vec![unreadable(definition, &error, client)],
    };
    let mut found = compile(&sources).diagnostics;
    if found.iter().any(|one| one.code == UNPINNED)
        && let Some(lock) = recorded(&sources)
    {
        sources.lock = Some(lock);
        found = compile(&sources).diagnostics;
    }
    let locator = sources.locator();
    let mut places = Places { definition, documents, locator: &locator, client, lines: BTreeMap::new() };
    found.iter().take(MOST).map(|one| places.finding(one)).collect()
}

/// Places of findings as places of documents.
struct Places<'a> {
    definition: &'a Document,
    documents: &'a Documents<'a>,
    locator: &'a Locator<'a>,
    client: Client,
    lines: BTreeMap<&'a str, Lines<'a>>,
}

impl Places<'_> {
    fn finding(&mut self, found: &Diagnostic) -> Finding {
        let (uri, range) = self.place(&found.at);
        let mut diagnostic = diagnostic(range, found.level, &found.message, found.help.as_deref(), self.client);
        diagnostic["code"] = json!(found.code.0);
        if explain(found.code.0).is_some() {
            diagnostic["codeDescription"] = json!({ "href": format!("{PAGES}/{}.md", found.code) });
        }
        if self.client.reads_related && !found.related.is_empty() {
            let related = found.related.iter().map(|(at, message)| {
                let (uri, range) = self.place(at);
                json!({ "location": { "uri": uri, "range": range }, "message": message })
            });
            diagnostic["relatedInformation"] = related.collect();
        }
        let fix = found.fix.as_ref().and_then(|fix| self.edits(fix));
        Finding { uri, range, rule: Some(found.code.0), diagnostic, fix }
    }

    fn edits(&mut self, fix: &Fix) -> Option<Edits> {
        let mut changes: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for edit in replacements(fix, self.locator)? {
            let document = self.documents.find(&self.definition.root, &edit.file);
            let is_windows = document.is_some_and(|document| document.is_windows);
            let text = if is_windows { edit.text.replace('\n', "\r\n") } else { edit.text };
            let (uri, range) = self.place(&Location::Bytes { file: edit.file, range: edit.range });
            changes.entry(uri).or_default().push(json!({ "range": range, "newText": text }));
        }
        Some(Edits { title: fix.title.clone(), changes })
    }

    /// The file and the range of a place: the start of the file for the whole of it.
    fn place(&mut self, at: &Location) -> (String, Range) {
        let span = self.locator.locate(at);
        let lines = self.lines.entry(span.file).or_insert_with(|| Lines::new(span.text, self.client.encoding));
        let range = span.range.map(|bytes| lines.range(bytes)).unwrap_or_default();
        let file = if span.file.is_empty() { &self.definition.file } else { span.file };
        (self.documents.uri(&self.definition.root, file), range)
    }
}

fn diagnostic(range: Range, level: Level, message: &str, help: Option<&str>, client: Client) -> Value {
    let severity = if level == Level::Error || client.denies_warnings { 1 } else { 2 };
    let help = help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    json!({ "range": range, "severity": severity, "source": "pipewright", "message": format!("{message}{help}") })
}

/// The finding about a definition, or a base of it, that cannot be read.
fn unreadable(definition: &Document, error: &Unreadable, client: Client) -> Finding {
    let mut words = words(&definition.text);
    let base = words.find(|word| Location::value(word.path.clone()) == at!["extends"] && !word.text.is_empty());
    let lines = Lines::new(&definition.text, client.encoding);
    let range = base.map(|word| lines.range(word.range)).unwrap_or_default();
    let diagnostic = diagnostic(range, Level::Error, &error.to_string(), Some(&error.help), client);
    Finding { uri: definition.uri.clone(), range, rule: None, diagnostic, fix: None }
}
