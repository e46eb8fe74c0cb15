//! Installation of a Python project, by its lock file.

use super::super::project::{Install, Stated};
use super::super::walk::{Folder, View, is_in, join};
use super::manifest::{Manifest, Of, at, is_for_running};
use super::own;
use crate::pytest::fnmatch;

/// Returns how it is installed, with what its tests need: as its own workflow does, else by its lock file.
pub(super) fn install(view: &View<'_>, folder: &Folder, manifest: &Manifest, stated: &mut Stated) -> Option<Install> {
    let by_uv = folder.has("uv.lock") || is_member(view, folder);
    if let Some((install, place)) = own::install(view, folder, by_uv, folder.has("poetry.lock")) {
        stated.took("install", &place);
        return Some(install);
    }
    by_lock(folder, manifest, by_uv)
}

fn by_lock(folder: &Folder, manifest: &Manifest, by_uv: bool) -> Option<Install> {
    let tests = manifest.declared("pytest");
    if by_uv {
        return Some(Install::Uv(match tests {
            Some(Of::Extra(extra)) if is_plain(extra) => vec!["--extra".to_owned(), extra.clone()],
            Some(Of::Group(group)) if group != "dev" && is_plain(group) => vec!["--group".to_owned(), group.clone()],
            _ => Vec::new(),
        }));
    }
    if folder.has("poetry.lock") {
        let is_optional = |group: &str| {
            let key = format!("tool.poetry.group.{group}.optional");
            at(&manifest.pyproject, &key).and_then(toml::Value::as_bool) == Some(true)
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
        // Dependencies of the tests are in files, those of the project in its manifest.
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

/// Returns whether a workspace above has the folder as a member: uv finds its lock file from there.
pub(super) fn is_member(view: &View<'_>, folder: &Folder) -> bool {
    view.folders.iter().any(|above| {
        let below = above.path != folder.path && is_in(&folder.path, &above.path) && above.has("uv.lock");
        let manifest: Option<toml::Table> =
            view.read(above, "pyproject.toml").filter(|_| below).and_then(|text| toml::from_str(&text).ok());
        let Some(workspace) = manifest.as_ref().and_then(|manifest| at(manifest, "tool.uv.workspace")) else {
            return false;
        };
        let listed = |key: &str| {
            let globs = workspace.get(key).and_then(toml::Value::as_array).into_iter().flatten();
            globs.filter_map(toml::Value::as_str).any(|glob| {
                let whole = join(&above.path, glob.trim_end_matches('/'));
                let (glob, path): (Vec<&str>, Vec<&str>) =
                    (whole.split('/').collect(), folder.path.split('/').collect());
                glob.len() == path.len() && glob.iter().zip(path).all(|(pattern, part)| fnmatch(pattern, part))
            })
        };
        listed("members") && !listed("exclude")
    })
}

/// The names that extras and groups can have without being quoted.
fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}
