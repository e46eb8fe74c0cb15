//! Lexer of expressions.

use super::{
    Comparison, MAX_LENGTH,
    error::{Error, Span, quoted},
    number,
};

/// A token and its span.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) span: Span,
}

/// Kind of a token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    Open,
    Close,
    OpenIndex,
    CloseIndex,
    Comma,
    Dot,
    Star,
    Not,
    And,
    Or,
    Compare(Comparison),
    Number(f64),
    Text(String),
    Name(String),
}

/// Splits an expression into tokens.
pub(super) fn tokens(source: &str) -> Result<Vec<Token>, Error> {
    // Bytes are never fewer than UTF-16 units, so counting is rarely needed.
    if source.len() > MAX_LENGTH && source.encode_utf16().count() > MAX_LENGTH {
        return Err(Error::new(
            Span::new(0, source.len()),
            format!("the expression is longer than {MAX_LENGTH} characters"),
        ));
    }
    let mut lexer = Lexer { source, at: 0, tokens: Vec::with_capacity(16) };
    while let Some(next) = lexer.rest().chars().next() {
        if matches!(next, ' ' | '\t' | '\r' | '\n') {
            lexer.at += 1;
        } else {
            let token = lexer.token(next)?;
            lexer.tokens.push(token);
        }
    }
    Ok(lexer.tokens)
}

struct Lexer<'s> {
    source: &'s str,
    at: usize,
    tokens: Vec<Token>,
}

impl<'s> Lexer<'s> {
    fn rest(&self) -> &'s str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn token(&mut self, first: char) -> Result<Token, Error> {
        let start = self.at;
        if let Some((kind, length)) = self.symbol() {
            self.at += length;
            return Ok(Token { kind, span: Span::new(start, self.at) });
        }
        let kind = match first {
            '\'' => self.text()?,
            '.' | '+' | '-' | '0'..='9' => self.number()?,
            _ => self.name()?,
        };
        Ok(Token { kind, span: Span::new(start, self.at) })
    }

    /// A token of punctuation, and its length.
    fn symbol(&self) -> Option<(TokenKind, usize)> {
        use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        let bytes = self.rest().as_bytes();
        let pair = match bytes.get(..2) {
            Some(b"&&") => Some(TokenKind::And),
            Some(b"||") => Some(TokenKind::Or),
            Some(b"==") => Some(TokenKind::Compare(Equal)),
            Some(b"!=") => Some(TokenKind::Compare(NotEqual)),
            Some(b"<=") => Some(TokenKind::Compare(LessOrEqual)),
            Some(b">=") => Some(TokenKind::Compare(GreaterOrEqual)),
            _ => None,
        };
        if let Some(kind) = pair {
            return Some((kind, 2));
        }
        let kind = match bytes.first()? {
            b'(' => TokenKind::Open,
            b')' => TokenKind::Close,
            b'[' => TokenKind::OpenIndex,
            b']' => TokenKind::CloseIndex,
            b',' => TokenKind::Comma,
            b'*' => TokenKind::Star,
            b'!' => TokenKind::Not,
            b'<' => TokenKind::Compare(Less),
            b'>' => TokenKind::Compare(Greater),
            b'.' if self.is_behind_a_value() => TokenKind::Dot,
            _ => return None,
        };
        Some((kind, 1))
    }

    /// Returns whether a dot here steps into a value; elsewhere it starts a number.
    fn is_behind_a_value(&self) -> bool {
        self.tokens.last().is_some_and(|last| {
            matches!(last.kind, TokenKind::Name(_) | TokenKind::Close | TokenKind::CloseIndex | TokenKind::Star)
        })
    }

    fn text(&mut self) -> Result<TokenKind, Error> {
        let start = self.at;
        let mut text = String::new();
        let mut from = start + 1;
        loop {
            let rest = self.source.get(from..).unwrap_or_default();
            let Some(quote) = rest.find('\'') else {
                return Err(Error::new(Span::new(start, self.source.len()), "a text is not closed")
                    .help("end it with a single quote; within it, write a single quote twice"));
            };
            text.push_str(rest.get(..quote).unwrap_or_default());
            from += quote + 1;
            if !self.source.get(from..).unwrap_or_default().starts_with('\'') {
                self.at = from;
                return Ok(TokenKind::Text(text));
            }
            text.push('\'');
            from += 1;
        }
    }

    fn number(&mut self) -> Result<TokenKind, Error> {
        let start = self.at;
        let word = self.word(true);
        number::read(word)
            .map(TokenKind::Number)
            .ok_or_else(|| Error::new(Span::new(start, self.at), format!("{} is not a number", quoted(word))))
    }

    fn name(&mut self) -> Result<TokenKind, Error> {
        let start = self.at;
        let word = self.word(false);
        let span = Span::new(start, self.at);
        if is_name(word) {
            return Ok(TokenKind::Name(word.to_owned()));
        }
        let error = Error::new(span, format!("unexpected {}", quoted(word)));
        Err(match word.chars().next() {
            Some('"') => error.help("write texts in single quotes"),
            Some('=') => error.help("write `==` to compare"),
            Some('&') => error.help("write `&&`"),
            Some('|') => error.help("write `||`"),
            Some('$') => error.help("write the expression without another `${{ }}` inside it"),
            _ => error,
        })
    }

    /// Takes the characters up to punctuation or a space.
    fn word(&mut self, dots: bool) -> &'s str {
        let rest = self.rest();
        let ends = |c: char| match c {
            '(' | '[' | ')' | ']' | ',' | '!' | '>' | '<' | '=' | '&' | '|' => true,
            '.' => !dots,
            c => c.is_whitespace(),
        };
        // The first character always belongs to the word, so that there is progress.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let tail = rest.get(first..).unwrap_or_default();
        let length = first + tail.find(ends).unwrap_or(tail.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }
}

/// Returns whether a word is a valid name of a property, context or function.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
