//! The folders of generated files, read without following a link.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;

use crate::files::{SCRIPTS, WORKFLOWS};
use crate::sources::line_ends;

/// Size limit of files that are read, in bytes. Generated files are far smaller.
const LARGEST: u64 = 16 << 20;

/// Returns the text of a file, with `\n` as line end; none if it is missing, not text, too large, or a link.
pub(super) fn text(root: &Path, path: &str) -> Option<String> {
    let file = root.join(path);
    let plain = fs::symlink_metadata(&file).is_ok_and(|about| about.is_file() && about.len() <= LARGEST);
    plain.then(|| fs::read_to_string(file).ok()).flatten().map(line_ends)
}

/// Returns whether a plain file has this text, with any line ends; usually reads no more than its length.
pub(super) fn holds(root: &Path, path: &str, expected: &str) -> bool {
    let file = fs::File::open(root.join(path));
    file.is_ok_and(|file| is_exactly(file, expected.as_bytes()).unwrap_or(false))
        || text(root, path).is_some_and(|text| text == expected)
}

/// Bytes of a file that are compared at once: a buffer for whole files would be new memory for each.
const PART: usize = 1 << 15;

/// Returns whether a file has these bytes, and no others.
fn is_exactly(mut file: fs::File, mut expected: &[u8]) -> std::io::Result<bool> {
    let mut part = vec![0; PART];
    loop {
        let length = file.read(&mut part)?;
        match expected.split_at_checked(length) {
            Some(([], _)) => return Ok(expected.is_empty()),
            Some((here, rest)) if part.starts_with(here) => expected = rest,
            _ => return Ok(false),
        }
    }
}

/// Everything in the folders of generated files, each listed once: names, and whether they are plain files.
#[derive(Debug, Default)]
pub(super) struct Listing(BTreeMap<String, BTreeMap<String, bool>>);

impl Listing {
    /// Lists the workflows, and the scripts with all folders in theirs.
    pub(super) fn of(root: &Path) -> Self {
        let mut listing = Self::default();
        listing.list(root, WORKFLOWS);
        let mut open = vec![SCRIPTS.to_owned()];
        while let Some(folder) = open.pop() {
            open.extend(listing.list(root, &folder).into_iter().map(|name| format!("{folder}/{name}")));
        }
        listing
    }

    /// Lists a folder; the folders in it.
    fn list(&mut self, root: &Path, folder: &str) -> Vec<String> {
        let mut files = BTreeMap::new();
        let mut folders = Vec::new();
        for entry in fs::read_dir(root.join(folder)).into_iter().flatten().filter_map(Result::ok) {
            let Ok(kind) = entry.file_type() else { continue };
            // A name that is not text is not generated, but has to be reported.
            let name = entry.file_name().to_string_lossy().into_owned();
            if kind.is_dir() {
                folders.push(name);
            } else {
                files.insert(name, kind.is_file());
            }
        }
        for name in &folders {
            self.0.entry(format!("{folder}/{name}")).or_default();
        }
        self.0.entry(folder.to_owned()).or_default().extend(files);
        folders
    }

    /// Returns whether a path is a plain file; none if it does not exist.
    pub(super) fn is_file(&self, path: &str) -> Option<bool> {
        if self.0.contains_key(path) {
            return Some(false);
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.0.get(folder)?.get(name).copied()
    }

    /// Every plain file.
    pub(super) fn files(&self) -> impl Iterator<Item = String> + '_ {
        self.entries().filter(|(_, is_file)| *is_file).map(|(path, _)| path)
    }

    /// All entries except folders: files, links and others.
    pub(super) fn all(&self) -> impl Iterator<Item = String> + '_ {
        self.entries().map(|(path, _)| path)
    }

    fn entries(&self) -> impl Iterator<Item = (String, bool)> + '_ {
        self.0
            .iter()
            .flat_map(|(folder, names)| names.iter().map(move |(name, is_file)| (format!("{folder}/{name}"), *is_file)))
    }

    /// Removes a file from the disk and the list; returns whether that succeeded.
    pub(super) fn remove(&mut self, root: &Path, path: &str) -> bool {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let removed = fs::remove_file(root.join(path)).is_ok();
        if removed && let Some(names) = self.0.get_mut(folder) {
            names.remove(name);
        }
        removed
    }
}
