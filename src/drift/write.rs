//! All files or none.

use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::Change;

/// Why nothing was written.
#[derive(Debug)]
pub struct WriteError {
    /// The file that could not be written.
    pub path: String,
    /// Why.
    pub reason: String,
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write `{}`: {}", self.path, self.reason)
    }
}

impl std::error::Error for WriteError {}

/// Makes the disk agree with the changes, or leaves it as it was.
///
/// Everything is first written beside its destination, and only then renamed; what was renamed before a failure is put
/// back.
///
/// # Errors
///
/// [`WriteError`] for the first file that cannot be written, and for a path that a link leads out of the repository.
pub fn write(root: &Path, changes: &[Change]) -> Result<(), WriteError> {
    let failed = |change: &Change, reason: String| WriteError { path: change.path.clone(), reason };
    let root = root
        .canonicalize()
        .map_err(|error| WriteError { path: root.display().to_string(), reason: error.to_string() })?;
    let mut made = Folders(Vec::new());
    let mut staged: Vec<(&Change, Option<NamedTempFile>, PathBuf)> = Vec::new();
    for change in changes {
        let path = destination(&root, &change.path, &mut made).map_err(|reason| failed(change, reason))?;
        let file = match &change.after {
            Some(text) => Some(stage(&path, text).map_err(|error| failed(change, error.to_string()))?),
            None => None,
        };
        staged.push((change, file, path));
    }
    let mut done: Vec<(PathBuf, Option<Vec<u8>>)> = Vec::new();
    for (change, file, path) in staged {
        let before = fs::read(&path).ok();
        let result = match file {
            Some(file) => file.persist(&path).map(drop).map_err(|error| error.error),
            None => fs::remove_file(&path),
        };
        if let Err(error) = result {
            put_back(&done);
            return Err(failed(change, error.to_string()));
        }
        done.push((path, before));
    }
    made.0.clear();
    Ok(())
}

/// Folders that were made for files; removed again where those never come.
struct Folders(Vec<PathBuf>);

impl Drop for Folders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One that holds something by now stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Where a file goes: inside of the repository, through no link.
fn destination(root: &Path, path: &str, made: &mut Folders) -> Result<PathBuf, String> {
    let mut folder = root.to_owned();
    let mut parts: Vec<&str> = path.split('/').collect();
    let Some(name) = parts.pop() else { return Err("it has no name".to_owned()) };
    for part in parts {
        folder.push(part);
        match fs::symlink_metadata(&folder) {
            Ok(about) if about.is_dir() => {}
            Ok(about) if about.is_symlink() => {
                let target = folder.canonicalize().map_err(|error| error.to_string())?;
                if !target.starts_with(root) {
                    return Err(format!("`{}` is a link out of the repository", folder.display()));
                }
            }
            Ok(_) => return Err(format!("`{}` is not a folder", folder.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir(&folder).map_err(|error| error.to_string())?;
                made.0.push(folder.clone());
            }
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

fn stage(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".pipewright-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    let mut file = builder.tempfile_in(folder)?;
    if let Ok(about) = fs::metadata(path) {
        // As the file that it replaces, also where the process would give new files less.
        file.as_file().set_permissions(about.permissions())?;
    }
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn put_back(done: &[(PathBuf, Option<Vec<u8>>)]) {
    for (path, before) in done.iter().rev() {
        // The disk has just failed once; what can be put back is.
        let _ = match before {
            Some(bytes) => fs::write(path, bytes),
            None => fs::remove_file(path),
        };
    }
}
