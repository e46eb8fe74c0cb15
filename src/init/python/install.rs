//! How a Python project is installed: as its lock file says.

use super::super::project::Install;
use super::super::walk::Folder;
use super::manifest::{Manifest, Of, is_for_running};

/// How it is installed, with what its tests need.
pub(super) fn install(folder: &Folder, manifest: &Manifest) -> Option<Install> {
    let tests = manifest.declared("pytest");
    if folder.has("uv.lock") {
        return Some(Install::Uv(match tests {
            Some(Of::Extra(extra)) if is_plain(extra) => vec!["--extra".to_owned(), extra.clone()],
            Some(Of::Group(group)) if group != "dev" && is_plain(group) => vec!["--group".to_owned(), group.clone()],
            _ => Vec::new(),
        }));
    }
    if folder.has("poetry.lock") {
        let is_optional = |group: &str| {
            let key = format!("tool.poetry.group.{group}.optional");
            super::manifest::at(&manifest.pyproject, &key).and_then(toml::Value::as_bool) == Some(true)
        };
        return Some(Install::Poetry(match tests {
            Some(Of::Extra(extra)) if is_plain(extra) => vec!["--extras".to_owned(), extra.clone()],
            Some(Of::Group(group)) if is_plain(group) && is_optional(group) => {
                vec!["--with".to_owned(), group.clone()]
            }
            _ => Vec::new(),
        }));
    }
    let declared = manifest.pyproject.contains_key("project") || manifest.is_package;
    let running = manifest.requirements.iter().any(|file| is_for_running(file));
    if declared && !running && !manifest.requirements.is_empty() {
        // What the tests need stands in files, what the project needs in its own manifest.
        let files: String = manifest.requirements.iter().flat_map(|file| [" --requirement ", file]).collect();
        return Some(Install::Run(format!("python -m pip install --editable .{files}")));
    }
    if !manifest.requirements.is_empty() {
        return Some(Install::Pip(manifest.requirements.clone()));
    }
    declared.then(|| {
        Install::Run(match tests {
            Some(Of::Extra(extra)) if is_plain(extra) => format!("python -m pip install --editable '.[{extra}]'"),
            Some(Of::Group(group)) if is_plain(group) => {
                format!("python -m pip install --editable . --group {group}")
            }
            _ => "python -m pip install --editable .".to_owned(),
        })
    })
}

/// The names that extras and groups can have without being quoted.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}
