//! From a fix to the bytes that it replaces, with comments and layout as they are.

use std::collections::BTreeSet;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fix::{Edit, Fix};
use super::place::{Location, Locator, Part, Source};

/// Bytes of a file, and the text in their place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replacement {
    /// The file's path from the root of the repository.
    pub file: String,
    /// Start and end of the bytes.
    pub range: (usize, usize),
    /// The new text.
    pub text: String,
}

/// Returns the replacements of a fix, sorted; none if it is not certain in this text.
pub fn replacements(fix: &Fix, locator: &Locator<'_>) -> Option<Vec<Replacement>> {
    let mut all = Vec::new();
    for edit in &fix.edits {
        all.extend(of(edit, locator)?);
    }
    all.sort();
    Some(all)
}

/// Applies replacements of one file, which do not overlap.
pub fn applied<'r>(text: &str, replacements: impl IntoIterator<Item = &'r Replacement>) -> String {
    let mut after = String::with_capacity(text.len());
    let mut end = 0;
    for Replacement { range, text: new, .. } in replacements {
        after.push_str(text.get(end..range.0).unwrap_or_default());
        after.push_str(new);
        end = range.1;
    }
    after + text.get(end..).unwrap_or_default()
}

/// An entry of a definition: the file, the table that holds it, and its bytes.
struct Entry<'l> {
    source: Source<'l>,
    path: &'l [Part],
    root: &'l DeTable<'l>,
    holder: &'l DeTable<'l>,
    key: Range<usize>,
    value: &'l Spanned<DeValue<'l>>,
}

impl<'l> Entry<'l> {
    /// Finds the entry in the first text that has it.
    fn find(at: &'l Location, locator: &'l Locator<'l>) -> Option<Self> {
        let Location::Path(path, _) = at else { return None };
        let (Part::Key(last), above) = path.split_last()? else { return None };
        locator.definitions().find_map(|(source, root)| {
            let holder = table(root, above)?;
            let (key, value) = holder.get_key_value(last.as_ref())?;
            Some(Self { source, path, root, holder, key: key.span(), value })
        })
    }

    fn replacement(&self, range: Range<usize>, text: impl Into<String>) -> Replacement {
        Replacement { file: self.source.file.to_owned(), range: (range.start, range.end), text: text.into() }
    }

    /// Bytes from the key to the value, where it is `key = value`.
    fn whole(&self) -> Option<Range<usize>> {
        let range = self.key.start..self.value.span().end;
        let between = self.source.text.get(self.key.end..self.value.span().start)?;
        (between.trim() == "=").then_some(range)
    }

    /// The lines of the entry, where no other entry is in them; the second range has no end of the line.
    fn lines(&self) -> Option<(Range<usize>, Range<usize>)> {
        let text = self.source.text;
        let whole = self.whole()?;
        let start = text.get(..whole.start)?.rfind('\n').map_or(0, |end| end + 1);
        let rest = text.get(whole.end..)?;
        let length = rest.find('\n').unwrap_or(rest.len());
        let behind = rest.get(..length)?.trim();
        let is_alone =
            text.get(start..whole.start)?.trim().is_empty() && (behind.is_empty() || behind.starts_with('#'));
        let end = whole.end + length;
        is_alone.then(|| {
            (
                start..text.len().min(end + 1),
                whole.start..whole.start.max(text.get(..end).map_or(end, |it| it.trim_end().len())),
            )
        })
    }

    /// Bytes of the entry of an inline table, with the comma that it leaves.
    fn inline(&self) -> Option<Range<usize>> {
        let text = self.source.text;
        let whole = self.whole()?;
        let rest = text.get(whole.end..)?;
        let behind = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if rest.get(behind..)?.starts_with(',') {
            let after = rest.get(behind + 1..)?;
            let spaces = after.len() - after.trim_start_matches([' ', '\t']).len();
            return Some(whole.start..whole.end + behind + 1 + spaces);
        }
        let before = text.get(..whole.start)?.trim_end_matches([' ', '\t']);
        match before.strip_suffix(',') {
            Some(before) => Some(before.trim_end_matches([' ', '\t']).len()..whole.end),
            None => before.ends_with('{').then_some(whole.start..whole.end + behind),
        }
    }

    /// Every place that has the key: a table may have several headers, and a dotted key several lines.
    fn keys(&self) -> BTreeSet<(usize, usize)> {
        let mut found = BTreeSet::from([(self.key.start, self.key.end)]);
        if let DeValue::Table(table) = self.value.get_ref() {
            let written = self.source.text.get(self.key.clone()).unwrap_or_default();
            below(table, 1, &mut |start, depth| {
                let before = self.source.text.get(..start).unwrap_or_default();
                found.extend(
                    part_before(before, depth).filter(|range| self.source.text.get(range.0..range.1) == Some(written)),
                );
            });
        }
        found
    }
}

/// Visits the start of every key below a table, with its depth.
fn below(table: &DeTable<'_>, depth: usize, visit: &mut dyn FnMut(usize, usize)) {
    for (key, value) in table {
        visit(key.span().start, depth);
        if let DeValue::Table(inner) = value.get_ref() {
            below(inner, depth + 1, visit);
        }
    }
}

/// The part of a dotted key this number of parts before the end of a text.
fn part_before(text: &str, parts: usize) -> Option<(usize, usize)> {
    let mut rest = text;
    let mut range = (0, 0);
    for _ in 0..parts {
        rest = rest.trim_end_matches([' ', '\t']).strip_suffix('.')?.trim_end_matches([' ', '\t']);
        let end = rest.len();
        rest = match rest.chars().last()? {
            quote @ ('"' | '\'') => rest.strip_suffix(quote)?.rfind(quote).and_then(|start| rest.get(..start))?,
            _ => rest.trim_end_matches(|letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')),
        };
        range = (rest.len(), end);
    }
    Some(range)
}

fn of(edit: &Edit, locator: &Locator<'_>) -> Option<Vec<Replacement>> {
    match edit {
        Edit::Rename(at, name) => {
            let entry = Entry::find(at, locator)?;
            let first = name.split('.').next().unwrap_or(name);
            // Another key of that name is a choice between both.
            let is_free = entry.holder.get(first).is_none_or(|_| first.len() < name.len());
            let one = |(start, end)| entry.replacement(start..end, name.as_str());
            is_free.then(|| entry.keys().into_iter().map(one).collect())
        }
        Edit::Replace(at, value) => {
            let located = locator.locate(at);
            let range = located.range.filter(|_| matches!(at, Location::Bytes { .. }) || locator.has(at))?;
            let (file, range) = (located.file.to_owned(), (range.start, range.end));
            Some(vec![Replacement { file, range, text: value.clone() }])
        }
        Edit::Remove(at) => {
            let entry = Entry::find(at, locator)?;
            let range = entry.lines().map(|(lines, _)| lines).or_else(|| entry.inline())?;
            Some(vec![entry.replacement(range, "")])
        }
        Edit::Move(at, to) => moved(&Entry::find(at, locator)?, to),
    }
}

/// Moves an entry behind the header of another table of the same text, or to the start of an inline one.
fn moved(entry: &Entry<'_>, to: &Location) -> Option<Vec<Replacement>> {
    let Location::Path(target, _) = to else { return None };
    let (Part::Key(name), above) = target.split_last()? else { return None };
    let (key, value) = table(entry.root, above)?.get_key_value(name.as_ref())?;
    let DeValue::Table(inner) = value.get_ref() else { return None };
    let Part::Key(own) = entry.path.last()? else { return None };
    if inner.contains_key(own.as_ref()) {
        return None;
    }
    let text = entry.source.text;
    let line = text.get(..key.span().start)?.rfind('\n').map_or(0, |end| end + 1);
    let is_header = text.get(line..key.span().start)?.trim_start().starts_with('[');
    let behind = text.get(key.span().end..)?;
    let (lines, content) = entry.lines()?;
    let removed = entry.replacement(lines, "");
    let inserted = if is_header && behind.trim_start_matches([' ', '\t']).starts_with(']') {
        let end = key.span().end + behind.find('\n').unwrap_or(behind.len());
        entry.replacement(end..end, format!("\n{}", text.get(content)?))
    } else if text.get(value.span())?.starts_with('{') {
        let start = value.span().start + 1;
        let whole = text.get(entry.whole()?)?;
        entry.replacement(start..start, if inner.is_empty() { format!(" {whole} ") } else { format!(" {whole},") })
    } else {
        return None;
    };
    Some(vec![removed, inserted])
}

/// The table at a path of keys.
fn table<'t>(root: &'t DeTable<'t>, path: &[Part]) -> Option<&'t DeTable<'t>> {
    let Some((first, rest)) = path.split_first() else { return Some(root) };
    let Part::Key(first) = first else { return None };
    inside(root.get(first.as_ref())?.get_ref(), rest)
}

fn inside<'t>(value: &'t DeValue<'t>, path: &[Part]) -> Option<&'t DeTable<'t>> {
    match (value, path.split_first()) {
        (DeValue::Table(table), None) => Some(table),
        (DeValue::Table(table), Some((Part::Key(key), rest))) => inside(table.get(key.as_ref())?.get_ref(), rest),
        (DeValue::Array(list), Some((Part::Index(index), rest))) => inside(list.get(*index)?.get_ref(), rest),
        _ => None,
    }
}
