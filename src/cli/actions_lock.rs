//! GitHub's lockfile of actions: the entries that generated workflows need and it does not have.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use pipewright::actions_lock::{ACTIONS_LOCK, EMPTY, completed, gaps};
use pipewright::drift::{Change, Kind, Repository};
use pipewright::files::{WORKFLOWS, origin};

use super::failure::{Failure, Note};
use super::project::Compiled;

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

/// The lockfiles of repositories as changes: completed by the workflows of these definitions, and created where a call
/// asks for them.
pub(crate) fn changes(all: &[Compiled], creates: bool) -> Vec<(&Path, Change)> {
    let mut found = Vec::new();
    for root in roots(all) {
        let own = || all.iter().filter(|one| one.root == root);
        let before = fs::read_to_string(root.join(ACTIONS_LOCK)).ok();
        let Some(start) = before.as_deref().or(creates.then_some(EMPTY)) else { continue };
        // What is on disk, with what the call writes or removes.
        let mut texts: BTreeMap<String, String> = workflows(root).into_iter().collect();
        for one in own() {
            texts.extend(one.used.iter().cloned());
            one.departures.iter().filter(|it| it.removes).for_each(|it| drop(texts.remove(&it.path)));
        }
        let removed = |path: &str| own().any(|one| one.departures.iter().any(|it| it.removes && it.path == path));
        let kept = |path: &str| texts.contains_key(path) || (root.join(path).exists() && !removed(path));
        let known: Vec<(String, String)> = texts.clone().into_iter().collect();
        let after = completed(start, &known, &kept);
        let (kind, before) = match before {
            Some(before) => (Kind::Stale, before),
            None => (Kind::Missing, String::new()),
        };
        let after = after.or_else(|| before.is_empty().then(|| EMPTY.to_owned()));
        found.extend(
            after.map(|after| (root, Change { path: ACTIONS_LOCK.to_owned(), kind, before, after: Some(after) })),
        );
    }
    found
}

/// Writes the lockfiles.
///
/// # Errors
///
/// The failure of a call that cannot write one.
pub(crate) fn write(changes: &[(&Path, Change)]) -> Result<(), Failure> {
    for (root, change) in changes {
        // The call holds the lock of the repository.
        let mut staged = Repository::open(root).stage();
        staged.add(change).and_then(|()| staged.commit()).map_err(|error| Failure::io(error.to_string(), None))?;
    }
    Ok(())
}

/// The roots of repositories, each once.
fn roots(all: &[Compiled]) -> Vec<&Path> {
    let mut roots: Vec<&Path> = all.iter().map(|one| one.root.as_path()).collect();
    roots.sort_unstable();
    roots.dedup();
    roots
}

/// The notes about the lockfiles of repositories.
pub(crate) fn all(all: &[Compiled]) -> Vec<Note> {
    roots(all).into_iter().flat_map(notes).collect()
}
