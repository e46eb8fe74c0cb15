//! Lines and columns of a text, found without reading it again for each place.

use std::ops::Range;

/// Bytes between two places at which characters have been counted.
const BLOCK: usize = 1024;

/// A text's line starts, and the number of characters before each block of it.
#[derive(Debug)]
pub(super) struct Lines {
    starts: Vec<usize>,
    counted: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(index, _)| index + 1));
        let mut counted = vec![0];
        let mut characters = 0;
        for block in text.as_bytes().chunks(BLOCK) {
            characters += block.iter().filter(|byte| is_first(**byte)).count();
            counted.push(characters);
        }
        Self { starts, counted }
    }

    /// Line and column of a byte, from 1; a column counts characters.
    pub(super) fn line_and_column(&self, text: &str, at: usize) -> (usize, usize) {
        let line = self.line(at);
        let start = self.starts.get(line).copied().unwrap_or_default();
        (line + 1, self.characters(text, at).saturating_sub(self.characters(text, start)) + 1)
    }

    /// The bytes of the lines that a range touches and of the line before them, and the number of the first one, from 1.
    pub(super) fn around(&self, text: &str, range: &Range<usize>) -> (Range<usize>, usize) {
        let first = self.line(range.start).saturating_sub(1);
        let start = self.starts.get(first).copied().unwrap_or_default();
        let end = self.starts.get(self.line(range.end) + 1).copied().unwrap_or(text.len());
        (start..end, first + 1)
    }

    /// The line of a byte, from 0.
    fn line(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at).saturating_sub(1)
    }

    /// Characters that begin before a byte.
    fn characters(&self, text: &str, at: usize) -> usize {
        let block = at / BLOCK;
        let rest = text.as_bytes().get(block * BLOCK..at).unwrap_or_default();
        self.counted.get(block).copied().unwrap_or_default() + rest.iter().filter(|byte| is_first(**byte)).count()
    }
}

/// Returns whether a byte is the first of a character.
fn is_first(byte: u8) -> bool {
    byte & 0b1100_0000 != 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_counting() {
        let long = "é=".repeat(BLOCK) + "\nx\n\n" + &"=é日\n".repeat(BLOCK) + "end";
        for text in ["", "a", "\n", "a\n", "é\nb", &long] {
            let lines = Lines::of(text);
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let before = &text[..at];
                let line = before.rsplit('\n').next().unwrap_or_default();
                let counted = (before.matches('\n').count() + 1, line.chars().count() + 1);
                assert_eq!(lines.line_and_column(text, at), counted, "{at}");
            }
        }
    }

    #[test]
    fn a_place_is_shown_with_the_line_before_it() {
        let text = "a\nb\nc\nd\n";
        let lines = Lines::of(text);
        assert_eq!(lines.around(text, &(4..5)), (2..6, 2));
        assert_eq!(lines.around(text, &(0..3)), (0..4, 1));
        assert_eq!(lines.around(text, &(8..8)), (6..8, 4));
    }
}
