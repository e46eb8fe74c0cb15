//! Wanted files against files on disk.

mod change;
mod claim;
mod lock;
mod scan;
mod write;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::files::{File, hash, listed, origin, sealed};

use scan::Listing;
use write::Folders;

pub use change::{Change, Kind};
pub use claim::Claim;
pub use lock::{Lock, lock};
pub use write::{Staged, WriteError, write};

/// End of the path of every manifest.
const MANIFEST: &str = "/manifest.sha256";

/// Front of the names of files that exist only while others are written.
const TEMPORARY: &str = ".pipewright-";

/// A repository on disk, listed once for all of its definitions.
#[derive(Debug)]
pub struct Repository {
    root: PathBuf,
    listing: Listing,
    made: Arc<Folders>,
}

impl Repository {
    /// Lists the folders of generated files; changes nothing.
    pub fn open(root: &Path) -> Self {
        Self { root: root.to_owned(), listing: Listing::of(root), made: Arc::default() }
    }

    /// No change yet. Folders that are made for changes which are never committed go with the last of them.
    pub fn stage(&self) -> Staged {
        Staged::beside(&self.root, &self.made)
    }

    /// Removes what an interrupted run has left behind; to be called under the repository's lock.
    pub fn remove_temporary(&mut self) -> Vec<String> {
        let temporary: Vec<String> = self.listing.files().filter(|path| is_temporary(path)).collect();
        temporary.into_iter().filter(|path| self.listing.remove(&self.root, path)).collect()
    }

    /// Every file of a definition that departs from what it compiles to, and its claim on the others.
    pub fn compare(&self, definition: &str, files: &[File]) -> (Vec<Change>, Claim) {
        let manifest = files.iter().find(|file| file.path.ends_with(MANIFEST));
        let old = manifest.and_then(|file| scan::text(&self.root, &file.path)).unwrap_or_default();
        let sums: BTreeMap<&str, &str> = listed(&old).map(|(sum, path)| (path, sum)).collect();
        let changes =
            files.iter().filter_map(|file| self.changed(definition, sums.get(&*file.path).copied(), file)).collect();
        (changes, Claim::new(definition, files, sums))
    }

    /// How a wanted file departs from what is wanted, if it does.
    fn changed(&self, definition: &str, recorded: Option<&str>, file: &File) -> Option<Change> {
        let there = self.listing.is_file(&file.path);
        if there == Some(true) && scan::holds(&self.root, &file.path, &file.text) {
            return None;
        }
        let before = scan::text(&self.root, &file.path);
        let kind = match &before {
            Some(before) => kind(definition, recorded, &file.path, before),
            None if there.is_some() => Kind::Foreign,
            None => Kind::Missing,
        };
        let before = before.unwrap_or_default();
        Some(Change { path: file.path.clone(), kind, before, after: Some(file.text.clone()) })
    }

    /// Files that no definition wants: those that one of these has generated before, with its index, what an interrupted
    /// run has left, and other files below the folder of scripts.
    pub fn unclaimed(&self, claims: &[&Claim]) -> Vec<(usize, Change)> {
        let wanted: HashSet<&str> = claims.iter().flat_map(|claim| claim.wanted()).collect();
        let owners: BTreeMap<&str, usize> =
            (0..).zip(claims).map(|(index, claim)| (claim.definition(), index)).collect();
        let mut recorded: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
        for (index, claim) in claims.iter().enumerate() {
            recorded.extend(claim.recorded().map(|(path, sum)| (path, (index, sum))));
        }
        let others = claim::others(&self.root, &self.listing, |definition| owners.contains_key(definition));
        let mut found = Vec::new();
        for path in self.listing.all().filter(|path| !wanted.contains(path.as_str()) && !others.contains(path)) {
            let text = scan::text(&self.root, &path).unwrap_or_default();
            let from = origin(&text).map(|(_, from)| from);
            let recorded = recorded.get(path.as_str()).copied();
            let owner = match from {
                Some(from) => owners.get(from).copied(),
                None => recorded.map(|(index, _)| index),
            };
            let kind = match owner {
                _ if is_temporary(&path) => Kind::LeftOver,
                Some(_) if is_generated(&text, recorded.map(|(_, sum)| sum)) => Kind::Orphaned,
                Some(_) => Kind::Edited,
                None if path.starts_with(scan::SCRIPTS) => Kind::Planted,
                None => continue,
            };
            found.push((owner.unwrap_or(0), Change { path, kind, before: text, after: None }));
        }
        found
    }
}

fn is_temporary(path: &str) -> bool {
    path.rsplit('/').next().is_some_and(|name| name.starts_with(TEMPORARY))
}

/// Whether a text is one that was generated: by the seal in it, or else by the manifest's hash.
fn is_generated(text: &str, recorded: Option<&str>) -> bool {
    sealed(text).unwrap_or(recorded.is_none()) || recorded.is_some_and(|sum| sum == hash(text))
}

/// Why a file that is there is not what is wanted.
fn kind(definition: &str, recorded: Option<&str>, path: &str, before: &str) -> Kind {
    let Some((version, from)) = origin(before) else {
        let ours = recorded.is_some() || before.contains(crate::files::MARK);
        return if ours { Kind::Edited } else { Kind::Foreign };
    };
    let generated = sealed(before) == Some(true) || recorded.is_some_and(|sum| sum == hash(before));
    if from != definition {
        Kind::Foreign
    } else if !generated && !path.ends_with(MANIFEST) {
        Kind::Edited
    } else if version != env!("CARGO_PKG_VERSION") {
        Kind::OtherVersion
    } else {
        Kind::Stale
    }
}
