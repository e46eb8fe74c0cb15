//! Folders and files that git leaves out, and a checkout therefore does not have.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::pytest::fnmatch;
use crate::sources::{Tree, folder as folder_of};

/// The `.gitignore` files of a repository, read when they are first needed.
pub(in crate::checks) struct Gitignore<'a> {
    tree: &'a dyn Tree,
    known: RefCell<BTreeMap<String, Vec<Pattern>>>,
}

#[derive(Debug, Clone)]
struct Pattern {
    text: String,
    negated: bool,
    /// `true` if it is matched against the path from its file's folder, rather than against the name.
    anchored: bool,
}

impl<'a> Gitignore<'a> {
    /// The files of a repository.
    pub(in crate::checks) fn new(tree: &'a dyn Tree) -> Self {
        Self { tree, known: RefCell::default() }
    }

    /// Returns whether git leaves a path out. Folders above it are not looked at: a walk has passed them.
    ///
    /// Source: <https://git-scm.com/docs/gitignore>, pattern format.
    pub(in crate::checks) fn ignores(&self, path: &str) -> bool {
        let mut at = folder_of(path);
        loop {
            if let Some(ignores) = self.decides(at, path) {
                return ignores;
            }
            if at.is_empty() {
                return false;
            }
            at = folder_of(at);
        }
    }

    /// The decision of the last pattern of a folder's file that matches.
    fn decides(&self, folder: &str, path: &str) -> Option<bool> {
        let mut known = self.known.borrow_mut();
        let patterns = known.entry(folder.to_owned()).or_insert_with(|| {
            let file = if folder.is_empty() { ".gitignore".to_owned() } else { format!("{folder}/.gitignore") };
            patterns(&self.tree.read(&file).unwrap_or_default())
        });
        let inner = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
        let name = path.rsplit('/').next().unwrap_or_default();
        let matches = |pattern: &&Pattern| {
            if pattern.anchored { matches_path(&pattern.text, inner) } else { fnmatch(&pattern.text, name) }
        };
        patterns.iter().rev().find(matches).map(|pattern| !pattern.negated)
    }
}

fn patterns(text: &str) -> Vec<Pattern> {
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pattern = |line: &str| {
        let (negated, rest) = line.strip_prefix('!').map_or((false, line), |rest| (true, rest));
        // A name that only a folder may have is given to folders and files alike: `tests/` is hardly a file.
        let rest = rest.trim_end_matches('/');
        let anchored = rest.contains('/');
        Pattern { text: rest.trim_start_matches('/').to_owned(), negated, anchored }
    };
    lines.map(pattern).filter(|pattern| !pattern.text.is_empty()).collect()
}

/// Matches part by part; `**` is any number of parts.
fn matches_path(pattern: &str, path: &str) -> bool {
    let (pattern, path): (Vec<&str>, Vec<&str>) = (pattern.split('/').collect(), path.split('/').collect());
    matches_parts(&pattern, &path)
}

fn matches_parts(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            matches_parts(rest, path) || path.split_first().is_some_and(|(_, below)| matches_parts(pattern, below))
        }
        (Some((first, rest)), Some((part, below))) => fnmatch(first, part) && matches_parts(rest, below),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn decides_as_git_does() {
        let files = [
            (".gitignore", "# why\nscratch/\n*.tmp.py\n/only-here\na/**/b\n!keep.tmp.py\n"),
            ("sub/.gitignore", "!scratch\nown\n"),
        ];
        let tree = Memory(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
        let git = Gitignore::new(&tree);
        for (path, ignored) in [
            ("scratch", true),
            ("x/scratch", true),
            ("sub/scratch", false),
            ("x/test_a.tmp.py", true),
            ("x/keep.tmp.py", false),
            ("only-here", true),
            ("x/only-here", false),
            ("a/b", true),
            ("a/x/y/b", true),
            ("sub/own", true),
            ("own", false),
        ] {
            assert_eq!(git.ignores(path), ignored, "{path}");
        }
    }
}
