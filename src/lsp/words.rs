//! Keys and values of a text, with the path of each: also of a text that is still being typed, and does not parse.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind as Kind};

use crate::diagnostics::Part;

/// Parts of the longest path of a word: no key of the language is as deep.
const DEEPEST: usize = 16;

/// Bytes of the longest key that is looked at.
const LONGEST: usize = 256;

/// Use of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A part of the header of a table.
    Header,
    /// A part of a key.
    Key,
    /// A value that is no list and no table.
    Value,
}

/// A word of a definition, or a place for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) role: Role,
    /// The path to a key, itself included, or to a value.
    pub(super) path: Vec<Part>,
    /// Its bytes, with quotes.
    pub(super) range: Range<usize>,
    /// Its text, without quotes.
    pub(super) text: String,
}

impl Word {
    /// The path of the table that has the key.
    pub(super) fn table(&self) -> &[Part] {
        self.path.split_last().map_or(&[], |(_, table)| table)
    }

    /// Returns whether it is the name of an entry of this table.
    pub(super) fn declares(&self, table: &[Part]) -> bool {
        self.role != Role::Value && self.path.len() == table.len() + 1 && self.path.starts_with(table)
    }
}

/// Returns the words of a text in their order.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word> {
    let mut scan = Scan::of(text);
    scan.source.lex().filter_map(move |token| scan.read(token))
}

/// Returns the word at a byte, or the place for one there; none in a comment, and where nothing can be written.
pub(super) fn at(text: &str, byte: usize) -> Option<Word> {
    let mut scan = Scan::of(text);
    for token in scan.source.lex() {
        let (start, end) = (token.span().start(), token.span().end());
        match token.kind() {
            _ if end < byte => drop(scan.read(token)),
            Kind::Comment if start < byte => return None,
            Kind::Atom | Kind::BasicString | Kind::LiteralString | Kind::MlBasicString | Kind::MlLiteralString
                if start <= byte =>
            {
                // An empty line behind the end of a text in several lines is another place.
                return scan.read(token);
            }
            _ if start >= byte => break,
            _ => drop(scan.read(token)),
        }
    }
    scan.gap(byte)
}

/// Expected next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Key,
    /// `=`, or a further part of a key.
    Equals,
    Value,
    /// A comma, a bracket or the end of the line.
    End,
}

/// A bracket that is open, with the path of its content.
enum Open {
    Header { is_list: bool },
    Table(Vec<Part>),
    List(Vec<Part>, usize),
}

struct Scan<'t> {
    text: &'t str,
    source: Source<'t>,
    /// The table of the lines.
    header: Vec<Part>,
    /// The number of tables below each `[[header]]`.
    lists: BTreeMap<Vec<Part>, usize>,
    open: Vec<Open>,
    /// The key that is read or was read last, from the root.
    key: Vec<Part>,
    expect: Expect,
}

impl<'t> Scan<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text,
            source: Source::new(text),
            header: Vec::new(),
            lists: BTreeMap::new(),
            open: Vec::new(),
            key: Vec::new(),
            expect: Expect::Key,
        }
    }

    /// Reads a token, and returns it if it is a word.
    fn read(&mut self, token: Token) -> Option<Word> {
        match token.kind() {
            Kind::Newline => self.end_line(token.span().end()),
            Kind::Dot if self.expect == Expect::Equals => self.expect = Expect::Key,
            Kind::Equals if self.expect == Expect::Equals => self.expect = Expect::Value,
            Kind::Comma => self.next_item(),
            Kind::LeftSquareBracket => self.open_list(),
            Kind::RightSquareBracket => self.close_list(),
            Kind::LeftCurlyBracket if self.expect == Expect::Value => {
                self.key = self.value_path();
                self.open.push(Open::Table(self.key.clone()));
                self.expect = Expect::Key;
            }
            Kind::RightCurlyBracket => self.close(|open| matches!(open, Open::Table(_))),
            Kind::Whitespace | Kind::Comment | Kind::Eof | Kind::Dot | Kind::Equals | Kind::LeftCurlyBracket => {}
            _ => return self.word(token),
        }
        None
    }

    fn word(&mut self, token: Token) -> Option<Word> {
        let raw = self.source.get(token)?;
        let mut text = Cow::Borrowed("");
        raw.decode_key(&mut text, &mut ());
        let (role, path) = match self.expect {
            Expect::Key => {
                self.enter_list();
                push(&mut self.key, Part::from(if text.len() > LONGEST { "" } else { text.as_ref() }));
                self.expect = Expect::Equals;
                (self.key_role(), self.key.clone())
            }
            Expect::Value => {
                self.expect = Expect::End;
                (Role::Value, self.value_path())
            }
            Expect::Equals | Expect::End => return None,
        };
        let range = token.span().start()..token.span().end();
        (path.len() <= DEEPEST).then(|| Word { role, path, range, text: text.into_owned() })
    }

    /// The place for a word between others.
    fn gap(mut self, byte: usize) -> Option<Word> {
        let (role, path) = match self.expect {
            Expect::Key => {
                self.enter_list();
                push(&mut self.key, Part::from(""));
                (self.key_role(), self.key.clone())
            }
            Expect::Value => (Role::Value, self.value_path()),
            Expect::Equals | Expect::End => return None,
        };
        (path.len() <= DEEPEST).then(|| Word { role, path, range: byte..byte, text: String::new() })
    }

    fn key_role(&self) -> Role {
        if matches!(self.open.last(), Some(Open::Header { .. })) { Role::Header } else { Role::Key }
    }

    /// The path of the value that is expected.
    fn value_path(&self) -> Vec<Part> {
        match self.open.last() {
            Some(Open::List(path, index)) => {
                let mut path = path.clone();
                push(&mut path, Part::Index(*index));
                path
            }
            _ => self.key.clone(),
        }
    }

    /// A header that leads through `[[header]]` is one of its last table.
    fn enter_list(&mut self) {
        if let (Some(count), Role::Header) = (self.lists.get(&self.key), self.key_role()) {
            let last = Part::Index(count.saturating_sub(1));
            push(&mut self.key, last);
        }
    }

    fn open_list(&mut self) {
        match (self.expect, self.open.last_mut()) {
            (Expect::Value, _) => {
                self.key = self.value_path();
                self.open.push(Open::List(self.key.clone(), 0));
            }
            (Expect::Key, Some(Open::Header { is_list })) if self.key.is_empty() => *is_list = true,
            (Expect::Key, None) => {
                self.key.clear();
                self.open.push(Open::Header { is_list: false });
            }
            _ => {}
        }
    }

    fn close_list(&mut self) {
        match self.open.last() {
            Some(Open::Header { is_list }) => {
                let is_list = *is_list;
                self.end_header(is_list);
            }
            Some(_) => self.close(|open| matches!(open, Open::List(..))),
            None => {}
        }
    }

    /// Closes the innermost bracket of a kind, and those in it.
    fn close(&mut self, is_kind: impl Fn(&Open) -> bool) {
        if let Some(index) = self.open.iter().rposition(is_kind) {
            self.open.truncate(index);
            self.expect = Expect::End;
        }
    }

    fn end_header(&mut self, is_list: bool) {
        self.open.clear();
        self.header.clone_from(&self.key);
        if is_list {
            let count = self.lists.entry(self.header.clone()).or_default();
            push(&mut self.header, Part::Index(*count));
            *count += 1;
        }
        self.expect = Expect::End;
    }

    fn next_item(&mut self) {
        match self.open.last_mut() {
            Some(Open::List(_, index)) => {
                *index += 1;
                self.expect = Expect::Value;
            }
            Some(Open::Table(path)) => {
                self.key.clone_from(path);
                self.expect = Expect::Key;
            }
            Some(Open::Header { .. }) | None => {}
        }
    }

    /// Ends a line whose next one starts at a byte.
    fn end_line(&mut self, next: usize) {
        match self.open.last() {
            // A bracket alone begins no table yet.
            Some(Open::Header { .. }) if self.key.is_empty() => self.open.clear(),
            Some(Open::Header { .. }) => self.end_header(false),
            _ => {}
        }
        let line = self.text.get(next..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        if begins_anew(line) {
            self.open.clear();
        }
        if self.open.is_empty() {
            self.key.clone_from(&self.header);
            self.expect = Expect::Key;
        }
    }
}

/// Makes a path longer, up to one part more than any word has.
fn push(path: &mut Vec<Part>, part: Part) {
    if path.len() <= DEEPEST {
        path.push(part);
    }
}

/// Returns whether a line begins a table or a key in its first column: a bracket that is open before it was forgotten.
fn begins_anew(line: &str) -> bool {
    let is_key = |text: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | ' ');
        text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.chars().all(is_letter)
    };
    match line.strip_prefix('[') {
        Some(rest) => {
            let rest = rest.strip_prefix('[').unwrap_or(rest);
            rest.split_once(']').is_some_and(|(name, behind)| is_key(name) && !behind.contains(','))
        }
        None => line.split_once('=').is_some_and(|(key, _)| is_key(key)),
    }
}
