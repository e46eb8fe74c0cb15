//! Atomic change of several files: all or none.

use std::cmp::Reverse;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Change, MANIFEST, TEMPORARY};

/// Error of a write; no file was changed.
#[derive(Debug)]
pub struct WriteError {
    /// The file that could not be written.
    pub path: String,
    /// Description of the error.
    pub reason: String,
}

impl WriteError {
    fn new(path: &str, reason: impl fmt::Display) -> Self {
        Self { path: path.to_owned(), reason: reason.to_string() }
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write `{}`: {}", self.path, self.reason)
    }
}

impl std::error::Error for WriteError {}

/// Applies these changes to the disk, all or none.
///
/// # Errors
///
/// [`WriteError`] for the first file that cannot be written.
pub fn write(root: &Path, changes: &[Change]) -> Result<(), WriteError> {
    let root = root.canonicalize().map_err(|error| WriteError::new(&root.display().to_string(), error))?;
    let _lock = super::lock(&root, || ());
    let mut staged = Staged::new(&root);
    changes.iter().try_for_each(|change| staged.add(change))?;
    staged.commit()
}

/// Changes that are written next to their destinations, under temporary names; a drop restores the disk.
///
/// It keeps only paths, neither texts nor open files.
#[derive(Debug)]
pub struct Staged {
    root: PathBuf,
    files: Vec<StagedFile>,
    made: Arc<Folders>,
}

/// Folders that were created for files; removed again if those are not committed.
#[derive(Debug, Default)]
pub(super) struct Folders(Mutex<Vec<PathBuf>>);

impl Folders {
    fn list(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        let mut folders = self.list();
        // The deepest first: two threads may have noted a folder before the one around it.
        folders.sort_unstable_by_key(|folder| Reverse(folder.components().count()));
        for folder in folders.iter() {
            // A folder that is not empty stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

#[derive(Debug)]
struct StagedFile {
    path: String,
    removes: bool,
}

impl Staged {
    /// Starts without changes, for the repository at `root`.
    pub fn new(root: &Path) -> Self {
        Self::beside(root, &Arc::default())
    }

    /// Starts without changes, for a repository whose other parts also create folders.
    pub(super) fn beside(root: &Path, made: &Arc<Folders>) -> Self {
        Self { root: root.to_owned(), files: Vec::new(), made: Arc::clone(made) }
    }

    /// Writes the new text of a change next to its destination.
    ///
    /// # Errors
    ///
    /// [`WriteError`] for a file that cannot be written, and for a path that a link leads out of the repository.
    pub fn add(&mut self, change: &Change) -> Result<(), WriteError> {
        let path = change.path.as_str();
        let to = self.destination(path).map_err(|reason| WriteError::new(path, reason))?;
        self.files.push(StagedFile { path: path.to_owned(), removes: change.after.is_none() });
        change.after.as_ref().map_or(Ok(()), |text| stage(&to, text)).map_err(|error| WriteError::new(path, error))
    }

    /// Adds the changes of another part of the same repository.
    pub fn append(&mut self, mut other: Self) {
        self.files.append(&mut other.files);
    }

    /// Moves every file to its destination, manifests last, so that a killed run never looks complete.
    ///
    /// # Errors
    ///
    /// [`WriteError`] for the first file that cannot be moved; those before it are restored.
    pub fn commit(mut self) -> Result<(), WriteError> {
        for file in self.files.iter().filter(|file| !file.removes) {
            let synced = fs::File::open(beside(&self.root.join(&file.path), "new")).and_then(|file| file.sync_all());
            synced.map_err(|error| WriteError::new(&file.path, error))?;
        }
        self.files.sort_by_key(|file| file.path.ends_with(MANIFEST));
        for (index, file) in self.files.iter().enumerate() {
            if let Err(error) = file.put(&self.root) {
                let done = self.files.iter().take(index).rev();
                done.for_each(|file| file.put_back(&self.root));
                return Err(WriteError::new(&file.path, error));
            }
        }
        for file in std::mem::take(&mut self.files) {
            // The next run removes leftovers.
            let _ = fs::remove_file(beside(&self.root.join(&file.path), "old"));
        }
        self.made.list().clear();
        Ok(())
    }

    /// Returns the destination of a file, inside of the repository and through no link.
    fn destination(&self, path: &str) -> Result<PathBuf, String> {
        let mut folder = self.root.clone();
        let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
        for part in folders.split('/').filter(|part| !part.is_empty()) {
            folder.push(part);
            match fs::symlink_metadata(&folder) {
                Ok(about) if about.is_dir() => {}
                Ok(about) if about.is_symlink() => {
                    let target = folder.canonicalize().map_err(|error| error.to_string())?;
                    if !target.starts_with(&self.root) {
                        return Err(format!("`{}` is a link out of the repository", folder.display()));
                    }
                }
                Ok(_) => return Err(format!("`{}` is not a folder", folder.display())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::create_dir(&folder) {
                    Ok(()) => self.made.list().push(folder.clone()),
                    // Another thread has created it.
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(error.to_string()),
                },
                Err(error) => return Err(error.to_string()),
            }
        }
        let file = folder.join(name);
        match fs::symlink_metadata(&file) {
            Ok(about) if about.is_symlink() => Err("it is a link; remove it first".to_owned()),
            Ok(about) if about.is_dir() => Err("it is a folder".to_owned()),
            _ => Ok(file),
        }
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for file in &self.files {
            let _ = fs::remove_file(beside(&self.root.join(&file.path), "new"));
        }
    }
}

impl StagedFile {
    /// Moves the file to its destination, and keeps the previous one under another name.
    fn put(&self, root: &Path) -> io::Result<()> {
        let to = root.join(&self.path);
        let old = beside(&to, "old");
        if fs::symlink_metadata(&to).is_ok_and(|about| about.is_file()) {
            // A hard link needs no permission to read the file; file systems without them get a copy.
            fs::hard_link(&to, &old).or_else(|_| fs::copy(&to, &old).map(drop))?;
        }
        let done = if self.removes { fs::remove_file(&to) } else { fs::rename(beside(&to, "new"), &to) };
        done.inspect_err(|_| {
            let _ = fs::remove_file(&old);
        })
    }

    /// Undoes [`put`](Self::put), as far as the disk, which has just failed once, allows.
    fn put_back(&self, root: &Path) {
        let to = root.join(&self.path);
        let old = beside(&to, "old");
        let _ = if old.exists() { fs::rename(&old, &to) } else { fs::remove_file(&to) };
    }
}

/// Returns the name of a temporary file next to a destination, without the extension of a workflow.
fn beside(to: &Path, what: &str) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!("{TEMPORARY}{name}.{what}"))
}

fn stage(to: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    let new = beside(to, "new");
    if new.is_file() {
        // A leftover of an interrupted run.
        fs::remove_file(&new)?;
    }
    let mut file = options.open(new)?;
    if let Ok(about) = fs::metadata(to)
        && fs::File::open(to).is_ok()
    {
        // The permissions of the file that it replaces, regardless of the umask.
        file.set_permissions(about.permissions())?;
    }
    file.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::Kind;

    fn change(path: &str, after: Option<&str>) -> Change {
        Change { path: path.to_owned(), kind: Kind::Stale, before: String::new(), after: after.map(str::to_owned) }
    }

    /// Files of a folder with their texts, sorted.
    fn tree(root: &Path) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(root).expect("the folder is readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                found.push((path.display().to_string(), Vec::new()));
                found.extend(tree(&path));
            } else {
                found.push((path.display().to_string(), fs::read(&path).expect("the file is readable")));
            }
        }
        found.sort();
        found
    }

    /// A repository with a text, a file that is no text, and one that goes; the changes end with a file that cannot be
    /// put in its place, because a folder appears there after everything is staged.
    fn failing(root: &Path) -> (Staged, Vec<(String, Vec<u8>)>) {
        fs::create_dir_all(root.join("a")).expect("the folder is writable");
        fs::write(root.join("a/text"), "before\n").expect("the file is writable");
        fs::write(root.join("a/bytes"), [0xff, 0xfe]).expect("the file is writable");
        fs::write(root.join("a/gone"), "before\n").expect("the file is writable");
        let before = tree(root);
        let mut staged = Staged::new(root);
        for change in [
            change("a/text", Some("after\n")),
            change("a/bytes", Some("after\n")),
            change("a/gone", None),
            change("a/new", Some("after\n")),
            change("b/c/new", Some("after\n")),
            change("a/blocked", Some("after\n")),
        ] {
            staged.add(&change).expect("it can be staged");
        }
        fs::create_dir_all(root.join("a/blocked/folder")).expect("the folder is writable");
        (staged, before)
    }

    #[test]
    fn a_failure_after_staging_puts_everything_back() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it exists");
        let (staged, before) = failing(&root);
        let error = staged.commit().expect_err("a folder is in the way");
        assert_eq!(error.path, "a/blocked");
        fs::remove_dir_all(root.join("a/blocked")).expect("it is a folder");
        assert_eq!(tree(&root), before);
    }

    #[test]
    fn what_is_staged_and_never_committed_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it exists");
        let (staged, before) = failing(&root);
        drop(staged);
        fs::remove_dir_all(root.join("a/blocked")).expect("it is a folder");
        assert_eq!(tree(&root), before);
    }

    #[test]
    fn manifests_are_put_in_their_place_last() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = folder.path().canonicalize().expect("it exists");
        let mut staged = Staged::new(&root);
        staged.add(&change("a/manifest.sha256", Some("after\n"))).expect("it can be staged");
        staged.add(&change("a/text", Some("after\n"))).expect("it can be staged");
        fs::create_dir(root.join("a/text")).expect("the folder is writable");
        staged.commit().expect_err("a folder is in the way");
        assert!(!root.join("a/manifest.sha256").exists());
    }
}
