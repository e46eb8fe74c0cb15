//! Globs of a definition, searched in the repository.

use std::collections::VecDeque;
use std::mem::swap;

use crate::sources::{Tree, below};

/// Entries of folders that all globs of a definition may visit.
const MAX_ENTRIES: usize = 4_000;

/// A search in a repository, which ends at the first file and after a number of entries.
pub(in crate::checks) struct Search<'t> {
    tree: &'t dyn Tree,
    left: usize,
}

impl<'t> Search<'t> {
    /// A search in a repository.
    pub(in crate::checks) fn new(tree: &'t dyn Tree) -> Self {
        Self { tree, left: MAX_ENTRIES }
    }

    /// Returns whether no file matches a glob, a path from the root of the repository: `false` where the search ends before
    /// that is certain.
    ///
    /// A folder without wildcards in its name costs one look, and only what is below it is listed.
    pub(in crate::checks) fn is_dead(&mut self, glob: &str) -> bool {
        let folder = literal_folder(glob);
        if !self.tree.exists(folder) {
            return true;
        }
        let rest = glob.strip_prefix(folder).unwrap_or(glob).trim_start_matches('/');
        if !is_pattern(rest) {
            return !self.is_file(folder, rest);
        }
        let glob = Glob::new(rest);
        let mut folders = VecDeque::from([(folder.to_owned(), glob.start())]);
        while let Some((folder, states)) = folders.pop_front() {
            for name in self.tree.list(&folder) {
                let Some(left) = self.left.checked_sub(1) else { return false };
                self.left = left;
                let reached = glob.read(&states, &name);
                if !name.ends_with('/') {
                    if reached.last() == Some(&true) {
                        return false;
                    }
                } else if name != ".git/" && reached.contains(&true) {
                    folders.push_back((below(&folder, name.trim_end_matches('/')), reached));
                }
            }
        }
        true
    }

    /// Returns whether a name in a folder is that of a file; a link is one for git.
    fn is_file(&self, folder: &str, name: &str) -> bool {
        let is_folder = |listed: &String| listed.strip_suffix('/') == Some(name);
        !name.is_empty() && self.tree.exists(&below(folder, name)) && !self.tree.list(folder).iter().any(is_folder)
    }
}

/// Returns whether a path has wildcards.
pub(in crate::checks) fn is_pattern(path: &str) -> bool {
    path.contains(['*', '?', '['])
}

/// The folders in front of the first one with wildcards, or of the file.
pub(in crate::checks) fn literal_folder(glob: &str) -> &str {
    let wild = glob.find(['*', '?', '[']).unwrap_or(glob.len());
    glob.get(..wild).and_then(|front| front.rsplit_once('/')).map_or("", |(folder, _)| folder)
}

/// Part of a glob.
#[derive(Debug, Clone, Copy)]
enum Part {
    /// This character.
    Letter(char),
    /// Any character of a name; a set counts as one, so that nothing is dead by a misread set.
    One,
    /// Any characters of a name.
    Name,
    /// Any characters.
    Path,
    /// The start of a folder, of any number of folders.
    Start,
    /// The rest of such a folder; it follows each `Start`.
    Rest,
}

/// A glob as the states of an automaton: one before each part, and the end.
struct Glob(Vec<Part>);

type States = Vec<bool>;

impl Glob {
    fn new(glob: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = glob;
        while let Some(letter) = rest.chars().next() {
            let at_start =
                rest.len() == glob.len() || glob.get(..glob.len() - rest.len()).is_some_and(|it| it.ends_with('/'));
            let stars = rest.len() - rest.trim_start_matches('*').len();
            let end = if letter == '[' { set_end(rest) } else { None };
            let length = match (stars, end) {
                (2.., _) if at_start && rest.get(stars..).is_some_and(|rest| rest.starts_with('/')) => {
                    parts.extend([Part::Start, Part::Rest]);
                    stars + 1
                }
                (2.., _) => {
                    parts.push(Part::Path);
                    stars
                }
                (1, _) => {
                    parts.push(Part::Name);
                    1
                }
                (_, Some(end)) => {
                    parts.push(Part::One);
                    end
                }
                _ => {
                    parts.push(if letter == '?' { Part::One } else { Part::Letter(letter) });
                    letter.len_utf8()
                }
            };
            rest = rest.get(length..).unwrap_or_default();
        }
        Self(parts)
    }

    fn start(&self) -> States {
        let mut states = vec![false; self.0.len() + 1];
        self.add(&mut states, 0);
        states
    }

    /// The states behind a text.
    fn read(&self, states: &States, text: &str) -> States {
        let mut states = states.clone();
        let mut next = vec![false; states.len()];
        for letter in text.chars() {
            next.fill(false);
            for (at, part) in self.0.iter().enumerate().filter(|(at, _)| states.get(*at) == Some(&true)) {
                match part {
                    Part::Letter(own) if *own == letter => self.add(&mut next, at + 1),
                    Part::One | Part::Start if letter != '/' => self.add(&mut next, at + 1),
                    Part::Rest if letter == '/' => self.add(&mut next, at - 1),
                    Part::Name | Part::Rest if letter != '/' => self.add(&mut next, at),
                    Part::Path => self.add(&mut next, at),
                    _ => {}
                }
            }
            swap(&mut states, &mut next);
        }
        states
    }

    /// Adds a state, and those that nothing needs to be read for.
    fn add(&self, states: &mut States, at: usize) {
        let Some(state) = states.get_mut(at) else { return };
        *state = true;
        match self.0.get(at) {
            Some(Part::Name | Part::Path) => self.add(states, at + 1),
            Some(Part::Start) => self.add(states, at + 2),
            _ => {}
        }
    }
}

/// The length of a set of characters; none for a bracket that is not closed.
fn set_end(text: &str) -> Option<usize> {
    let own = text.strip_prefix('[')?.trim_start_matches(['!', '^']);
    let first = own.chars().next()?.len_utf8();
    let close = own.get(first..)?.find(']')?;
    Some(text.len() - own.len() + first + close + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    fn memory(files: &[&str]) -> Memory {
        Memory(files.iter().map(|path| ((*path).to_owned(), String::new())).collect())
    }

    #[test]
    fn finds_a_file_as_the_script_of_changes_does() {
        let tree = memory(&[
            "Cargo.toml",
            "schema/api/v1.json",
            "src/a.rs",
            "src/deep/er/b.rs",
            ".git/hooks/x.sh",
            "docs/ümlaut.md",
            "x[1].txt",
        ]);
        for (glob, is_dead) in [
            ("Cargo.toml", false),
            ("Cargo.lock", true),
            ("schema", true),
            ("schema/", true),
            ("schema/**", false),
            ("schema/*", true),
            ("schema/*/*", false),
            ("schema/**/*.json", false),
            ("schema/**/v1.json", false),
            ("schema/**/1.json", true),
            ("**/v1.json", false),
            ("**/Cargo.toml", false),
            ("**/argo.toml", true),
            ("**.rs", false),
            ("src/**/b.rs", false),
            ("src/**/er/*.rs", false),
            ("src/**er/*.rs", false),
            ("src/*.rs", false),
            ("src/?.rs", false),
            ("src/?b.rs", true),
            ("src/[!b].rs", false),
            ("sr[a-z]/a.rs", false),
            ("src/[", true),
            ("docs/?mlaut.md", false),
            ("docs/*.rst", true),
            ("nothing-here/**", true),
            ("**/*.sh", true),
            ("**", false),
            ("*", false),
            ("x[[]1].txt", false),
        ] {
            assert_eq!(Search::new(&tree).is_dead(glob), is_dead, "{glob}");
        }
    }

    #[test]
    fn a_search_ends_without_a_finding() {
        let files: Vec<String> = (0..MAX_ENTRIES).map(|number| format!("a/{number}")).collect();
        let mut tree = memory(&files.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(!Search::new(&tree).is_dead("**/*.md"), "one entry more than the limit");
        assert!(Search::new(&tree).is_dead("a/*.md"), "as many as the limit");
        tree.0.insert("a/x".to_owned(), String::new());
        let mut search = Search::new(&tree);
        assert!(!search.is_dead("a/*.md"));
        assert!(search.is_dead("b/*.md"), "a missing folder needs no search");
    }

    #[test]
    fn reads_the_folder_in_front_of_wildcards() {
        for (glob, folder) in [("a/b/*.c", "a/b"), ("a/b", "a"), ("a", ""), ("**", ""), ("a/b*/c", "a"), ("a/", "a")] {
            assert_eq!(literal_folder(glob), folder, "{glob}");
        }
    }
}
