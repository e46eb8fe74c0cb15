//! The tree, written out.

use std::collections::HashSet;

use super::{
    Entry, Error, Item, Node, comment,
    style::{self, Place, Style},
    text,
};

/// Readers give up on a key without a colon after so many characters.
///
/// Source: <https://yaml.org/spec/1.2.2/#example-single-pair-explicit-entry>, implicit keys.
const LONGEST_KEY: usize = 1024;

/// Writes a document: the header as comment lines, a blank line, the root; with line feeds, and one at the end.
///
/// The writer adds no trailing space. Spaces at the end of a line within a text are data and stay.
///
/// # Errors
///
/// [`Error::LongKey`] for a key that takes more than 1,024 characters, [`Error::RepeatedKey`] for a key that is
/// twice in a mapping.
pub fn write(header: &[String], root: &Node<'_>) -> Result<String, Error> {
    let mut writer = Writer { out: String::with_capacity(16 * 1024) };
    for text in header {
        writer.comment(text, 0);
    }
    if !header.is_empty() {
        writer.out.push('\n');
    }
    match root {
        Node::Map(entries) if !entries.is_empty() => writer.map(entries, 0, Lead::Own, true)?,
        Node::Seq(items) if !items.is_empty() => writer.seq(items, 0, Lead::Own)?,
        _ => writer.inline(root, 0, Place::Value)?,
    }
    if !writer.out.ends_with('\n') {
        writer.out.push('\n');
    }
    Ok(writer.out)
}

/// Writer of the lines above the first child: the child, or the dash on its line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    Own,
    Above,
}

struct Writer {
    out: String,
}

impl Writer {
    /// Writes a block mapping that starts at the cursor and ends its last line.
    fn map(&mut self, entries: &[Entry<'_>], indent: usize, lead: Lead, root: bool) -> Result<(), Error> {
        refuse_repeated(entries)?;
        for (position, entry) in entries.iter().enumerate() {
            if position > 0 || lead == Lead::Own {
                self.above(
                    entry.blank_before && position > 0,
                    &entry.head,
                    entry.tail.as_deref(),
                    &entry.value,
                    indent,
                );
                self.indent(indent);
            }
            self.key(&entry.key, root, Place::Key)?;
            self.value(entry, indent)?;
        }
        Ok(())
    }

    /// Writes the text after a key's colon.
    fn value(&mut self, entry: &Entry<'_>, indent: usize) -> Result<(), Error> {
        match &entry.value {
            Node::Map(entries) if !entries.is_empty() => {
                self.out.push('\n');
                return self.map(entries, indent + 2, Lead::Own, false);
            }
            Node::Seq(items) if !items.is_empty() => {
                self.out.push('\n');
                return self.seq(items, indent + 2, Lead::Own);
            }
            Node::Null => {}
            value => {
                self.out.push(' ');
                self.inline(value, indent, Place::Value)?;
            }
        }
        self.end_line(entry.tail.as_deref());
        Ok(())
    }

    /// Writes a block sequence that starts at the cursor and ends its last line.
    fn seq(&mut self, items: &[Item<'_>], indent: usize, lead: Lead) -> Result<(), Error> {
        for (position, item) in items.iter().enumerate() {
            if position > 0 || lead == Lead::Own {
                self.above(item.blank_before && position > 0, &item.head, item.tail.as_deref(), &item.value, indent);
                self.above_first_child(&item.value, indent);
                self.indent(indent);
            }
            self.out.push_str("- ");
            match &item.value {
                Node::Map(entries) if !entries.is_empty() => {
                    self.map(entries, indent + 2, Lead::Above, false)?;
                }
                Node::Seq(items) if !items.is_empty() => {
                    self.seq(items, indent + 2, Lead::Above)?;
                }
                value => {
                    self.inline(value, indent, Place::Value)?;
                    self.end_line(item.tail.as_deref());
                }
            }
        }
        Ok(())
    }

    /// Writes above a dash what belongs to the child that shares its line.
    fn above_first_child(&mut self, value: &Node<'_>, indent: usize) {
        match value {
            Node::Map(entries) => {
                if let Some(first) = entries.first() {
                    self.above(false, &first.head, first.tail.as_deref(), &first.value, indent);
                }
            }
            Node::Seq(items) => {
                if let Some(first) = items.first() {
                    self.above(false, &first.head, first.tail.as_deref(), &first.value, indent);
                    self.above_first_child(&first.value, indent);
                }
            }
            _ => {}
        }
    }

    /// Writes the lines above a child: a blank line, its comments, and a tail that fits on no line.
    fn above(&mut self, blank: bool, head: &[String], tail: Option<&str>, value: &Node<'_>, indent: usize) {
        if blank {
            self.out.push('\n');
        }
        for text in head {
            self.comment(text, indent);
        }
        if let Some(tail) = tail
            && takes_lines(value)
        {
            self.comment(tail, indent);
        }
    }

    /// Writes a comment, on as many lines as its text has.
    fn comment(&mut self, text: &str, indent: usize) {
        for line in comment::lines(text) {
            self.indent(indent);
            self.out.push('#');
            comment::push_line(&mut self.out, line);
            self.out.push('\n');
        }
    }

    /// Ends a line, unless a block text has done so, in which case its tail is above.
    fn end_line(&mut self, tail: Option<&str>) {
        if self.out.ends_with('\n') {
            return;
        }
        if let Some(tail) = tail {
            comment::push_tail(&mut self.out, tail);
        }
        self.out.push('\n');
    }

    /// Writes a key and its colon.
    fn key(&mut self, key: &str, root: bool, place: Place) -> Result<(), Error> {
        let start = self.out.len();
        if root && key == "on" {
            self.out.push_str(key);
        } else {
            text::push(&mut self.out, key, 0, place);
        }
        let written = self.out.get(start..).unwrap_or_default();
        if written.len() > LONGEST_KEY && written.chars().count() > LONGEST_KEY {
            return Err(Error::LongKey(key.to_owned()));
        }
        self.out.push(':');
        Ok(())
    }

    /// Writes a value at the cursor. Only a block text takes further lines.
    fn inline(&mut self, value: &Node<'_>, indent: usize, place: Place) -> Result<(), Error> {
        match value {
            Node::Null => self.out.push_str("null"),
            Node::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Node::Int(value) => self.out.push_str(&value.to_string()),
            Node::Str(text) => text::push(&mut self.out, text, indent, place),
            Node::Seq(items) => self.flow(items.iter().map(|item| &item.value), indent)?,
            Node::FlowSeq(items) => self.flow(items.iter(), indent)?,
            Node::Map(entries) => self.flow_map(entries, indent)?,
        }
        Ok(())
    }

    /// Writes `[a, b]`.
    fn flow<'n>(&mut self, items: impl Iterator<Item = &'n Node<'n>>, indent: usize) -> Result<(), Error> {
        self.out.push('[');
        for (position, item) in items.enumerate() {
            if position > 0 {
                self.out.push_str(", ");
            }
            self.inline(item, indent, Place::Flow)?;
        }
        self.out.push(']');
        Ok(())
    }

    /// Writes `{a: b}`.
    fn flow_map(&mut self, entries: &[Entry<'_>], indent: usize) -> Result<(), Error> {
        refuse_repeated(entries)?;
        self.out.push('{');
        for (position, entry) in entries.iter().enumerate() {
            if position > 0 {
                self.out.push_str(", ");
            }
            self.key(&entry.key, false, Place::Flow)?;
            self.out.push(' ');
            self.inline(&entry.value, indent, Place::Flow)?;
        }
        self.out.push('}');
        Ok(())
    }

    fn indent(&mut self, width: usize) {
        text::indent(&mut self.out, width);
    }
}

/// Returns whether a value takes separate lines, so that no comment can follow it.
fn takes_lines(value: &Node<'_>) -> bool {
    match value {
        Node::Str(text) => text.contains('\n') && style::of(text, Place::Value) == Style::Block,
        Node::Seq(items) => !items.is_empty(),
        Node::Map(entries) => !entries.is_empty(),
        Node::Null | Node::Bool(_) | Node::Int(_) | Node::FlowSeq(_) => false,
    }
}

fn refuse_repeated(entries: &[Entry<'_>]) -> Result<(), Error> {
    let repeated = if entries.len() <= 24 {
        // Nearly every mapping is so small that comparing pairs is the faster way.
        entries.iter().enumerate().find(|(at, entry)| entries.iter().take(*at).any(|above| above.key == entry.key))
    } else {
        let mut seen = HashSet::with_capacity(entries.len());
        entries.iter().enumerate().find(|(_, entry)| !seen.insert(entry.key.as_ref()))
    };
    repeated.map_or(Ok(()), |(_, entry)| Err(Error::RepeatedKey(entry.key.clone().into_owned())))
}
