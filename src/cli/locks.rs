//! Locks to which a call adds the pins that the program knows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pipewright::drift::{Change, Kind};
use pipewright::sources::{Sources, Text};
use pipewright::{merged, recorded};

use super::failure::{Failure, Note};
use super::output::Exit;
use super::place::Place;

/// Locks with what is added to them, by their repositories and paths.
#[derive(Default)]
pub(crate) struct Locks(BTreeMap<(PathBuf, String), Recorded>);

struct Recorded {
    before: Option<String>,
    after: String,
}

impl Locks {
    /// Adds a changed lock of a repository.
    pub(crate) fn change(&mut self, root: &Path, file: String, before: String, after: String) {
        self.0.insert((root.to_owned(), file), Recorded { before: Some(before), after });
    }

    /// These locks and those of these definitions in which a merge has left conflicts, resolved.
    ///
    /// # Errors
    ///
    /// The failure of a call with a lock in which no side is the later one.
    pub(crate) fn merged(mut self, places: &[Place]) -> Result<Self, Failure> {
        for place in places {
            let Ok(sources) = place.sources() else { continue };
            let Some(resolved) = merged(&sources) else { continue };
            let before = sources.lock.map(|lock| lock.text);
            let Text { file, text } = resolved.map_err(|names| unclear(&names))?;
            self.0.insert((place.root.clone(), file), Recorded { before, after: text });
        }
        Ok(self)
    }

    /// These locks and those of these definitions, with every pin that they ask for and that the program knows.
    pub(crate) fn recorded(self, places: &[Place]) -> Self {
        let mut locks = self;
        for place in places {
            let root = &place.root;
            let Ok(mut sources) = place.sources() else { continue };
            let before = sources.lock.as_ref().map(|lock| lock.text.clone());
            // Another definition of the call may have the same lock.
            locks.apply(root, &mut sources);
            if let Some(Text { file, text }) = recorded(&sources) {
                let lock = locks.0.entry((root.clone(), file)).or_insert(Recorded { before, after: String::new() });
                lock.after = text;
            }
        }
        locks
    }

    /// Puts the lock of a definition in the place of that on disk.
    pub(crate) fn apply(&self, root: &Path, sources: &mut Sources) {
        if self.0.is_empty() {
            return;
        }
        let file = sources.lock_file();
        if let Some(lock) = self.0.get(&(root.to_owned(), file.clone())) {
            sources.lock = Some(Text { file, text: lock.after.clone() });
        }
    }

    /// Every lock as a change of its repository.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (&Path, Change)> {
        self.0.iter().map(|((root, file), lock)| {
            let kind = if lock.before.is_some() { Kind::Stale } else { Kind::Missing };
            let before = lock.before.clone().unwrap_or_default();
            (root.as_path(), Change { path: file.clone(), kind, before, after: Some(lock.after.clone()) })
        })
    }
}

/// The failure of a merge whose sides have different pins of one version.
fn unclear(names: &[String]) -> Failure {
    let note = |name: &String| {
        let message = format!("both sides of the merge pin `{name}`, and neither has the later version");
        Note::new(message, "keep one of the two lines in `pipeline.lock`")
    };
    Failure { exit: Exit::Definition, errors: names.iter().map(note).collect(), end: Some("nothing was written") }
}
