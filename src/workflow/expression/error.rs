//! Errors in expressions, with their spans.

use std::{error, fmt};

/// A range of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// The range from `start` up to, and without, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The smallest range that contains both.
    pub(super) fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// The same range in a text that starts `by` bytes earlier.
    pub(super) const fn shifted(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }
}

/// An error in an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Description of the error.
    pub message: String,
    /// Text to write instead, if known.
    pub help: Option<String>,
    /// Location of the error.
    pub span: Span,
}

impl Error {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None, span }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn shifted(mut self, by: usize) -> Self {
        self.span = self.span.shifted(by);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at byte {})", self.message, self.span.start)
    }
}

impl error::Error for Error {}

/// Quotes input for a message, on one line and shortened.
pub(super) fn quoted(piece: &str) -> String {
    const LONGEST: usize = 40;
    let mut short = String::new();
    for c in piece.chars().take(LONGEST) {
        match c {
            // Escapes that would hide nothing.
            '\'' | '"' | '\\' => short.push(c),
            c => short.extend(c.escape_debug()),
        }
    }
    if piece.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}
