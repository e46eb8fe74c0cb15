//! Places of the definitions that a call names.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use pipewright::sources::{LARGEST, Sources, Unreadable};

use super::failure::Failure;

/// The name of a definition.
pub(crate) const DEFINITION: &str = "pipeline.toml";

/// The argument for the definition on standard input.
pub(crate) const STDIN: &str = "-";

/// The repository of a definition, and the definition's path in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// The path of the definition from there.
    pub(crate) file: String,
    /// The definition from standard input, in the place of that on disk.
    pub(crate) stdin: Option<Vec<u8>>,
}

impl Place {
    /// Reads the definition and what it names.
    pub(crate) fn sources(&self) -> Result<Sources, Unreadable> {
        match &self.stdin {
            Some(bytes) => Sources::read_over(&self.root, &self.file, bytes.clone()),
            None => Sources::read(&self.root, &self.file),
        }
    }
}

/// The places of the definitions that a call names; where none is named, that of the closest `pipeline.toml`, in the
/// folder or above it.
///
/// # Errors
///
/// The failure of a call that names a definition which is in no folder.
pub(crate) fn places(folder: &Path, files: &[PathBuf]) -> Result<Vec<Place>, Failure> {
    if files.is_empty() {
        return Ok(vec![closest(folder)?]);
    }
    let one = |file: &PathBuf| {
        if file.as_os_str() == STDIN { piped(folder) } else { place(&folder.join(file)) }
    };
    files.iter().map(one).collect()
}

/// The definition of a call that takes one.
pub(crate) fn only(folder: &Path, file: Option<&PathBuf>) -> Result<Place, Failure> {
    match file {
        None => closest(folder),
        Some(file) if file.as_os_str() == STDIN => piped(folder),
        Some(file) => place(&folder.join(file)),
    }
}

/// The place of the closest `pipeline.toml`: in the folder, or above it in the same repository.
fn closest(folder: &Path) -> Result<Place, Failure> {
    match above(folder, DEFINITION) {
        Some(found) => place(&found.join(DEFINITION)),
        None => place(&folder.join(DEFINITION)),
    }
}

/// The closest folder of the repository that has such a file, from a folder upwards.
pub(crate) fn above(folder: &Path, name: &str) -> Option<PathBuf> {
    let folder = fs::canonicalize(folder).ok()?;
    let end = folder.ancestors().find(|above| above.join(".git").exists()).map(Path::to_owned);
    let is_inside = |above: &&Path| end.as_deref().is_none_or(|end| above.starts_with(end));
    folder.ancestors().take_while(is_inside).find(|above| above.join(name).is_file()).map(Path::to_owned)
}

/// The definition on standard input, in the place of the closest one.
fn piped(folder: &Path) -> Result<Place, Failure> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::io(format!("cannot read standard input: {error}"), None))?;
    Ok(Place { stdin: Some(bytes), ..closest(folder)? })
}

/// The repository of a definition, and the definition's path in it.
pub(crate) fn place(path: &Path) -> Result<Place, Failure> {
    let failed = |message: String| Failure::io(message, None);
    let cannot = |error: std::io::Error| failed(format!("cannot find `{}`: {error}", path.display()));
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(failed(format!("`{}` does not name a file", path.display())));
    };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let folder = fs::canonicalize(parent).map_err(cannot)?;
    let root = folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&folder).to_owned();
    let inside = folder.strip_prefix(&root).unwrap_or(Path::new(""));
    let mut parts: Vec<&str> = Vec::new();
    for part in inside {
        parts.push(part.to_str().ok_or_else(|| failed(format!("`{}` is not UTF-8", path.display())))?);
    }
    parts.push(name);
    let file = parts.join("/");
    // The path is written in comments and JSON, which these characters would end.
    if file.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\')) {
        let shown = file.escape_debug();
        return Err(failed(format!("the path `{shown}` holds a quote, a backslash or a control character")));
    }
    // It becomes a value of a workflow, in which GitHub would read an expression.
    if file.contains("${{") {
        return Err(failed(format!(
            "the path `{file}` holds `${{{{`, which GitHub reads as the start of an expression"
        )));
    }
    Ok(Place { root, file, stdin: None })
}
