//! As much of a shell as it takes to see words and operators.

/// A part of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::checks) enum Token<'a> {
    /// A word as it is written, quotes included.
    Word(&'a str),
    /// `||`, `&&`, `|`, `;`, `&`, a line's end, or a parenthesis.
    Operator(&'a str),
}

/// The words and operators of a command. Comments are left out; quoted text stays within its word.
pub(in crate::checks) fn tokens(command: &str) -> Vec<Token<'_>> {
    let bytes = command.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b' ' | b'\t' | b'\r' => at += 1,
            b'\\' if bytes.get(at + 1) == Some(&b'\n') => at += 2,
            b'#' => at = command[at..].find('\n').map_or(bytes.len(), |length| at + length),
            b'|' | b'&' | b';' | b'\n' | b'(' | b')' => {
                let double = matches!(byte, b'|' | b'&' | b';') && bytes.get(at + 1) == Some(&byte);
                at += if double { 2 } else { 1 };
                tokens.push(Token::Operator(&command[start..at]));
            }
            _ => {
                at = word_end(bytes, at);
                tokens.push(Token::Word(&command[start..at]));
            }
        }
    }
    tokens
}

/// End of the word that starts at `at`.
fn word_end(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b'|' | b'&' | b';' | b'(' | b')' => break,
            b'\\' => at += 2,
            b'\'' | b'"' => {
                at += 1;
                while bytes.get(at).is_some_and(|inner| *inner != byte) {
                    at += if bytes.get(at) == Some(&b'\\') && byte == b'"' { 2 } else { 1 };
                }
                at += 1;
            }
            _ => at += 1,
        }
    }
    at.min(bytes.len())
}

/// A word without its quotes.
pub(in crate::checks) fn unquoted(word: &str) -> String {
    word.chars().filter(|letter| !matches!(letter, '"' | '\'')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_operators_only_outside_of_quotes_and_comments() {
        let shown: Vec<String> = tokens("a 'b || true' || echo \"x; y\" # || true\nc;d")
            .into_iter()
            .map(|token| match token {
                Token::Word(word) => word.to_owned(),
                Token::Operator(operator) => format!("<{}>", operator.escape_debug()),
            })
            .collect();
        assert_eq!(shown, ["a", "'b || true'", "<||>", "echo", "\"x; y\"", "<\\n>", "c", "<;>", "d"]);
    }

    #[test]
    fn ends_with_the_text_whatever_is_left_open() {
        for text in ["'", "\"", "\\", "a\\", "\"\\", "'é", "$(", "é\\é #"] {
            let _ = tokens(text);
        }
    }
}
