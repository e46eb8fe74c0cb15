//! Comments, which end at the end of their line.

use super::style::shown;

/// Appends the text of a tail comment: all on one line.
pub(super) fn push_tail(out: &mut String, text: &str) {
    out.push_str(" #");
    for line in lines(text) {
        push_line(out, line.trim_start());
    }
}

/// The lines of a comment: a line break within the text starts a new one.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    // The last three are line breaks in YAML 1.1.
    let breaks = ['\r', '\u{85}', '\u{2028}', '\u{2029}'];
    text.split('\n').flat_map(move |line| line.strip_suffix('\r').unwrap_or(line).split(breaks)).map(str::trim_end)
}

/// Appends a space and the text behind a `#`, or nothing for an empty line.
pub(super) fn push_line(out: &mut String, line: &str) {
    if line.is_empty() {
        return;
    }
    out.push(' ');
    out.extend(line.chars().map(|c| match c {
        '\t' => ' ',
        c if shown(c) => c,
        _ => char::REPLACEMENT_CHARACTER,
    }));
}
