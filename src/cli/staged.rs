//! The git index as a folder: the files that a commit would have.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::failure::Failure;
use super::place::Place;

/// Copies of the indexes of repositories, removed when they are dropped.
#[derive(Default)]
pub(crate) struct Indexes(Vec<(PathBuf, PathBuf, TempDir)>);

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
        let mut prefix = std::ffi::OsString::from("--prefix=");
        prefix.push(&copy);
        prefix.push("/");
        // Large files are not read, so they are not downloaded either.
        let ended = Command::new("git")
            .args(["checkout-index", "--all", "--quiet"])
            .arg(prefix)
            .current_dir(root)
            .env("GIT_LFS_SKIP_SMUDGE", "1")
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if !ended.status.success() {
            return Err(failed(String::from_utf8_lossy(&ended.stderr).trim().to_owned()));
        }
        self.0.push((root.to_owned(), copy.clone(), folder));
        Ok(copy)
    }
}
