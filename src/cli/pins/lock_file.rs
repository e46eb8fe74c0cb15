//! The lock of a call, and the pipelines that use it.

use std::fs;
use std::path::{Path, PathBuf};

use pipewright::diagnostics::closest;
use pipewright::drift::{Change, Kind, Repository, write};
use pipewright::pins::Lock;
use pipewright::sources::Sources;

use crate::cli::failure::{Failure, Note};
use crate::cli::output::Exit;
use crate::cli::place::{DEFINITION, Place, above, place};

/// The name of a lock.
pub(super) const FILE: &str = "pipeline.lock";

/// A lock on disk.
pub(super) struct LockFile {
    /// The folder of the lock.
    pub(super) folder: PathBuf,
    /// The text of the lock; empty where there is none.
    pub(super) before: String,
    /// The pins.
    pub(super) lock: Lock,
}

impl LockFile {
    /// Finds and reads the lock of a folder.
    pub(super) fn of(folder: &Path) -> Result<Self, Failure> {
        // A lock serves the definitions in its folder and below.
        let found = above(folder, FILE).or_else(|| above(folder, DEFINITION));
        let folder = found.unwrap_or_else(|| folder.to_owned());
        let path = folder.join(FILE);
        let before = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(Failure::io(format!("cannot read `{}`: {error}", path.display()), None)),
        };
        let lock = if before.is_empty() { Ok(Lock::default()) } else { Lock::parse(&before) };
        let lock = lock.map_err(|error| {
            let message = format!("{FILE}:{}:{}: {}", error.line, error.column, error.message);
            Failure { exit: Exit::Definition, errors: vec![Note::new(message, error.help)], end: None }
        })?;
        Ok(Self { folder, before, lock })
    }

    /// Names of all pins.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let actions = self.lock.actions().map(|(name, _)| name);
        actions.chain(self.lock.images().map(|(name, _)| name)).chain(self.lock.tools().map(|(name, _)| name))
    }

    /// The failure of a call that names a pin which the lock does not have.
    pub(super) fn unknown(&self, name: &str) -> Failure {
        let message = format!("`{FILE}` has no pin of `{name}`");
        let near = closest(name, self.names());
        Failure::usage(
            message,
            near.map_or("`pipewright pins list` prints the names".to_owned(), |near| format!("did you mean `{near}`?")),
        )
    }

    /// Generated pipelines that use the lock.
    pub(super) fn definitions(&self) -> Vec<(Place, Sources)> {
        let Ok(here) = place(&self.folder.join(FILE)) else { return Vec::new() };
        let generated = Repository::open(&here.root).other_definitions(&[]);
        let read = |file: String| {
            let place = Place { root: here.root.clone(), file, stdin: None };
            let sources = place.sources().ok()?;
            (sources.lock_file() == here.file).then_some((place, sources))
        };
        generated.into_iter().filter_map(read).collect()
    }

    /// Names of actions with their folders, as the pipelines use them.
    pub(super) fn used(&self) -> Vec<String> {
        self.definitions().iter().flat_map(|(_, sources)| pipewright::needs(sources).actions).collect()
    }

    /// Writes the lock, if it has changed.
    pub(super) fn write(self) -> Result<(), Failure> {
        let after = self.lock.to_text();
        if after == self.before {
            return Ok(());
        }
        let kind = if self.before.is_empty() { Kind::Missing } else { Kind::Stale };
        let change = Change { path: FILE.to_owned(), kind, before: self.before, after: Some(after) };
        write(&self.folder, &[change]).map_err(|error| Failure::io(error.to_string(), None))
    }
}
