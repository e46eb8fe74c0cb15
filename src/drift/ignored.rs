//! Generated files that `.gitignore` excludes from commits.

use super::Repository;
use super::claim::Claim;
use crate::gitignore::{Decided, Gitignore};
use crate::sources::{Disk, folder};

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
        let tree = Disk::new(self.root.clone());
        let git = Gitignore::new(&tree);
        paths.filter(|path| !is_tracked(path)).filter_map(|path| ignored(&git, path)).collect()
    }
}

/// The pattern that ignores a file, and the lines that undo it.
fn ignored(git: &Gitignore<'_>, path: &str) -> Option<Ignored> {
    let mut found: Option<Ignored> = None;
    // An ignored folder hides everything in it, so every parent folder is checked.
    for (end, _) in path.match_indices('/').chain([(path.len(), "")]) {
        let part = path.get(..end).unwrap_or(path);
        let Some(Decided { file, pattern }) = git.ignores(part, end < path.len()) else { continue };
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Memory;

    fn lines(files: &[(&str, &str)], path: &str) -> Option<(String, Vec<String>)> {
        let tree = Memory(files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned())).collect());
        ignored(&Gitignore::new(&tree), path).map(|found| (found.file, found.lines))
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
