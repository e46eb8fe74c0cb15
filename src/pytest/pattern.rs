//! Patterns of Python: `fnmatch` and `glob`.

use crate::sources::{Tree, join};

/// Matches a text as `fnmatch.fnmatchcase` does: `*` and `?` match slashes too.
///
/// Source: <https://docs.python.org/3/library/fnmatch.html>.
pub(crate) fn fnmatch(pattern: &str, text: &str) -> bool {
    let pattern = items(pattern);
    let text: Vec<char> = text.chars().collect();
    let (mut at, mut read) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while let Some(c) = text.get(read) {
        match pattern.get(at) {
            Some(Item::Any) => {
                star = Some((at, read));
                at += 1;
            }
            Some(item) if item.matches(*c) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((star_at, taken)) = star else { return false };
                star = Some((star_at, taken + 1));
                at = star_at + 1;
                read = taken + 1;
            }
        }
    }
    pattern.get(at..).is_none_or(|rest| rest.iter().all(|item| matches!(item, Item::Any)))
}

enum Item {
    Any,
    One,
    Char(char),
    Set { not: bool, ranges: Vec<(char, char)> },
}

impl Item {
    fn matches(&self, c: char) -> bool {
        match self {
            Self::Any | Self::One => true,
            Self::Char(own) => *own == c,
            Self::Set { not, ranges } => ranges.iter().any(|(from, to)| (*from..=*to).contains(&c)) != *not,
        }
    }
}

fn items(pattern: &str) -> Vec<Item> {
    let chars: Vec<char> = pattern.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = chars.get(at) {
        at += 1;
        found.push(match c {
            '*' => Item::Any,
            '?' => Item::One,
            '[' => match set(&chars, at) {
                Some((item, end)) => {
                    at = end;
                    item
                }
                None => Item::Char('['),
            },
            c => Item::Char(*c),
        });
    }
    found
}

/// A set that begins behind its bracket, and the index behind its end; none for one that is not closed.
fn set(chars: &[char], start: usize) -> Option<(Item, usize)> {
    let not = chars.get(start) == Some(&'!');
    let first = start + usize::from(not);
    // A bracket that closes at once is one of the set.
    let end = first + 1 + chars.get(first + 1..)?.iter().position(|c| *c == ']')?;
    let own = chars.get(first..end)?;
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(from) = own.get(at) {
        if let (Some('-'), Some(to)) = (own.get(at + 1), own.get(at + 2)) {
            ranges.push((*from, *to));
            at += 3;
        } else {
            ranges.push((*from, *from));
            at += 1;
        }
    }
    Some((Item::Set { not, ranges }, end + 1))
}

/// Returns whether Python's `glob` takes a text for a pattern.
pub(crate) fn is_magic(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

/// Folders that a pattern may lead through.
const MAX_FOLDERS: usize = 20_000;

/// Paths from `folder` that match a pattern, sorted, as `glob.iglob(pattern, recursive=True)` finds them.
///
/// Source: <https://docs.python.org/3/library/glob.html>.
pub(crate) fn glob(tree: &dyn Tree, folder: &str, pattern: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let parts: Vec<&str> = pattern.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let mut next = Vec::new();
        for path in &found {
            if *part == "**" {
                below(tree, folder, path, is_last, &mut next);
            } else if is_magic(part) {
                let names = tree.list(&join(folder, path).unwrap_or_default());
                let plain = names.iter().map(|name| name.trim_end_matches('/'));
                let shown = plain.filter(|name| !name.starts_with('.') || part.starts_with('.'));
                next.extend(shown.filter(|name| fnmatch(part, name)).filter_map(|name| join(path, name)));
            } else {
                next.extend(
                    join(path, part)
                        .filter(|path| join(folder, path).is_some_and(|path| path.is_empty() || tree.exists(&path))),
                );
            }
        }
        next.dedup();
        found = next;
    }
    found.sort();
    found.dedup();
    found
}

/// A folder and every folder below it; with `files`, files too. Hidden ones are left out.
fn below(tree: &dyn Tree, folder: &str, path: &str, files: bool, found: &mut Vec<String>) {
    found.push(path.to_owned());
    for name in tree.list(&join(folder, path).unwrap_or_default()) {
        let Some(inner) = join(path, name.trim_end_matches('/')).filter(|_| !name.starts_with('.')) else { continue };
        if name.ends_with('/') && found.len() < MAX_FOLDERS {
            below(tree, folder, &inner, files, found);
        } else if files {
            found.push(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn matches_as_fnmatch_does() {
        for (pattern, text, matches) in [
            ("tests/*_slow.py", "tests/a/b_slow.py", true),
            ("*", "", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*b*", "abc", true),
            ("", "a", false),
            ("*.py", "a.pyc", false),
            ("test_[a-c]*", "test_b1", true),
            ("test_[!a-c]*", "test_b1", false),
            ("[]]x", "]x", true),
            ("[x", "[x", true),
            ("{arch}", "{arch}", true),
            ("a[", "a[", true),
        ] {
            assert_eq!(fnmatch(pattern, text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn finds_as_glob_does() {
        let files = ["a/tests/t.py", "b/c/tests/u.py", ".d/tests/v.py", "tests/w.py", "x.py"];
        let tree = Memory(files.iter().map(|file| ((*file).to_owned(), String::new())).collect());
        assert_eq!(glob(&tree, "", "*/tests"), ["a/tests"]);
        assert_eq!(glob(&tree, "", "**/tests"), ["a/tests", "b/c/tests", "tests"]);
        assert_eq!(glob(&tree, "", "./tests/"), ["tests"]);
        assert_eq!(glob(&tree, "b", "*/tests/*.py"), ["c/tests/u.py"]);
        assert!(glob(&tree, "", "gone").is_empty());
    }
}
