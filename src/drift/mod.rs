//! Comparison of generated files with files on disk.

mod attributes;
mod change;
mod claim;
mod ignored;
mod lock;
mod names;
mod scan;
mod write;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::conflict;
use crate::files::{File, MARK, SCRIPTS, hash, origin, sealed, unsealed};
use crate::pins::moved;
use crate::shared;

pub(crate) use names::{MANIFEST, TEMPORARY};
use scan::Listing;
use write::Folders;

pub use change::{Change, Kind};
pub use claim::Claim;
pub use ignored::Ignored;
pub use lock::{Lock, lock};
pub use write::{Staged, WriteError, write};

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

    /// Starts without changes. Dropping uncommitted changes also removes the folders that were created for them.
    pub fn stage(&self) -> Staged {
        Staged::beside(&self.root, &self.made)
    }

    /// Removes what an interrupted run has left behind; to be called under the repository's lock.
    pub fn remove_temporary(&mut self) -> Vec<String> {
        let temporary: Vec<String> = self.listing.files().filter(|path| is_temporary(path)).collect();
        temporary.into_iter().filter(|path| self.listing.remove(&self.root, path)).collect()
    }

    /// Returns the files of a definition that differ from its output, without shared ones, and its claim.
    pub fn compare(&self, definition: &str, files: &[File]) -> (Vec<Change>, Claim) {
        let manifest = files.iter().find(|file| file.path.ends_with(MANIFEST));
        let old = manifest.and_then(|file| scan::text(&self.root, &file.path)).unwrap_or_default();
        let claim = Claim::new(definition, files, &old);
        let own = files.iter().filter(|file| !file.is_shared());
        let changes = own.filter_map(|file| {
            self.changed(&file.path, &file.text, |before| {
                let kind = kind(&claim, claim.recorded(&file.path), &file.path, before);
                let is_repinned = kind == Kind::Edited && moved(&unsealed(&file.text), &unsealed(before)).is_some();
                if is_repinned { Kind::Repinned } else { kind }
            })
        });
        (changes.collect(), claim)
    }

    /// Returns the change of a generated file, if it differs; `kind` classifies an existing text.
    fn changed(&self, path: &str, expected: &str, kind: impl Fn(&str) -> Kind) -> Option<Change> {
        let there = self.listing.is_file(path);
        if there == Some(true) && scan::holds(&self.root, path, expected) {
            return None;
        }
        let before = scan::text(&self.root, path);
        let kind = match &before {
            Some(before) => kind(before),
            None if there.is_some() => Kind::Foreign,
            None => Kind::Missing,
        };
        let before = before.unwrap_or_default();
        Some(Change { path: path.to_owned(), kind, before, after: Some(expected.to_owned()) })
    }

    /// Returns changes that concern several definitions, each with the index of a claim: shared files, files that no
    /// definition generates any more, leftovers of an interrupted run, and other files in the folder of scripts.
    pub fn common(&self, claims: &[&Claim]) -> Vec<(usize, Change)> {
        let others = self.others(claims);
        let mut found = self.shared(claims);
        found.extend(self.attributes(claims, &others).map(|change| (0, change)));
        found.extend(self.unclaimed(claims, &others));
        found
    }

    /// Definitions that are not part of this call, and whose pipelines share files with those of this call.
    pub fn other_definitions(&self, claims: &[&Claim]) -> Vec<String> {
        let others = self.others(claims);
        let manifests = others.iter().filter(|path| path.ends_with(MANIFEST));
        let mut found: Vec<String> =
            manifests.filter_map(|path| Some(origin(&scan::text(&self.root, path)?)?.definition?.to_owned())).collect();
        found.sort_unstable();
        found
    }

    /// Files of pipelines that are not part of this call.
    fn others(&self, claims: &[&Claim]) -> HashSet<String> {
        let here: HashSet<&str> = claims.iter().map(|claim| claim.definition()).collect();
        claim::others(&self.root, &self.listing, |definition| here.contains(definition))
    }

    /// Returns shared files that differ, each with the index of the first claim on it.
    fn shared(&self, claims: &[&Claim]) -> Vec<(usize, Change)> {
        let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
        for (index, claim) in claims.iter().enumerate() {
            for path in claim.shared() {
                expected.entry(path).or_insert(index);
            }
        }
        let change = |(path, index): (&str, usize)| {
            let shared = shared::by_path(path)?;
            let kind = |before: &str| shared_kind(claims, path, before);
            Some((index, self.changed(path, shared.text, kind)?))
        };
        expected.into_iter().filter_map(change).collect()
    }

    /// Returns files that no definition generates.
    fn unclaimed(&self, claims: &[&Claim], others: &HashSet<String>) -> Vec<(usize, Change)> {
        let expected: HashSet<&str> = claims.iter().flat_map(|claim| claim.exclusive().chain(claim.shared())).collect();
        let owners: BTreeMap<&str, usize> =
            (0..).zip(claims).map(|(index, claim)| (claim.definition(), index)).collect();
        let mut found = Vec::new();
        for path in self.listing.all().filter(|path| !expected.contains(path.as_str()) && !others.contains(path)) {
            let text = scan::text(&self.root, &path).unwrap_or_default();
            let recorded = (0..).zip(claims).find_map(|(index, claim)| Some((index, claim.recorded(&path)?)));
            let owner = match origin(&text) {
                Some(origin) if origin.definition.is_some() => {
                    origin.definition.and_then(|from| owners.get(from).copied())
                }
                // A deleted pipeline may have been the last user of a shared file.
                Some(_) if recorded.is_none() && path.starts_with(SCRIPTS) && sealed(&text) == Some(true) => Some(0),
                _ => recorded.map(|(index, _)| index),
            };
            let kind = match owner {
                _ if is_temporary(&path) => Kind::LeftOver,
                Some(_) if is_generated(&text, recorded.map(|(_, sum)| sum)) => Kind::Orphaned,
                Some(_) => Kind::Edited,
                None if path.starts_with(SCRIPTS) => Kind::Planted,
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

/// Returns whether a text was generated, by the seal in it or the hash in the manifest.
fn is_generated(text: &str, recorded: Option<&str>) -> bool {
    sealed(text).unwrap_or(recorded.is_none()) || recorded.is_some_and(|sum| sum == hash(text))
}

/// Returns the kind of change of an existing file.
fn kind(claim: &Claim, recorded: Option<&str>, path: &str, before: &str) -> Kind {
    let is_unmerged = conflict::marker(before).is_some();
    let Some(from) = origin(before).and_then(|origin| origin.definition) else {
        let ours = recorded.is_some() || before.contains(MARK);
        return match (ours, is_unmerged) {
            (true, true) => Kind::Unmerged,
            (true, false) => Kind::Edited,
            (false, _) => Kind::Foreign,
        };
    };
    let generated = sealed(before) == Some(true) || recorded.is_some_and(|sum| sum == hash(before));
    if from != claim.definition() {
        Kind::Foreign
    } else if is_unmerged {
        Kind::Unmerged
    } else if !generated && !path.ends_with(MANIFEST) {
        Kind::Edited
    } else {
        claim.outdated()
    }
}

/// Returns the kind of change of an existing shared file.
fn shared_kind(claims: &[&Claim], path: &str, before: &str) -> Kind {
    let sums: Vec<&str> = claims.iter().filter_map(|claim| claim.recorded(path)).collect();
    if sealed(before) == Some(true) || sums.contains(&hash(before).as_str()) {
        let mut outdated = claims.iter().map(|claim| claim.outdated());
        outdated.find(|kind| *kind != Kind::Stale).unwrap_or(Kind::Stale)
    } else if !sums.is_empty() || before.contains(MARK) {
        if conflict::marker(before).is_some() { Kind::Unmerged } else { Kind::Edited }
    } else {
        Kind::Foreign
    }
}
