//! GitHub's lockfile of actions: the entries that generated workflows need and it does not have.

use std::fs;
use std::path::Path;

use pipewright::actions_lock::{ACTIONS_LOCK, completed, gaps};
use pipewright::drift::{Change, Kind, Repository};
use pipewright::files::{WORKFLOWS, origin};

use super::failure::{Failure, Note};

/// The notes about a repository's lockfile; none in a repository without one.
pub(crate) fn notes(root: &Path) -> Vec<Note> {
    let Ok(lock) = fs::read_to_string(root.join(ACTIONS_LOCK)) else { return Vec::new() };
    let workflows = workflows(root);
    let note = |gap: &pipewright::actions_lock::Gap| {
        let help = match gap.lines() {
            Some(lines) => format!(
                "run `gh actions-lock --no-narrow`, or add to it:\n\n    {}",
                lines.replace('\n', "\n    ").trim_end().to_owned() + "\n"
            ),
            None => "write it again: `gh actions-lock --no-narrow`".to_owned(),
        };
        Note::new(format!("`{ACTIONS_LOCK}` does not fit the workflows: {gap}"), help)
    };
    gaps(&lock, &workflows).iter().map(note).collect()
}

/// The generated workflows of a repository by their paths.
fn workflows(root: &Path) -> Vec<(String, String)> {
    let mut workflows: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir(root.join(WORKFLOWS)).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        if origin(&text).is_some() && entry.path().extension().is_some_and(|end| end == "yml") {
            workflows.push((format!("{WORKFLOWS}/{name}"), text));
        }
    }
    workflows
}

/// Completes the lockfiles of repositories by their generated workflows, and returns the roots of those that were written.
///
/// # Errors
///
/// The failure of a call that cannot write one.
pub(crate) fn complete<'r>(roots: impl Iterator<Item = &'r Path>) -> Result<Vec<&'r Path>, Failure> {
    let mut roots: Vec<&Path> = roots.collect();
    roots.sort_unstable();
    roots.dedup();
    let mut written = Vec::new();
    for root in roots {
        let Ok(before) = fs::read_to_string(root.join(ACTIONS_LOCK)) else { continue };
        if let Some(after) = completed(&before, &workflows(root)) {
            let change = Change { path: ACTIONS_LOCK.to_owned(), kind: Kind::Stale, before, after: Some(after) };
            // The call holds the lock of the repository.
            let mut staged = Repository::open(root).stage();
            staged.add(&change).and_then(|()| staged.commit()).map_err(|error| Failure::io(error.to_string(), None))?;
            written.push(root);
        }
    }
    Ok(written)
}

/// The notes about the lockfiles of repositories.
pub(crate) fn all<'r>(roots: impl Iterator<Item = &'r Path>) -> Vec<Note> {
    let mut roots: Vec<&Path> = roots.collect();
    roots.sort_unstable();
    roots.dedup();
    roots.into_iter().flat_map(notes).collect()
}
