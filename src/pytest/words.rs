//! Words of a command line, split as `shlex.split` does it.

/// Words with the byte at which each begins.
///
/// # Errors
///
/// The message of Python's `ValueError`, for a quotation that is not closed and for a backslash at the end.
///
/// Source: <https://docs.python.org/3/library/shlex.html>, parsing rules in POSIX mode.
pub(crate) fn split(text: &str) -> Result<Vec<(String, usize)>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<(String, usize)> = None;
    let mut quote: Option<char> = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => {
                quote = Some(c);
                begun(&mut word, at);
            }
            (None, ' ' | '\t' | '\r' | '\n') => words.extend(word.take()),
            (None, '\\') => {
                let (_, next) = chars.next().ok_or("No escaped character")?;
                begun(&mut word, at).push(next);
            }
            // Within double quotes a backslash escapes only what would end them, and itself.
            (Some('"'), '\\') => {
                let next = chars.next_if(|(_, next)| matches!(next, '"' | '\\')).map_or('\\', |(_, next)| next);
                begun(&mut word, at).push(next);
            }
            (_, c) => begun(&mut word, at).push(c),
        }
    }
    if quote.is_some() {
        return Err("No closing quotation");
    }
    words.extend(word);
    Ok(words)
}

fn begun(word: &mut Option<(String, usize)>, at: usize) -> &mut String {
    &mut word.get_or_insert_with(|| (String::new(), at)).0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Vec<String> {
        split(text).expect("it is closed").into_iter().map(|(word, _)| word).collect()
    }

    #[test]
    fn splits_words_as_a_shell_does() {
        assert_eq!(plain("-q -m \"not slow\"\n--ignore='a b' ''"), ["-q", "-m", "not slow", "--ignore=a b", ""]);
        assert_eq!(plain(r#"a\ b "c\"d\e" 'f\'"#), ["a b", r#"c"d\e"#, r"f\"]);
        assert_eq!(split("-q\n --x").expect("it is closed"), [("-q".to_owned(), 0), ("--x".to_owned(), 4)]);
    }

    #[test]
    fn refuses_what_python_refuses() {
        assert_eq!(split("-k 'a"), Err("No closing quotation"));
        assert_eq!(split("a\\"), Err("No escaped character"));
    }
}
