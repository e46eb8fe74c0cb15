//! Lines and columns of the protocol, and the bytes that they name.
//!
//! Source: <https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/#position>.

use std::ops;

use serde::{Deserialize, Serialize};

/// Units in which a client counts columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16,
}

/// A line and a column, from 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) character: usize,
}

/// A range of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Range {
    pub(super) start: Position,
    pub(super) end: Position,
}

impl Encoding {
    /// The word for it.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16 => "utf-16",
        }
    }

    fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// A text with the starts of its lines.
pub(super) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
    encoding: Encoding,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        let bytes = text.as_bytes();
        let ends = |(index, byte): (usize, &u8)| match byte {
            b'\n' => Some(index + 1),
            b'\r' if bytes.get(index + 1) != Some(&b'\n') => Some(index + 1),
            _ => None,
        };
        let starts = std::iter::once(0).chain(bytes.iter().enumerate().filter_map(ends)).collect();
        Self { text, starts, encoding }
    }

    /// The position of a byte.
    pub(super) fn position(&self, byte: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= byte).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default();
        let before = self.text.get(start..byte).unwrap_or_default();
        Position { line, character: self.encoding.length(before) }
    }

    pub(super) fn range(&self, bytes: ops::Range<usize>) -> Range {
        Range { start: self.position(bytes.start), end: self.position(bytes.end) }
    }

    /// The byte at a position: the end of the line or of the text for one behind it.
    pub(super) fn byte(&self, position: Position) -> usize {
        let Some(&start) = self.starts.get(position.line) else { return self.text.len() };
        let end = self.starts.get(position.line + 1).copied().unwrap_or(self.text.len());
        let line = self.text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n']);
        let mut units = 0;
        for (offset, letter) in line.char_indices() {
            if units >= position.character {
                return start + offset;
            }
            units += self.encoding.length(letter.encode_utf8(&mut [0; 4]));
        }
        start + line.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Letters of one, two, three and four bytes; the last one is two units of UTF-16.
    const TEXT: &str = "aé日😀b\nc\r\n\rd";

    #[test]
    fn every_position_leads_back_to_its_byte() {
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::new(TEXT, encoding);
            for (byte, letter) in TEXT.char_indices().chain([(TEXT.len(), ' ')]) {
                // Between the characters of a line end is no position.
                let expected = if letter == '\n' && TEXT[..byte].ends_with('\r') { byte - 1 } else { byte };
                assert_eq!(lines.byte(lines.position(byte)), expected, "{byte} {encoding:?}");
            }
        }
    }

    #[test]
    fn columns_are_counted_in_units() {
        let at = |encoding, byte| Lines::new(TEXT, encoding).position(byte);
        let b = TEXT.find('b').expect("it is there");
        assert_eq!(at(Encoding::Utf8, b), Position { line: 0, character: 10 });
        assert_eq!(at(Encoding::Utf16, b), Position { line: 0, character: 5 });
        assert_eq!(at(Encoding::Utf16, TEXT.len()), Position { line: 3, character: 1 });
    }

    #[test]
    fn a_position_outside_is_the_end_of_its_line() {
        let lines = Lines::new(TEXT, Encoding::Utf16);
        let at = |line, character| lines.byte(Position { line, character });
        assert_eq!((at(0, 99), at(1, 99), at(9, 0)), (11, 13, TEXT.len()));
        assert_eq!(at(0, 4), 10, "the half of a letter is its end");
    }
}
