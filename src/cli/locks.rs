//! Locks to which a call adds the pins that the program knows.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pipewright::drift::{Change, Kind};
use pipewright::recorded;
use pipewright::sources::{Sources, Text};

use super::place::Place;

/// Locks with what is added to them, by their repositories and paths.
#[derive(Default)]
pub(crate) struct Locks(BTreeMap<(PathBuf, String), Recorded>);

struct Recorded {
    before: Option<String>,
    after: String,
}

impl Locks {
    /// The locks of these definitions, with every pin that they ask for and that the program knows.
    pub(crate) fn recorded(places: &[Place]) -> Self {
        let mut locks = Self::default();
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
