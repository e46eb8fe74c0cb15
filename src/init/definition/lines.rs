//! Values and lines that several tables of a definition share.

use super::super::text::{Line, Toml};

/// A value as it is written.
pub(super) fn bare(text: &str) -> Toml {
    Toml::Bare(text.to_owned())
}

/// A table in one line.
pub(super) fn table(entries: &[(&str, Toml)]) -> Toml {
    Toml::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

/// A line with a note, where there is one.
pub(super) fn noted(line: Line, note: Option<String>) -> Line {
    match note {
        Some(note) => line.note(&note),
        None => line,
    }
}
