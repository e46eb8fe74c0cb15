//! Conflicts that a merge leaves in a file.

use std::ops::Range;

/// The bytes of the first marker of a conflict, as git writes them.
///
/// Source: <https://git-scm.com/docs/git-merge>, how conflicts are presented.
pub(crate) fn marker(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    let mut first = None;
    for line in text.split_inclusive('\n') {
        if line.starts_with("<<<<<<< ") && first.is_none() {
            first = Some(at..at + 7);
        }
        if line.starts_with(">>>>>>> ") && first.is_some() {
            return first;
        }
        at += line.len();
    }
    None
}

/// Both sides of a text with conflicts: this branch's and the merged one's.
pub(crate) fn sides(text: &str) -> (String, String) {
    let (mut ours, mut theirs) = (String::new(), String::new());
    let mut side = Side::Both;
    for line in text.split_inclusive('\n') {
        side = match (line.get(..7), side) {
            (Some("<<<<<<<"), Side::Both) => Side::Ours,
            (Some("|||||||"), Side::Ours) => Side::Base,
            (Some("======="), Side::Ours | Side::Base) => Side::Theirs,
            (Some(">>>>>>>"), Side::Theirs) => Side::Both,
            (_, side) => {
                if matches!(side, Side::Both | Side::Ours) {
                    ours.push_str(line);
                }
                if matches!(side, Side::Both | Side::Theirs) {
                    theirs.push_str(line);
                }
                side
            }
        };
    }
    (ours, theirs)
}

#[derive(Clone, Copy)]
enum Side {
    Both,
    Ours,
    /// Lines that both started from, where git was asked for them.
    Base,
    Theirs,
}

#[cfg(test)]
mod tests {
    use super::{marker, sides};

    const CONFLICT: &str = "a\n<<<<<<< HEAD\nb\n||||||| 123\nz\n=======\nc\n>>>>>>> other\nd\n";

    #[test]
    fn both_sides_and_the_first_marker() {
        assert_eq!(sides(CONFLICT), ("a\nb\nd\n".to_owned(), "a\nc\nd\n".to_owned()));
        assert_eq!(marker(CONFLICT), Some(2..9));
        for text in ["", "a\n=======\nb\n", "<<<<<<< HEAD\n", ">>>>>>> x\n<<<<<<< y\n", " <<<<<<< a\n>>>>>>> b\n"] {
            assert_eq!(marker(text), None, "{text}");
        }
    }
}
