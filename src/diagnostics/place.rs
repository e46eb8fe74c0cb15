//! Locations: a rule gives a path of keys, and one function here turns paths into bytes.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::lines::Lines;

/// One step of a path into the definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A key of a table.
    Key(Cow<'static, str>),
    /// A place in a list, from 0.
    Index(usize),
}

/// The end of a path: a key, or its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The key itself.
    Itself,
    /// Its value.
    Value,
}

/// Location of a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Location {
    /// A path of keys into the definition.
    Path(Vec<Part>, Key),
    /// Bytes of a file by its name.
    Bytes {
        /// The file's path from the root of the repository.
        file: String,
        /// Its bytes.
        range: (usize, usize),
    },
    /// A whole file.
    File(String),
}

impl Location {
    /// The value behind a path of keys.
    pub fn value(path: Vec<Part>) -> Self {
        Self::Path(path, Key::Value)
    }

    /// The last key of the path, instead of its value.
    #[must_use]
    pub fn key(self) -> Self {
        match self {
            Self::Path(path, _) => Self::Path(path, Key::Itself),
            other => other,
        }
    }

    /// The path with one step more.
    #[must_use]
    pub fn then(self, part: impl Into<Part>) -> Self {
        match self {
            Self::Path(mut path, key) => {
                path.push(part.into());
                Self::Path(path, key)
            }
            other => other,
        }
    }

    /// The path as a TOML key: `environments.production.needs`.
    pub fn dotted(&self) -> String {
        match self {
            Self::Path(path, _) => {
                let mut text = String::new();
                for part in path {
                    match part {
                        Part::Key(key) if text.is_empty() => text.push_str(key),
                        Part::Key(key) => text.push_str(&format!(".{key}")),
                        Part::Index(index) => text.push_str(&format!("[{index}]")),
                    }
                }
                text
            }
            Self::Bytes { file, .. } | Self::File(file) => file.clone(),
        }
    }
}

/// A file that findings may point into.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its path from the root of the repository.
    pub file: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// Bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span<'a> {
    /// The file's path from the root of the repository.
    pub file: &'a str,
    /// The file's text; empty for a file that was not read.
    pub text: &'a str,
    /// Its bytes; none for the whole file.
    pub range: Option<Range<usize>>,
}

/// Turns paths into bytes, and bytes into lines and columns.
pub struct Locator<'a> {
    sources: Vec<(Source<'a>, OnceCell<Lines>)>,
    by_file: BTreeMap<&'a str, usize>,
    tables: Vec<Spanned<DeTable<'a>>>,
}

impl<'a> Locator<'a> {
    /// A locator over a definition, what it extends behind it, and any other files.
    pub fn new(definitions: &[Source<'a>], others: &[Source<'a>]) -> Self {
        let tables = definitions.iter().map(|source| DeTable::parse_recoverable(source.text).0).collect();
        let empty = Self { sources: Vec::new(), by_file: BTreeMap::new(), tables };
        empty.with(definitions.iter().chain(others).copied())
    }

    /// The same, over these files too.
    #[must_use]
    pub fn with(mut self, others: impl IntoIterator<Item = Source<'a>>) -> Self {
        for source in others {
            self.by_file.entry(source.file).or_insert(self.sources.len());
            self.sources.push((source, OnceCell::new()));
        }
        self
    }

    /// Returns the file and bytes of a place. A path that is in no file ends at its last key that does, in the first file that
    /// has it.
    pub fn locate(&self, at: &Location) -> Span<'a> {
        match at {
            Location::Path(path, key) => {
                let mut best: (usize, usize, Range<usize>) = (0, 0, 0..0);
                for (index, table) in self.tables.iter().enumerate() {
                    let (depth, range) = walk(table, path, *key);
                    if depth > best.1 {
                        best = (index, depth, range);
                    }
                }
                let range = (best.1 > 0).then_some(best.2);
                self.sources.get(best.0).map_or_else(nowhere, |(source, _)| located(*source, range))
            }
            Location::Bytes { file, range } => self.source(file).map_or_else(nowhere, |(source, _)| {
                let end = range.1.min(source.text.len());
                located(*source, Some(range.0.min(end)..end))
            }),
            Location::File(file) => self.source(file).map_or_else(nowhere, |(source, _)| located(*source, None)),
        }
    }

    /// The definition and those that it extends, each with its tables.
    pub(super) fn definitions(&self) -> impl Iterator<Item = (Source<'a>, &DeTable<'a>)> {
        self.sources.iter().map(|(source, _)| *source).zip(self.tables.iter().map(Spanned::get_ref))
    }

    /// Returns whether a file has the key at the end of a path.
    pub fn has(&self, at: &Location) -> bool {
        match at {
            Location::Path(path, key) => self.tables.iter().any(|table| walk(table, path, *key).0 == path.len()),
            _ => false,
        }
    }

    /// Line and column of a place's first byte, from 1, and of the byte behind its last one; a column counts characters.
    pub fn lines_and_columns(&self, place: &Span<'_>) -> [(usize, usize); 2] {
        let range = place.range.clone().unwrap_or_default();
        match self.lines(place) {
            Some(lines) => [range.start, range.end].map(|at| lines.line_and_column(place.text, at)),
            None => [(1, 1); 2],
        }
    }

    /// The lines of a file that a range of it touches, with the line before: their bytes, and the first one's number.
    pub(super) fn around(&self, place: &Span<'_>, range: &Range<usize>) -> (Range<usize>, usize) {
        self.lines(place).map_or((0..place.text.len(), 1), |lines| lines.around(place.text, range))
    }

    fn lines(&self, place: &Span<'_>) -> Option<&Lines> {
        self.source(place.file).map(|(source, lines)| lines.get_or_init(|| Lines::of(source.text)))
    }

    fn source(&self, file: &str) -> Option<&(Source<'a>, OnceCell<Lines>)> {
        self.by_file.get(file).and_then(|index| self.sources.get(*index))
    }
}

fn located(source: Source<'_>, range: Option<Range<usize>>) -> Span<'_> {
    Span { file: source.file, text: source.text, range }
}

/// The place of what is in no file that was read.
fn nowhere<'a>() -> Span<'a> {
    located(Source { file: "", text: "" }, None)
}

/// Returns how far a path reaches into a table, and the bytes of what it reaches.
fn walk(root: &Spanned<DeTable<'_>>, path: &[Part], key: Key) -> (usize, Range<usize>) {
    let mut reached = (0, root.span());
    let mut key_span: Option<Range<usize>> = None;
    let mut table = Some(root.get_ref());
    let mut list = None;
    for (depth, part) in path.iter().enumerate() {
        let next = match part {
            Part::Key(name) => table.and_then(|table| table.get_key_value(name.as_ref())).map(|(key, value)| {
                key_span = Some(key.span());
                value
            }),
            Part::Index(index) => {
                key_span = None;
                list.and_then(|list: &toml::de::DeArray<'_>| list.get(*index))
            }
        };
        let Some(value) = next else {
            // A missing key is located at the table that the path has reached, by its name.
            return (reached.0, key_span.unwrap_or(reached.1));
        };
        reached = (depth + 1, value.span());
        (table, list) = match value.get_ref() {
            DeValue::Table(table) => (Some(table), None),
            DeValue::Array(list) => (None, Some(list)),
            _ => (None, None),
        };
    }
    match (key, key_span) {
        (Key::Itself, Some(span)) => (reached.0, span),
        _ => reached,
    }
}
