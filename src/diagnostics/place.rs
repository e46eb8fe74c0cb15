//! Places: a rule says where by a path of keys, and one place here turns paths into bytes.

use std::borrow::Cow;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// One step of a path into the definition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// A key of a table.
    Key(Cow<'static, str>),
    /// A place in a list, from 0.
    Index(usize),
}

/// Whether a path means a key or what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The key itself.
    Itself,
    /// Its value.
    Value,
}

/// Where a finding is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
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

impl At {
    /// The value behind a path of keys.
    pub fn value(path: Vec<Part>) -> Self {
        Self::Path(path, Key::Value)
    }

    /// The last key of the path, instead of what stands behind it.
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

    /// The path as a TOML key: `environments.production.after`.
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
pub struct Located<'a> {
    /// The file's path from the root of the repository.
    pub file: &'a str,
    /// The file's text; empty for a file that nobody read.
    pub text: &'a str,
    /// Its bytes; none for the whole file.
    pub range: Option<Range<usize>>,
}

impl Located<'_> {
    /// Line and column of the first byte, from 1; a column counts characters.
    pub fn line_and_column(&self) -> (usize, usize) {
        let start = self.range.as_ref().map_or(0, |range| range.start);
        let before = self.text.get(..start).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.chars().count() + 1)
    }

    /// Line and column behind the last byte.
    pub fn end(&self) -> (usize, usize) {
        let end = self.range.as_ref().map_or(0, |range| range.end);
        Located { range: Some(end..end), ..self.clone() }.line_and_column()
    }
}

/// Turns paths into bytes; the files are parsed once, when the first path is asked for.
pub struct Locator<'a> {
    sources: Vec<Source<'a>>,
    tables: Vec<Spanned<DeTable<'a>>>,
}

impl<'a> Locator<'a> {
    /// A locator over a definition, what it extends behind it, and any other files.
    pub fn new(definitions: &[Source<'a>], others: &[Source<'a>]) -> Self {
        let tables = definitions.iter().map(|source| DeTable::parse_recoverable(source.text).0).collect();
        Self { sources: definitions.iter().chain(others).copied().collect(), tables }
    }

    /// The same, over these files too.
    #[must_use]
    pub fn with(mut self, others: impl IntoIterator<Item = Source<'a>>) -> Self {
        self.sources.extend(others);
        self
    }

    /// Where a place is. A path that stands in no file ends at its last key that does, in the first file that has it.
    pub fn locate(&self, at: &At) -> Located<'a> {
        match at {
            At::Path(path, key) => {
                let mut best: (usize, usize, Range<usize>) = (0, 0, 0..0);
                for (index, table) in self.tables.iter().enumerate() {
                    let (depth, range) = walk(table, path, *key);
                    if depth > best.1 {
                        best = (index, depth, range);
                    }
                }
                let source = self.sources.get(best.0).copied().unwrap_or(Source { file: "", text: "" });
                let range = (best.1 > 0).then_some(best.2);
                Located { file: source.file, text: source.text, range }
            }
            At::Bytes { file, range } => {
                let source = self.sources.iter().find(|source| source.file == file).copied();
                let source = source.unwrap_or(Source { file: "", text: "" });
                let end = range.1.min(source.text.len());
                Located { file: source.file, text: source.text, range: Some(range.0.min(end)..end) }
            }
            At::File(file) => self.sources.iter().find(|source| source.file == file).map_or(
                Located { file: "", text: "", range: None },
                |source| Located { file: source.file, text: source.text, range: None },
            ),
        }
    }
}

/// How far a path reaches into a table, and the bytes of what it reaches.
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
            // What is missing is missing from the table that the path has reached: its name says which.
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
