//! Files and folders that git leaves out of commits, and that a checkout therefore does not have.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ignore::Match;
use ignore::gitignore::{Gitignore as Patterns, GitignoreBuilder};

use crate::sources::{Tree, below, folder};

/// The `.gitignore` files of a repository, each read when it is first needed.
pub(crate) struct Gitignore<'a> {
    tree: &'a dyn Tree,
    /// By folder; none for a folder without patterns.
    known: RefCell<BTreeMap<String, Option<Patterns>>>,
}

/// The pattern that ignores a path.
pub(crate) struct Decided {
    /// The `.gitignore` that holds it.
    pub(crate) file: String,
    /// The pattern as it is written.
    pub(crate) pattern: String,
}

impl<'a> Gitignore<'a> {
    /// The files of a repository.
    pub(crate) fn new(tree: &'a dyn Tree) -> Self {
        Self { tree, known: RefCell::default() }
    }

    /// The pattern that ignores a path; none for one that git takes.
    ///
    /// Folders above the path are not looked at: a walk of the tree has passed them. The closest file with a matching
    /// pattern decides, and in it the last one: <https://git-scm.com/docs/gitignore>.
    pub(crate) fn ignores(&self, path: &str, is_folder: bool) -> Option<Decided> {
        let mut at = folder(path);
        loop {
            match self.matched(at, path, is_folder) {
                Match::Ignore(pattern) => return Some(Decided { file: below(at, NAME), pattern }),
                Match::None if !at.is_empty() => at = folder(at),
                Match::None | Match::Whitelist(_) => return None,
            }
        }
    }

    fn matched(&self, folder: &str, path: &str, is_folder: bool) -> Match<String> {
        let mut known = self.known.borrow_mut();
        let patterns = match known.get(folder) {
            Some(patterns) => patterns,
            None => known.entry(folder.to_owned()).or_insert_with(|| patterns(self.tree, folder)),
        };
        let inner = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
        match patterns {
            Some(patterns) => patterns.matched(inner, is_folder).map(|glob| glob.original().to_owned()),
            None => Match::None,
        }
    }
}

const NAME: &str = ".gitignore";

fn patterns(tree: &dyn Tree, folder: &str) -> Option<Patterns> {
    let text = tree.read(&below(folder, NAME))?;
    let mut builder = GitignoreBuilder::new("");
    for line in text.lines() {
        // An invalid pattern is skipped, as git does.
        let _skipped = builder.add_line(None, line);
    }
    builder.build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    #[test]
    fn decides_as_git_does() {
        let files = [
            (".gitignore", "# why\nscratch/\n*.tmp.py\n/only-here\na/**/b\n!keep.tmp.py\n[\n"),
            ("sub/.gitignore", "!scratch\nown\n"),
        ];
        let tree = Memory(files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect());
        let git = Gitignore::new(&tree);
        for (path, is_folder, ignored) in [
            ("scratch", true, true),
            ("scratch", false, false),
            ("x/scratch", true, true),
            ("sub/scratch", true, false),
            ("x/test_a.tmp.py", false, true),
            ("x/keep.tmp.py", false, false),
            ("only-here", false, true),
            ("x/only-here", false, false),
            ("a/b", false, true),
            ("a/x/y/b", true, true),
            ("sub/own", false, true),
            ("own", false, false),
        ] {
            assert_eq!(git.ignores(path, is_folder).is_some(), ignored, "{path}");
        }
    }

    #[test]
    fn names_the_pattern_and_its_file() {
        let tree = Memory([("sub/.gitignore".to_owned(), "*.lock\n".to_owned())].into());
        let decided = Gitignore::new(&tree).ignores("sub/x/a.lock", false).map(|it| (it.file, it.pattern));
        assert_eq!(decided, Some(("sub/.gitignore".to_owned(), "*.lock".to_owned())));
    }
}
