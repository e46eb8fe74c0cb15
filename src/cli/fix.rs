//! Certain fixes of the definitions of a call: `check --fix` and `migrate`.

use std::fs;

use pipewright::drift::{Change, Kind, write};
use pipewright::fixes::{Fixed, Which, apply};
use pipewright::sources::Sources;
use serde_json::{Value, json};
use similar::TextDiff;

use super::failure::Failure;
use super::place::Place;
use super::single::read;

/// Fixes of a definition and of those that it extends.
pub(crate) struct Fixes {
    place: Place,
    /// The fixes in the order in which they were applied.
    pub(crate) fixed: Vec<Fixed>,
    changes: Vec<Change>,
}

impl Fixes {
    /// Finds the fixes of a definition, and writes nothing.
    pub(crate) fn of(place: &Place, which: Which) -> Result<Self, Failure> {
        let mut sources = read(place)?;
        let before = texts(&sources);
        let fixed = apply(&mut sources, which);
        let changed = before.into_iter().zip(texts(&sources)).filter(|(before, after)| before != after);
        let change = |((path, before), (_, after)): ((String, String), (String, String))| Change {
            path,
            kind: Kind::Stale,
            before,
            after: Some(after),
        };
        Ok(Self { place: place.clone(), fixed, changes: changed.map(change).collect() })
    }

    /// Writes the changed texts, with the line ends that they have.
    pub(crate) fn write(&self) -> Result<(), Failure> {
        let with_line_ends = |change: &Change| {
            let disk = fs::read_to_string(self.place.root.join(&change.path)).unwrap_or_default();
            let is_windows = disk.contains("\r\n");
            let ends = |text: &str| if is_windows { text.replace('\n', "\r\n") } else { text.to_owned() };
            Change { before: disk, after: change.after.as_deref().map(ends), ..change.clone() }
        };
        let changes: Vec<Change> = self.changes.iter().map(with_line_ends).collect();
        write(&self.place.root, &changes).map_err(|error| Failure::io(error.to_string(), None))
    }

    /// The changes as a unified diff.
    pub(crate) fn diff(&self) -> String {
        let one = |change: &Change| {
            let (from, to) = (format!("a/{}", change.path), format!("b/{}", change.path));
            let after = change.after.as_deref().unwrap_or_default();
            TextDiff::from_lines(change.before.as_str(), after).unified_diff().header(&from, &to).to_string()
        };
        self.changes.iter().map(one).collect()
    }

    /// The fixes as lines of text.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        self.fixed.iter().map(|Fixed { code, file, line, message, title }| {
            format!("\x1b[1mfixed[{code}]\x1b[0m: {file}:{line}: {message}: {title}\n")
        })
    }

    /// The fixes as a result of a document.
    pub(crate) fn json(&self) -> impl Iterator<Item = Value> {
        self.fixed.iter().map(|Fixed { code, file, line, message, title }| {
            json!({ "code": code.0, "file": file, "line": line, "message": message, "title": title })
        })
    }
}

fn texts(sources: &Sources) -> Vec<(String, String)> {
    let all = std::iter::once(&sources.definition).chain(&sources.bases);
    all.map(|text| (text.file.clone(), text.text.clone())).collect()
}
