//! Errors of TOML: each with what to type, and without those that follow from another.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use toml::de::DeTable;

use crate::conflict;
use crate::diagnostics::{Code, Diagnostic, Fix, Location};
use crate::sources::Text;

const SYNTAX: Code = Code("syntax");

/// Lists the syntax errors of a file: the first of each line, since others follow from it.
pub(super) fn errors(text: &Text) -> Vec<Diagnostic> {
    if let Some(range) = conflict::marker(&text.text) {
        let at = Location::Bytes { file: text.file.clone(), range: (range.start, range.end) };
        let help = "keep one side, and remove the lines that start with `<<<<<<<`, `=======` and `>>>>>>>`";
        return vec![Diagnostic::error(SYNTAX, at, "a conflict of a merge is not resolved").help(help)];
    }
    let (_, mut errors) = DeTable::parse_recoverable(&text.text);
    errors.sort_by_key(|error| error.span().map_or(0, |range| range.start));
    let mut found = Vec::new();
    // Up to here errors follow from the one before.
    let mut covered = 0;
    let mut keys = None;
    let mut brackets = Brackets::of(&text.text);
    let mut reported = None;
    for error in errors {
        let range = error.span().unwrap_or_default();
        if range.start < covered {
            continue;
        }
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        covered = line(&text.text, range.start).end;
        let at = |range: Range<usize>| Location::Bytes { file: text.file.clone(), range: (range.start, range.end) };
        if message.starts_with("missing comma")
            && let Some(open) = brackets.unclosed(range.start)
        {
            let end = line(&text.text, open).end;
            let help = "close it with `]`, or write a comma before the next value";
            let again = reported.replace(open) == Some(open);
            covered = if again || end <= range.start { usize::MAX } else { end };
            if !again {
                found.push(Diagnostic::error(SYNTAX, at(open..open + 1), "this bracket is not closed").help(help));
            }
            continue;
        }
        let mut diagnostic = Diagnostic::error(SYNTAX, at(range.clone()), message);
        if diagnostic.message == "duplicate key" {
            let keys = keys.get_or_insert_with(|| Keys::of(&text.text));
            covered = covered.max(keys.end(range.start));
            if let Some(first) = keys.first(range.start) {
                diagnostic = diagnostic.related(at(first.clone()), "first defined here");
            }
        } else if is_yaml(&text.text, range.start) {
            // The lines of a mapping belong together.
            covered = mapping_end(&text.text, covered);
        }
        diagnostic.help = help(&text.text, &range, &diagnostic.message);
        let wrong = text.text.get(range.clone()).unwrap_or_default();
        let right = right(wrong, &diagnostic.message);
        // What a whole line means is no choice of a word.
        let is_offered =
            |right: &String| diagnostic.help.as_ref().is_some_and(|help| help.ends_with(&format!("`{right}`")));
        let right = right.filter(is_offered);
        diagnostic.fix = right.map(|right| Fix::replace(at(range), right));
        found.push(diagnostic);
    }
    found
}

/// The line that holds an offset, with its end.
fn line(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
    let rest = text.get(at..).unwrap_or_default();
    start..rest.find('\n').map_or(text.len(), |length| at + length + 1)
}

/// The text to type instead, where it is known.
fn help(text: &str, range: &Range<usize>, message: &str) -> Option<String> {
    let whole = text.get(line(text, range.start))?.trim();
    let wrong = text.get(range.clone()).unwrap_or_default();
    if message == "duplicate key" {
        if let Some(name) = whole.strip_prefix("[[").and_then(|rest| rest.split(']').next()) {
            return Some(format!("write `[{name}.<name>]`: tables of one kind have names"));
        }
        return Some("keep one of them".to_owned());
    }
    if let Some((key, value)) = whole.split_once(':')
        && is_yaml(text, range.start)
    {
        let (key, value) = (key.trim(), value.trim());
        return Some(match value {
            "" => format!("write `[{key}]`: this file is TOML, not YAML"),
            value => format!("write `{key} = {value}`"),
        });
    }
    if matches!(wrong, "null" | "nil" | "None") {
        return Some("remove the key: TOML has no value for nothing".to_owned());
    }
    match right(wrong, message) {
        Some(right) if wrong.contains(QUOTES) => Some(format!("write straight quotes: `{right}`")),
        Some(right) => Some(format!("write `{right}`")),
        None if wrong.contains(QUOTES) => Some("write straight quotes".to_owned()),
        None if whole.contains("//") && message.starts_with("unexpected key or value") => {
            Some("write `#` before a comment".to_owned())
        }
        _ => None,
    }
}

/// Quotes of other languages.
const QUOTES: [char; 4] = ['“', '”', '‘', '’'];

/// The only right form of a wrong value.
fn right(wrong: &str, message: &str) -> Option<String> {
    let is_word = !wrong.is_empty() && wrong.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'));
    match wrong {
        "True" | "False" => Some(wrong.to_lowercase()),
        _ if wrong.len() > 1 && wrong.starts_with(QUOTES) && wrong.ends_with(QUOTES) => {
            let inner = wrong.trim_matches(QUOTES);
            (!inner.contains(['"', '\\', '\n']) && !inner.contains(QUOTES)).then(|| format!("\"{inner}\""))
        }
        _ => (message.contains("must be quoted") && is_word).then(|| format!("\"{wrong}\"")),
    }
}

/// Returns whether an offset is the colon behind a key, as YAML has it.
fn is_yaml(text: &str, at: usize) -> bool {
    let rest = text.get(at..).unwrap_or_default();
    let before = text.get(line(text, at).start..at).unwrap_or_default().trim();
    let (key, colon) = match rest.strip_prefix(':') {
        Some(_) => (before, true),
        None => (before.strip_suffix(':').unwrap_or(before), before.ends_with(':')),
    };
    colon && !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// The end of the lines that are indented below a line.
fn mapping_end(text: &str, start: usize) -> usize {
    let lines = text.get(start..).unwrap_or_default().split_inclusive('\n');
    start + lines.take_while(|line| line.starts_with(' ')).map(str::len).sum::<usize>()
}

/// Brackets of a text, read once from its start: offsets are asked for in their order.
struct Brackets<'t> {
    rest: Peekable<CharIndices<'t>>,
    open: Vec<(usize, char)>,
    quote: Option<char>,
    before: char,
    comment: bool,
}

impl<'t> Brackets<'t> {
    fn of(text: &'t str) -> Self {
        Self { rest: text.char_indices().peekable(), open: Vec::new(), quote: None, before: '\0', comment: false }
    }

    /// The innermost bracket that is open at an offset, if it is that of a list.
    fn unclosed(&mut self, at: usize) -> Option<usize> {
        while let Some((index, c)) = self.rest.next_if(|(index, _)| *index < at) {
            self.read(index, c);
        }
        self.open.last().filter(|(_, c)| *c == '[').map(|(index, _)| *index)
    }

    fn read(&mut self, index: usize, c: char) {
        match (self.quote, c) {
            _ if self.comment => self.comment = c != '\n',
            (Some(own), c) if c == own && self.before != '\\' => self.quote = None,
            // A text of one line ends with it at the latest.
            (Some(_), '\n') => self.quote = None,
            (None, '"' | '\'') => self.quote = Some(c),
            (None, '#') => self.comment = true,
            (None, '[' | '{') => self.open.push((index, c)),
            (None, ']' | '}') => drop(self.open.pop()),
            _ => {}
        }
        self.before = if self.before == '\\' { '\0' } else { c };
    }
}

/// Definitions of keys, line by line: enough to find the first of two.
struct Keys {
    /// Whole keys, with the table before them, in the order of the file.
    all: Vec<(Range<usize>, String)>,
    first: BTreeMap<String, Range<usize>>,
    /// Starts of the lines that begin a table.
    tables: Vec<usize>,
}

impl Keys {
    fn of(text: &str) -> Self {
        let mut keys = Self { all: Vec::new(), first: BTreeMap::new(), tables: Vec::new() };
        let (mut start, mut table) = (0, String::new());
        for line in text.split_inclusive('\n') {
            let content = line.trim();
            let whole = if let Some(name) = content.strip_prefix('[') {
                keys.tables.push(start);
                let name = name.trim_start_matches('[').split(']').next().unwrap_or_default().trim();
                name.clone_into(&mut table);
                Some(table.clone())
            } else {
                content.split_once('=').map(|(key, _)| format!("{table}.{}", key.trim()))
            };
            if let Some(whole) = whole.filter(|_| !content.starts_with('#')) {
                let at = start + line.find(content).unwrap_or(0);
                let range = at..at + content.split('=').next().unwrap_or(content).trim_end().len();
                keys.first.entry(whole.clone()).or_insert_with(|| range.clone());
                keys.all.push((start..start + line.len(), whole));
            }
            start += line.len();
        }
        keys
    }

    /// The key whose line holds an offset.
    fn at(&self, at: usize) -> Option<&(Range<usize>, String)> {
        let behind = self.all.partition_point(|(line, _)| line.start <= at);
        self.all.get(behind.checked_sub(1)?).filter(|(line, _)| line.contains(&at))
    }

    /// The first definition of the key whose second one is at an offset.
    fn first(&self, at: usize) -> Option<&Range<usize>> {
        let (line, whole) = self.at(at)?;
        self.first.get(whole).filter(|first| first.start < line.start)
    }

    /// The end of what repeats with the key at an offset: its table, where that begins there.
    fn end(&self, at: usize) -> usize {
        let Some((line, _)) = self.at(at) else { return at };
        match self.tables.binary_search(&line.start) {
            Ok(index) => self.tables.get(index + 1).copied().unwrap_or(usize::MAX),
            Err(_) => line.end,
        }
    }
}
