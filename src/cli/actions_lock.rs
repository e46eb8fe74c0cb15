//! GitHub's lockfile of actions: the entries that generated workflows need and it does not have.

use std::fs;
use std::path::Path;

use pipewright::actions_lock::{ACTIONS_LOCK, gaps};
use pipewright::files::{WORKFLOWS, origin};

use super::failure::Note;

/// The notes about a repository's lockfile; none in a repository without one.
pub(crate) fn notes(root: &Path) -> Vec<Note> {
    let Ok(lock) = fs::read_to_string(root.join(ACTIONS_LOCK)) else { return Vec::new() };
    let mut workflows: Vec<(String, String)> = Vec::new();
    for entry in fs::read_dir(root.join(WORKFLOWS)).into_iter().flatten().filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        if origin(&text).is_some() && entry.path().extension().is_some_and(|end| end == "yml") {
            workflows.push((format!("{WORKFLOWS}/{name}"), text));
        }
    }
    let note = |gap: &pipewright::actions_lock::Gap| {
        let help = match gap.lines() {
            Some(lines) => format!("add to it:\n\n    {}", lines.replace('\n', "\n    ").trim_end().to_owned() + "\n"),
            None => "write it again: https://github.com/github/gh-actions-lock".to_owned(),
        };
        Note::new(format!("`{ACTIONS_LOCK}` does not fit the workflows: {gap}"), help)
    };
    gaps(&lock, &workflows).iter().map(note).collect()
}

/// The notes about the lockfiles of repositories.
pub(crate) fn all<'r>(roots: impl Iterator<Item = &'r Path>) -> Vec<Note> {
    let mut roots: Vec<&Path> = roots.collect();
    roots.sort_unstable();
    roots.dedup();
    roots.into_iter().flat_map(notes).collect()
}
