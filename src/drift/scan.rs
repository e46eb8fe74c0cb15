//! What stands on disk, without following a link.

use std::fs;
use std::path::Path;

use crate::files::{File, listed, origin};

/// Folders in which generated files stand.
const FOLDERS: [&str; 2] = [".github/workflows", ".github/pipewright"];

/// The text of a file; none for one that is not there, not text, or reached through a link.
pub(super) fn text(root: &Path, path: &str) -> Option<String> {
    let file = root.join(path);
    let plain = fs::symlink_metadata(&file).is_ok_and(|about| about.is_file());
    plain.then(|| fs::read_to_string(file).ok()).flatten()
}

/// Whether anything has this name.
pub(super) fn exists(root: &Path, path: &str) -> bool {
    fs::symlink_metadata(root.join(path)).is_ok()
}

/// Files that say that this definition generated them, and that it does not want.
pub(super) fn orphans(root: &Path, definition: &str, wanted: &[File], old: &str) -> Vec<(String, String)> {
    let is_wanted = |path: &str| {
        wanted.binary_search_by(|file| file.path.as_str().cmp(path)).is_ok()
            || wanted.iter().any(|file| file.path == path)
    };
    let mut found = Vec::new();
    for path in generated_paths(root, wanted) {
        if is_wanted(&path) {
            continue;
        }
        let Some(text) = text(root, &path) else { continue };
        let said = origin(&text).is_some_and(|(_, from)| from == definition);
        if said || listed(old).any(|(_, file)| file == path) {
            found.push((path, text));
        }
    }
    found
}

/// Every generated file of a repository, with the definition that it comes from.
pub fn generated(root: &Path) -> Vec<(String, String)> {
    generated_paths(root, &[])
        .into_iter()
        .filter_map(|path| {
            let text = text(root, &path)?;
            let (_, from) = origin(&text)?;
            Some((path, from.to_owned()))
        })
        .collect()
}

/// Files in the folders of generated files; folders below them are those of pipelines that share the repository.
fn generated_paths(root: &Path, wanted: &[File]) -> Vec<String> {
    let mut folders: Vec<String> = FOLDERS.iter().map(|folder| (*folder).to_owned()).collect();
    if wanted.is_empty() {
        folders.extend(entries(root, ".github/pipewright", true));
    }
    for file in wanted {
        if let Some((folder, _)) = file.path.rsplit_once('/')
            && !folders.iter().any(|known| known == folder)
        {
            folders.push(folder.to_owned());
        }
    }
    let mut paths: Vec<String> = folders.iter().flat_map(|folder| entries(root, folder, false)).collect();
    paths.sort();
    paths
}

fn entries(root: &Path, folder: &str, folders: bool) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|kind| if folders { kind.is_dir() } else { kind.is_file() }))
        .filter_map(|entry| entry.file_name().into_string().ok())
        .map(|name| format!("{folder}/{name}"))
        .collect()
}
