//! A state of git as a folder: the index, which a commit would have, or a commit.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::failure::Failure;
use super::place::Place;

/// Copies of the indexes of repositories, removed when they are dropped.
#[derive(Default)]
pub(crate) struct Indexes(Vec<(PathBuf, PathBuf, TempDir)>);

/// Copies the files of a commit to a folder.
///
/// # Errors
///
/// The failure of a call in a folder that is no git repository, or one without such a commit.
pub(crate) fn commit(root: &Path, reference: &str) -> Result<TempDir, Failure> {
    let failed = |error: String| {
        let help = format!("name a commit, a branch or a tag that `git rev-parse {reference}` knows");
        Failure::io(format!("cannot read `{reference}` of git: {error}"), Some(&help))
    };
    let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
    // A separate index, so that the user's stays as it is.
    let index = folder.path().join(".pipewright-index");
    let commit = format!("{reference}^{{commit}}");
    run(Command::new("git")
        .args(["read-tree", "--end-of-options", &commit])
        .current_dir(root)
        .env("GIT_INDEX_FILE", &index))
    .map_err(failed)?;
    let mut command = checkout(folder.path());
    run(command.current_dir(root).env("GIT_INDEX_FILE", &index)).map_err(failed)?;
    Ok(folder)
}

/// The command that copies an index to a folder. Large files are not read, so they are not downloaded either.
fn checkout(folder: &Path) -> Command {
    let mut prefix = std::ffi::OsString::from("--prefix=");
    prefix.push(folder);
    prefix.push("/");
    let mut command = Command::new("git");
    command.args(["checkout-index", "--all", "--quiet"]).arg(prefix).env("GIT_LFS_SKIP_SMUDGE", "1");
    command
}

fn run(command: &mut Command) -> Result<(), String> {
    let ended = command.output().map_err(|error| error.to_string())?;
    if ended.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&ended.stderr).trim().to_owned()) }
}

impl Indexes {
    /// Returns the places in the indexes of their repositories.
    ///
    /// # Errors
    ///
    /// The failure of a call in a folder that is no git repository, or whose index lacks a definition.
    pub(crate) fn places(&mut self, places: Vec<Place>) -> Result<Vec<Place>, Failure> {
        let place = |place: Place| {
            let root = self.copy(&place.root)?;
            if place.stdin.is_none() && !root.join(&place.file).is_file() {
                let message = format!("`{}` is not in the index of git", place.file);
                return Err(Failure::io(message, Some(&format!("run `git add {}`", place.file))));
            }
            Ok(Place { root, ..place })
        };
        places.into_iter().map(place).collect()
    }

    /// The folder with the files of an index.
    fn copy(&mut self, root: &Path) -> Result<PathBuf, Failure> {
        if let Some((_, copy, _)) = self.0.iter().find(|(known, ..)| known == root) {
            return Ok(copy.clone());
        }
        let failed = |error: String| Failure::io(format!("cannot read the index of git: {error}"), None);
        let folder = tempfile::tempdir().map_err(|error| failed(error.to_string()))?;
        let copy = folder.path().canonicalize().map_err(|error| failed(error.to_string()))?;
        run(checkout(&copy).current_dir(root)).map_err(failed)?;
        self.0.push((root.to_owned(), copy.clone(), folder));
        Ok(copy)
    }
}
