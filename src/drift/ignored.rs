//! Generated files that `.gitignore` excludes from commits.

use std::path::Path;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::Repository;
use super::claim::Claim;
use crate::sources::{below, folder};

/// A generated file that git ignores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The file.
    pub path: String,
    /// Pattern that ignores the file or a parent folder.
    pub pattern: String,
    /// The `.gitignore` of the pattern.
    pub file: String,
    /// Lines that include it again, for the end of that file.
    pub lines: Vec<String>,
}

impl Repository {
    /// Generated files that git ignores, and does not track yet.
    ///
    /// Source: <https://git-scm.com/docs/gitignore>.
    pub fn ignored(&self, claims: &[&Claim], others: &[String]) -> Vec<Ignored> {
        let index = std::fs::read(self.root.join(".git/index")).unwrap_or_default();
        let is_tracked = |path: &str| index.windows(path.len()).any(|bytes| bytes == path.as_bytes());
        let generated = claims.iter().flat_map(|claim| claim.exclusive().chain(claim.shared()));
        let paths = generated.chain(others.iter().map(String::as_str));
        paths.filter(|path| !is_tracked(path)).filter_map(|path| ignored(&self.root, path)).collect()
    }
}

/// The pattern that ignores a file, and the lines that undo it.
fn ignored(root: &Path, path: &str) -> Option<Ignored> {
    let mut found: Option<Ignored> = None;
    // An ignored folder hides everything in it, so every parent folder is checked.
    for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
        let part = path.get(..end).unwrap_or(path);
        let Some((file, pattern)) = decided(root, part, end < path.len()) else { continue };
        let inner = part.strip_prefix(folder(&file)).unwrap_or(part).trim_start_matches('/');
        let line = format!("!/{inner}{}", if end < path.len() { "/" } else { "" });
        match &mut found {
            Some(known) if known.file == file => known.lines.push(line),
            // Patterns of other files come up after this one is fixed.
            Some(_) => break,
            None => found = Some(Ignored { path: path.to_owned(), pattern, file, lines: vec![line] }),
        }
    }
    found
}

/// Returns the file and pattern that ignore a path, of the closest folder with a match.
fn decided(root: &Path, path: &str, is_folder: bool) -> Option<(String, String)> {
    let mut at = folder(path);
    loop {
        let file = below(at, ".gitignore");
        match patterns(root, at, &file).matched(root.join(path), is_folder) {
            Match::Ignore(glob) => return Some((file, glob.original().to_owned())),
            Match::Whitelist(_) => return None,
            Match::None if at.is_empty() => return None,
            Match::None => at = folder(at),
        }
    }
}

/// The patterns of a `.gitignore`; none of one that cannot be read.
fn patterns(root: &Path, at: &str, file: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new(root.join(at));
    // An invalid pattern is skipped, as git does.
    let _skipped = builder.add(root.join(file));
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(files: &[(&str, &str)], path: &str) -> Option<(String, Vec<String>)> {
        let root = tempfile::tempdir().expect("there is a place for it");
        for (file, text) in files {
            let file = root.path().join(file);
            std::fs::create_dir_all(file.parent().expect("it is in a folder")).expect("a folder is made");
            std::fs::write(file, text).expect("a file is written");
        }
        ignored(root.path(), path).map(|found| (found.file, found.lines))
    }

    #[test]
    fn names_the_lines_that_take_a_file_in_again() {
        let root = |lines: &[&str]| {
            Some((".gitignore".to_owned(), lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>()))
        };
        let of = |text: &str, path: &str| lines(&[(".gitignore", text)], path);
        assert_eq!(of("*.lock\n", "pipeline.lock"), root(&["!/pipeline.lock"]));
        assert_eq!(of("*.lock\n!pipeline.lock\n", "pipeline.lock"), None);
        assert_eq!(of("/sub/*.lock\n# *.lock\n", "pipeline.lock"), None);
        let path = ".github/pipewright/pytest-plugins.txt";
        assert_eq!(of(".github/\n*.txt\n", path), root(&["!/.github/", "!/.github/pipewright/pytest-plugins.txt"]));
        assert_eq!(of(".*\n!/.github/\n", path), None);
        let nested = lines(&[(".gitignore", "*.txt\n"), (".github/.gitignore", "!*.txt\n")], path);
        assert_eq!(nested, None);
    }
}
