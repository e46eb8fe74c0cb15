//! Places of the definitions that a call names.

use std::fs;
use std::path::{Path, PathBuf};

use super::output::{Exit, io_failed};

/// The repository of a definition, and the definition's path in it.
pub(crate) type Place = (PathBuf, String);

/// The places of the definitions that a call names; `pipeline.toml` where none is named.
///
/// # Errors
///
/// The exit status of a call that names a definition which is in no folder.
pub(crate) fn places(folder: &Path, files: &[PathBuf]) -> Result<Vec<Place>, Exit> {
    let default = [PathBuf::from("pipeline.toml")];
    let files = if files.is_empty() { &default } else { files };
    files.iter().map(|file| place(&folder.join(file)).map_err(|message| io_failed(&message, None))).collect()
}

/// The repository of a definition, and the definition's path in it.
pub(crate) fn place(path: &Path) -> Result<Place, String> {
    let cannot = |error: std::io::Error| format!("cannot find `{}`: {error}", path.display());
    let (Some(parent), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(format!("`{}` does not name a file", path.display()));
    };
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let folder = fs::canonicalize(parent).map_err(cannot)?;
    let root = folder.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(&folder).to_owned();
    let inside = folder.strip_prefix(&root).unwrap_or(Path::new(""));
    let mut parts: Vec<&str> = Vec::new();
    for part in inside {
        parts.push(part.to_str().ok_or_else(|| format!("`{}` is not UTF-8", path.display()))?);
    }
    parts.push(name);
    let file = parts.join("/");
    // The path is written in comments and JSON, which these characters would end.
    if file.contains(|letter: char| letter.is_control() || matches!(letter, '"' | '\\')) {
        return Err(format!("the path `{}` holds a quote, a backslash or a control character", file.escape_debug()));
    }
    // It becomes a value of a workflow, in which GitHub would read an expression.
    if file.contains("${{") {
        return Err(format!("the path `{file}` holds `${{{{`, which GitHub reads as the start of an expression"));
    }
    Ok((root, file))
}
