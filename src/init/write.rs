//! Writes a plan: every file of it or none, and nothing over existing files.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::plan::NewFile;

/// A file that could not be written; nothing was.
#[derive(Debug)]
pub struct Failed {
    /// The file.
    pub path: String,
    /// The failure.
    pub message: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write `{}`: {}", self.path, self.message)
    }
}

impl std::error::Error for Failed {}

/// Writes files of a plan into the repository at `root`.
///
/// # Errors
///
/// [`Failed`] for the first file that exists already, is behind a symbolic link, or that the disk refuses; what was
/// written before is taken back.
pub fn write(root: &Path, files: &[NewFile]) -> Result<(), Failed> {
    let mut staged = Vec::new();
    for file in files {
        let failed = |message: String| Failed { path: file.path.clone(), message };
        let path = prepare(root, file).map_err(failed)?;
        let temporary = stage(&path, file).map_err(|error| failed(error.to_string()))?;
        staged.push((file, path, temporary));
    }
    let mut written: Vec<PathBuf> = Vec::new();
    for (file, path, temporary) in staged {
        if let Err(error) = temporary.persist_noclobber(&path) {
            take_back(&written);
            return Err(Failed { path: file.path.clone(), message: error.error.to_string() });
        }
        written.push(path);
    }
    Ok(())
}

/// Replaces the text of a file of the repository at `root`, all of it or nothing.
///
/// # Errors
///
/// [`Failed`] for a file that the disk refuses.
pub fn replace(root: &Path, path: &str, text: &str) -> Result<(), Failed> {
    let failed = |error: io::Error| Failed { path: path.to_owned(), message: error.to_string() };
    let target = root.join(path);
    let target = target.canonicalize().unwrap_or(target);
    let permissions = fs::metadata(&target).map_err(failed)?.permissions();
    let file = NewFile { path: path.to_owned(), text: text.to_owned(), why: "", executable: false };
    let temporary = stage(&target, &file).map_err(failed)?;
    temporary.as_file().set_permissions(permissions).map_err(failed)?;
    temporary.persist(&target).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Returns where a file goes, once nothing speaks against it.
fn prepare(root: &Path, file: &NewFile) -> Result<PathBuf, String> {
    let mut path = root.to_owned();
    for part in file.path.split('/') {
        if matches!(part, "" | "." | "..") {
            return Err("its path leaves the repository".to_owned());
        }
        path.push(part);
        if path.is_symlink() {
            return Err("a symbolic link leads there".to_owned());
        }
    }
    if path.exists() { Err("it exists".to_owned()) } else { Ok(path) }
}

fn stage(path: &Path, file: &NewFile) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut temporary = NamedTempFile::new_in(folder)?;
    temporary.write_all(file.text.as_bytes())?;
    permit(&temporary, file.executable)?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// A temporary file is its owner's alone; the one that it becomes is not.
#[cfg(unix)]
fn permit(temporary: &NamedTempFile, executable: bool) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if executable { 0o755 } else { 0o644 };
    temporary.as_file().set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "it can fail elsewhere")]
fn permit(_: &NamedTempFile, _: bool) -> io::Result<()> {
    Ok(())
}

/// As far as the disk still lets it: the error that led here is reported.
fn take_back(written: &[PathBuf]) {
    for path in written {
        let _ = fs::remove_file(path);
    }
}
