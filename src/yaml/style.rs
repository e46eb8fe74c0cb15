//! Which of YAML's forms a text takes.

/// A form of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// As it is.
    Plain,
    /// `'…'`, where only `'` is escaped.
    Single,
    /// `"…"` on one line, where anything can be escaped.
    Double,
    /// `|` and the lines below, indented.
    Block,
}

/// Position of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind a key or a dash: anything goes.
    Value,
    /// Before a colon, in block style: one line.
    Key,
    /// Between brackets or braces: one line, and fewer characters are plain.
    Flow,
}

/// The most readable form that no reader takes for something else.
pub(super) fn of(text: &str, place: Place) -> Style {
    let (holds, bare) = survey(text);
    match holds {
        Holds::Layout if place == Place::Value && text.contains('\n') && fits_a_block(text) => Style::Block,
        Holds::Layout | Holds::Hidden => Style::Double,
        Holds::Shown if bare == Bare::Nowhere || bare == Bare::InBlock && place == Place::Flow => Style::Single,
        Holds::Shown if starts_plain(text) && !text.ends_with([' ', ':']) && !ambiguous(text) => Style::Plain,
        Holds::Shown => Style::Single,
    }
}

/// The characters that decide the style of a text, worst last.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Holds {
    /// Only plain characters.
    Shown,
    /// A line feed or a tab: for themselves in a block, as escapes elsewhere.
    Layout,
    /// Something that must be an escape everywhere.
    Hidden,
}

/// Positions in which a text needs no quotes, by its inner characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Bare {
    Anywhere,
    /// Not between brackets: it holds a character that some reader takes for structure there.
    InBlock,
    /// It holds `: ` or ` #`, which end a plain text.
    Nowhere,
}

fn survey(text: &str) -> (Holds, Bare) {
    let (mut holds, mut bare) = (Holds::Shown, Bare::Anywhere);
    // Nearly every character is plain ASCII, and needs no further look.
    for (at, byte) in text.bytes().enumerate().filter(|(_, byte)| !PLAIN[usize::from(*byte)]) {
        let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        match byte {
            b'\n' | b'\t' => holds = holds.max(Holds::Layout),
            b' ' if before == Some(&b':') => bare = Bare::Nowhere,
            b'#' if before == Some(&b' ') => bare = Bare::Nowhere,
            b' ' | 0x80.. => {}
            _ if byte.is_ascii_graphic() => bare = bare.max(Bare::InBlock),
            _ => holds = Holds::Hidden,
        }
    }
    if !text.is_ascii() && text.chars().any(|c| !c.is_ascii() && !shown(c)) {
        holds = Holds::Hidden;
    }
    (holds, bare)
}

/// The bytes that decide nothing: shown, no space, and no structure to any reader.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = b'!';
    while byte <= b'~' {
        plain[byte as usize] = !matches!(byte, b'#' | b',' | b'[' | b']' | b'{' | b'}' | b':' | b'"' | b'\'' | b'?');
        byte += 1;
    }
    plain
};

/// Returns whether a character may be written unescaped.
///
/// Refused are what YAML calls not printable, what YAML 1.1 takes for a line break, and what an editor does not show:
/// a reviewer must see everything that a shell will see.
pub(super) fn shown(c: char) -> bool {
    !matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{a0}' | '\u{ad}' | '\u{61c}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns whether a literal block gives back these lines in every reader.
///
/// The first line sets the indentation, so it must start with text. A last line of spaces, or a second line feed at
/// the end, would depend on what follows the block.
fn fits_a_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let last = body.rsplit('\n').next().unwrap_or(body);
    !text.starts_with(['\n', ' ', '\t']) && !last.trim_matches([' ', '\t']).is_empty()
}

/// Returns whether a text may start a plain scalar. Some of these characters may in some contexts; none needs to.
fn starts_plain(text: &str) -> bool {
    text.chars().next().is_some_and(|first| !"-?:,[]{}#&*!|>'\"%@`=<~ \\".contains(first)) && !text.starts_with("...")
}

/// Returns whether some reader takes a plain text for null, a boolean, a number, a date or a time.
fn ambiguous(text: &str) -> bool {
    word(text) || number(text) || base_sixty(text) || date(text)
}

/// The words of YAML 1.1 and 1.2, in any case: readers differ about which cases count.
fn word(text: &str) -> bool {
    const WORDS: [&str; 13] =
        ["y", "n", "no", "on", "yes", "off", "null", "true", "false", ".inf", ".nan", "+.inf", "-.inf"];
    text.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Integers of every base and floats, with the underscores of YAML 1.1.
///
/// A single dot is what people write for this folder; no reader of workflows takes it for a number.
fn number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if text == "." || unsigned.is_empty() {
        return false;
    }
    if let Some(digits) = unsigned.strip_prefix('0').and_then(|rest| rest.strip_prefix(['x', 'X', 'o', 'O', 'b', 'B']))
    {
        return digits.bytes().all(|b| b.is_ascii_hexdigit() || b == b'_');
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
        None => (unsigned, ""),
    };
    // `e3` too, to a YAML 1.1 reader that takes every part of a float for optional.
    (!mantissa.is_empty() || !exponent.is_empty())
        && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'_' || b == b'.')
        && mantissa.bytes().filter(|b| *b == b'.').count() <= 1
        && !text.starts_with('_')
        && exponent.bytes().all(|b| b.is_ascii_digit() || b == b'_')
}

/// `12:30:45`, which YAML 1.1 reads as 45045, and every pair of ports that looks like it.
fn base_sixty(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    unsigned.starts_with(|c: char| c.is_ascii_digit())
        && unsigned.contains(':')
        && unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'_' | b'.'))
}

/// `2027-03-31`, alone or before a time.
fn date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return false;
    };
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let day = rest.split(['T', 't', ' ']).next().unwrap_or(rest);
    year.len() == 4 && digits(year, 4) && digits(month, 2) && digits(day, 2)
}

#[cfg(test)]
mod tests {
    use super::{Place, Style, of};

    fn all(texts: &[&str], place: Place, style: Style) {
        for text in texts {
            assert_eq!(of(text, place), style, "{text:?} as {place:?}");
        }
    }

    #[test]
    fn what_people_write_stays_plain() {
        all(
            &[
                "main",
                "ubuntu-24.04",
                "3.11.2",
                "127.0.0.1",
                "v1",
                ".",
                "./...",
                "*.py".trim_start_matches('*'),
                "actions/checkout@0123456789abcdef0123456789abcdef01234567",
                "${{ github.ref }}",
                "${{ needs.plan.outputs.matrix[0] }}",
                "ghcr.io/acme/app:1.2",
                "postgres:16-alpine",
                "postgresql://test:test@localhost:5432/atom",
                "cargo fmt --check",
                "échec",
                "日本語",
                "a#b",
                "it's",
                "yes please",
                "2nd",
                "12ab",
                "0xyz",
                "1.2e3.4",
                "e",
                "e2e",
                "2027-03",
            ],
            Place::Value,
            Style::Plain,
        );
    }

    #[test]
    fn what_a_reader_takes_for_another_type_is_quoted() {
        all(
            &[
                "",
                "~",
                "null",
                "Null",
                "NULL",
                "true",
                "True",
                "FALSE",
                "yes",
                "No",
                "on",
                "OFF",
                "y",
                "N",
                ".inf",
                "+.Inf",
                ".NaN",
                "0",
                "12",
                "-1",
                "+1",
                "1_000",
                "0x1F",
                "0o17",
                "0b10",
                "017",
                "08",
                "3.11",
                ".5",
                "5.",
                "1e5",
                "1.5E-3",
                "e3",
                "+__1",
                "12:30",
                "12:30:45",
                "5432:5432",
                "190:20:30.15",
                "2027-03-31",
                "2027-3-1",
                "2027-03-31T10:00:00Z",
                "2027-03-31 10:00:00",
                "=",
                "<<",
            ],
            Place::Value,
            Style::Single,
        );
    }

    #[test]
    fn what_a_reader_takes_for_structure_is_quoted() {
        all(
            &[
                "- a",
                "? a",
                ": a",
                "a: b",
                "a:",
                "a #b",
                "#a",
                "&a",
                "*a",
                "!a",
                "!cancelled()",
                "|",
                ">",
                "'a",
                "\"a",
                "%a",
                "@a",
                "`a",
                "{a",
                "[a",
                "]",
                "}",
                ",",
                " a",
                "a ",
                "\\a",
                "...",
                "---",
            ],
            Place::Value,
            Style::Single,
        );
    }

    #[test]
    fn between_brackets_less_is_plain() {
        all(&["main", "3.11.2", "releases/**", "it is"], Place::Flow, Style::Plain);
        all(&["a,b", "a:b", "a?b", "it's", "${{ a }}", "a[0]", "a#b", "a\"b"], Place::Flow, Style::Single);
        all(&["a\nb"], Place::Flow, Style::Double);
    }

    #[test]
    fn several_lines_are_a_block_where_every_reader_agrees() {
        all(&["a\nb", "a\nb\n", "a\n", "a\n\n  b\n", "a\n\tb \n c"], Place::Value, Style::Block);
        all(
            &["\n", "\na", " a\nb", "\ta\nb", "a\n\n", "a\n  ", "a\n \n", "a\r\nb", "a\n\u{2028}b"],
            Place::Value,
            Style::Double,
        );
        all(&["a\nb"], Place::Key, Style::Double);
    }

    #[test]
    fn what_is_not_shown_is_escaped() {
        all(
            &[
                "\t",
                "a\tb",
                "\0",
                "\x1b[0m",
                "\u{7f}",
                "\u{85}",
                "a\u{a0}b",
                "\u{feff}a",
                "\u{202e}abc",
                "a\u{200b}",
                "\u{ffff}",
            ],
            Place::Value,
            Style::Double,
        );
    }
}
