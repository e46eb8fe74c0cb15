//! Changes of a definition that fix a finding for certain.
//!
//! A fix is data: `check --fix` applies it, and the documents of a call have it as replacements of bytes.

use super::place::{Location, Part};

/// A change that fixes a finding, and leaves no choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The change in words: `write "timeout"`.
    pub title: String,
    /// Its parts, at different places.
    pub edits: Vec<Edit>,
    /// `true` for a name that an earlier version of the language had.
    pub is_migration: bool,
}

/// A part of a fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The key of an entry gets another name, which may be dotted.
    Rename(Location, String),
    /// The bytes of a value, or of a file, are replaced.
    Replace(Location, String),
    /// An entry is removed.
    Remove(Location),
    /// An entry is moved to another table.
    Move(Location, Location),
}

impl Fix {
    /// Another name of a key.
    pub fn rename(at: Location, name: impl Into<String>) -> Self {
        let name = name.into();
        Self::new(format!("write `{name}`"), Edit::Rename(at, name))
    }

    /// Another value, as TOML.
    pub fn replace(at: Location, value: impl Into<String>) -> Self {
        let value = value.into();
        Self::new(format!("write `{value}`"), Edit::Replace(at, value))
    }

    /// No such entry.
    pub fn remove(at: Location) -> Self {
        Self::new(format!("remove `{}`", last(&at)), Edit::Remove(at))
    }

    /// The same entry in another table.
    pub fn moved(at: Location, table: Location) -> Self {
        Self::new(format!("move `{}` to `[{}]`", last(&at), table.dotted()), Edit::Move(at, table))
    }

    fn new(title: String, edit: Edit) -> Self {
        Self { title, edits: vec![edit], is_migration: false }
    }

    /// Adds another value of the same entry.
    #[must_use]
    pub fn with_value(mut self, at: Location, value: impl Into<String>) -> Self {
        let value = value.into();
        self.title.truncate(self.title.trim_end_matches('`').len());
        self.title.push_str(&format!(" = {value}`"));
        self.edits.push(Edit::Replace(at, value));
        self
    }

    /// Marks the fix as one of a name that an earlier version had.
    #[must_use]
    pub fn migration(self) -> Self {
        Self { is_migration: true, ..self }
    }
}

/// The last key of a path.
fn last(at: &Location) -> String {
    match at {
        Location::Path(path, _) => path.last().map_or_else(String::new, |part| match part {
            Part::Key(key) => key.to_string(),
            Part::Index(index) => index.to_string(),
        }),
        Location::Bytes { file, .. } | Location::File(file) => file.clone(),
    }
}
