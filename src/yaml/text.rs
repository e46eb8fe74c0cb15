//! Texts, each in the form that suits it.

use super::style::{self, Place, Style};

/// Appends a text. `indent` is that of the line on which it starts.
pub(super) fn push(out: &mut String, text: &str, indent: usize, place: Place) {
    match style::of(text, place) {
        Style::Plain => out.push_str(text),
        Style::Single => push_single(out, text),
        Style::Double => push_double(out, text),
        Style::Block => push_block(out, text, indent + 2),
    }
}

/// Appends so many spaces.
pub(super) fn indent(out: &mut String, width: usize) {
    const SPACES: &str = "                                ";
    let mut left = width;
    while left > 0 {
        let step = left.min(SPACES.len());
        out.push_str(SPACES.get(..step).unwrap_or_default());
        left -= step;
    }
}

fn push_single(out: &mut String, text: &str) {
    out.push('\'');
    for (position, part) in text.split('\'').enumerate() {
        if position > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

fn push_double(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if style::shown(c) => out.push(c),
            c => push_escape(out, u32::from(c)),
        }
    }
    out.push('"');
}

fn push_escape(out: &mut String, code: u32) {
    let escape = match code {
        0..=0xff => format!("\\x{code:02X}"),
        0x100..=0xffff => format!("\\u{code:04X}"),
        _ => format!("\\U{code:08X}"),
    };
    out.push_str(&escape);
}

/// Appends a literal block and ends its last line.
fn push_block(out: &mut String, text: &str, width: usize) {
    let body = text.strip_suffix('\n');
    out.push_str(if body.is_some() { "|\n" } else { "|-\n" });
    for line in body.unwrap_or(text).split('\n') {
        if !line.is_empty() {
            indent(out, width);
            out.push_str(line);
        }
        out.push('\n');
    }
}
