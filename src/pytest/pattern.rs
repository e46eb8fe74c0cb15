//! Patterns of Python: `fnmatch` and `glob`.

use std::str::Chars;

use crate::sources::{Tree, join};

/// Matches a text as `fnmatch.fnmatchcase` does: `*` and `?` match slashes too.
///
/// Source: <https://docs.python.org/3/library/fnmatch.html>.
pub(crate) fn fnmatch(pattern: &str, text: &str) -> bool {
    let (mut at, mut read) = (pattern, text.chars());
    // Behind the last star, and the text from which it was tried.
    let mut star: Option<(&str, Chars<'_>)> = None;
    loop {
        let before = read.clone();
        let Some(c) = read.next() else { return at.bytes().all(|item| item == b'*') };
        if let Some(rest) = at.strip_prefix('*') {
            (at, read) = (rest, before);
            star = Some((at, read.clone()));
        } else if let Some(rest) = one(at, c) {
            at = rest;
        } else {
            let Some((behind, tried)) = &mut star else { return false };
            tried.next();
            (at, read) = (behind, tried.clone());
        }
    }
}

/// The pattern behind its first item, if that matches a character.
fn one(pattern: &str, c: char) -> Option<&str> {
    let mut rest = pattern.chars();
    let first = rest.next()?;
    if first == '['
        && let Some((not, own, behind)) = set(rest.as_str())
    {
        return (is_in(own, c) != not).then_some(behind);
    }
    (first == '?' || first == c).then_some(rest.as_str())
}

/// A set from behind its bracket: whether it is negated, its characters, and what follows it; none for one that is not
/// closed.
fn set(pattern: &str) -> Option<(bool, &str, &str)> {
    let own = pattern.strip_prefix('!').unwrap_or(pattern);
    // A bracket that closes at once is one of the set.
    let first = own.chars().next()?.len_utf8();
    let end = first + own.get(first..)?.find(']')?;
    Some((own.len() < pattern.len(), own.get(..end)?, own.get(end + 1..)?))
}

/// Returns whether a character is one of a set, or in one of its ranges.
fn is_in(set: &str, c: char) -> bool {
    let mut rest = set.chars();
    while let Some(from) = rest.next() {
        let mut ahead = rest.clone();
        let to = match (ahead.next(), ahead.next()) {
            (Some('-'), Some(to)) => {
                rest = ahead;
                to
            }
            _ => from,
        };
        if (from..=to).contains(&c) {
            return true;
        }
    }
    false
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
            ("*a*b", "xaxxbab", true),
            ("*a*b", "xaxxba", false),
            ("a**", "a", true),
            ("", "", true),
            ("[a-]x", "-x", true),
            ("[c-a]", "b", false),
            ("*[é-ü]", "aö", true),
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
