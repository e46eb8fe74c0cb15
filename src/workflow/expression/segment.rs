//! Splits text with `${{ … }}` into literal segments and expressions.

use super::error::{Error, Span};

/// A segment of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment<'t> {
    /// Literal text. Never empty.
    Text {
        /// The text.
        text: &'t str,
        /// Start, in bytes.
        offset: usize,
    },
    /// An expression.
    Expression {
        /// Content of `${{ }}`, with its spaces.
        source: &'t str,
        /// Start of the content, in bytes.
        offset: usize,
    },
}

const OPEN: &str = "${{";

/// Splits a text into literal pieces and expressions, as the runner does: `}}` within single quotes does not end an
/// expression.
///
/// # Errors
///
/// For a `${{` without its `}}`.
pub fn segments(text: &str) -> Result<Vec<Segment<'_>>, Error> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = find(text, at, OPEN) {
        push_text(&mut found, text, at, open);
        let offset = open + OPEN.len();
        let Some(close) = end_of_expression(text, offset) else {
            return Err(
                Error::new(Span::new(open, text.len()), "`${{` is not closed").help("end the expression with `}}`")
            );
        };
        found.push(Segment::Expression { source: text.get(offset..close).unwrap_or_default(), offset });
        at = close + 2;
    }
    push_text(&mut found, text, at, text.len());
    Ok(found)
}

fn push_text<'t>(found: &mut Vec<Segment<'t>>, whole: &'t str, offset: usize, end: usize) {
    if let Some(text) = whole.get(offset..end).filter(|text| !text.is_empty()) {
        found.push(Segment::Text { text, offset });
    }
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

/// Returns the position of the `}}` that ends the expression at `from`.
fn end_of_expression(text: &str, from: usize) -> Option<usize> {
    let (mut in_text, mut before) = (false, b' ');
    for (at, byte) in text.as_bytes().get(from..)?.iter().copied().enumerate() {
        if byte == b'\'' {
            // A doubled quote ends one text and starts the next, with the same result.
            in_text = !in_text;
        } else if !in_text && byte == b'}' && before == b'}' {
            return Some(from + at - 1);
        }
        before = byte;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Segment, segments};

    fn pieces(text: &str) -> Vec<(bool, &str)> {
        let found = segments(text).expect("closed");
        found
            .iter()
            .map(|segment| match *segment {
                Segment::Text { text: piece, offset } => {
                    assert!(text[offset..].starts_with(piece));
                    (false, piece)
                }
                Segment::Expression { source, offset } => {
                    assert!(text[offset..].starts_with(source));
                    (true, source)
                }
            })
            .collect()
    }

    #[test]
    fn splits_text_and_expressions() {
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("plain {{ x }} $ { }"), [(false, "plain {{ x }} $ { }")]);
        assert_eq!(pieces("${{ a }}"), [(true, " a ")]);
        assert_eq!(
            pieces("é${{a}}-${{ b }}\n"),
            [(false, "é"), (true, "a"), (false, "-"), (true, " b "), (false, "\n")]
        );
        assert_eq!(pieces("${{}}}"), [(true, ""), (false, "}")]);
    }

    #[test]
    fn quotes_hide_braces() {
        assert_eq!(pieces("${{ '}}' }}"), [(true, " '}}' ")]);
        assert_eq!(pieces("${{ 'it''s }}' }}x"), [(true, " 'it''s }}' "), (false, "x")]);
        assert_eq!(pieces("it's ${{ a }}"), [(false, "it's "), (true, " a ")], "quotes outside do not count");
        assert_eq!(pieces("${{ '${{' }}"), [(true, " '${{' ")]);
        assert_eq!(pieces("${{ a } } }}"), [(true, " a } } ")]);
    }

    #[test]
    fn an_open_expression_is_an_error_at_its_start() {
        for (text, start) in [("a ${{ b", 2), ("${{ a }", 0), ("${{ '}}", 0), ("${{ a }} ${{", 9)] {
            let error = segments(text).expect_err("open");
            assert_eq!((error.message.as_str(), error.span.start), ("`${{` is not closed", start), "{text}");
        }
    }
}
