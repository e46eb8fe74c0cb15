//! What stands on disk, without following a link.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::Read;
use std::path::Path;

use super::Wanted;
use crate::files::{File, listed, origin};

/// Folders in which generated files stand; the second has a folder of its own for every pipeline but the first.
const WORKFLOWS: &str = ".github/workflows";
const SCRIPTS: &str = ".github/pipewright";

/// The text of a file; none for one that is not there, not text, or reached through a link.
pub(super) fn text(root: &Path, path: &str) -> Option<String> {
    let file = root.join(path);
    let plain = fs::symlink_metadata(&file).is_ok_and(|about| about.is_file());
    plain.then(|| fs::read_to_string(file).ok()).flatten()
}

/// Whether a plain file has exactly this text: one read that stops behind the wanted length.
pub(super) fn holds(root: &Path, path: &str, wanted: &str) -> bool {
    let mut read = Vec::with_capacity(wanted.len() + 1);
    let opened = fs::File::open(root.join(path));
    let most = u64::try_from(wanted.len()).unwrap_or(u64::MAX).saturating_add(1);
    opened.is_ok_and(|file| file.take(most).read_to_end(&mut read).is_ok()) && read == wanted.as_bytes()
}

/// What stands in the folders of generated files, each listed once: names, and whether they are plain files.
#[derive(Debug, Default)]
pub(super) struct Listing(BTreeMap<String, BTreeMap<String, bool>>);

impl Listing {
    /// Lists the folders of generated files, and those of these files.
    pub(super) fn of<'a>(root: &Path, wanted: impl Iterator<Item = &'a File>) -> Self {
        let mut listing = Self::default();
        listing.list(root, WORKFLOWS);
        for name in listing.list(root, SCRIPTS) {
            listing.list(root, &format!("{SCRIPTS}/{name}"));
        }
        for file in wanted {
            if let Some((folder, _)) = file.path.rsplit_once('/') {
                listing.list(root, folder);
            }
        }
        listing
    }

    /// Lists a folder, if it is not listed yet; the folders in it.
    fn list(&mut self, root: &Path, folder: &str) -> Vec<String> {
        if self.0.contains_key(folder) {
            return Vec::new();
        }
        let mut files = BTreeMap::new();
        let mut folders = Vec::new();
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten().filter_map(Result::ok) {
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else { continue };
            if kind.is_dir() {
                folders.push(name.clone());
            }
            files.insert(name, kind.is_file());
        }
        self.0.insert(folder.to_owned(), files);
        folders
    }

    /// Whether a path is a plain file; none where nothing has that name.
    pub(super) fn is_file(&self, path: &str) -> Option<bool> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.0.get(folder)?.get(name).copied()
    }

    /// Every plain file.
    fn files(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().flat_map(|(folder, names)| {
            names.iter().filter(|(_, is_file)| **is_file).map(move |(name, _)| format!("{folder}/{name}"))
        })
    }
}

/// A file that was generated, and that nobody wants any more.
pub(super) struct Orphan {
    /// Which of the definitions it was generated from.
    pub(super) of: usize,
    pub(super) path: String,
    pub(super) text: String,
}

/// Files that one of these definitions generated, as their header or the old manifest says, and that none wants.
pub(super) fn orphans(root: &Path, wanted: &[Wanted<'_>], old: &[String], listing: &Listing) -> Vec<Orphan> {
    let is_wanted: HashSet<&str> = wanted.iter().flat_map(|one| one.files).map(|file| file.path.as_str()).collect();
    let mut recorded: BTreeMap<&str, usize> = BTreeMap::new();
    for (of, manifest) in old.iter().enumerate() {
        recorded.extend(listed(manifest).map(|(_, path)| (path, of)));
    }
    let mut found = Vec::new();
    for path in listing.files().filter(|path| !is_wanted.contains(path.as_str())) {
        let Some(text) = text(root, &path) else { continue };
        let said = origin(&text).map(|(_, from)| from);
        let of = match said {
            Some(from) => wanted.iter().position(|one| one.definition == from),
            None => recorded.get(path.as_str()).copied(),
        };
        if let Some(of) = of {
            found.push(Orphan { of, path, text });
        }
    }
    found
}
