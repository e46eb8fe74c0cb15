//! Files that definitions generate or have generated, also of definitions that are not part of a call.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::scan::{Listing, text};
use super::{Kind, MANIFEST};
use crate::files::{File, SCRIPTS, listed, origin};
use crate::shared;

/// Files that a definition generates and has generated before, by path.
#[derive(Debug, Default)]
pub struct Claim {
    definition: String,
    version: Option<String>,
    exclusive: Vec<String>,
    shared: Vec<String>,
    recorded: BTreeMap<String, String>,
}

impl Claim {
    /// Returns the claim of a definition, from its output and its manifest on disk.
    pub(super) fn new(definition: &str, files: &[File], manifest: &str) -> Self {
        Self {
            definition: definition.to_owned(),
            version: origin(manifest).and_then(|origin| origin.version).map(str::to_owned),
            exclusive: files.iter().filter(|file| !file.is_shared()).map(|file| file.path.clone()).collect(),
            shared: files.iter().filter(|file| file.is_shared()).map(|file| file.path.clone()).collect(),
            recorded: listed(manifest).map(|(sum, path)| (path.to_owned(), sum.to_owned())).collect(),
        }
    }

    pub(super) fn definition(&self) -> &str {
        &self.definition
    }

    /// Paths of the files that only this definition generates.
    pub fn exclusive(&self) -> impl Iterator<Item = &str> {
        self.exclusive.iter().map(String::as_str)
    }

    /// Paths of the files that it shares with other definitions.
    pub(super) fn shared(&self) -> impl Iterator<Item = &str> {
        self.shared.iter().map(String::as_str)
    }

    /// The hash of a file in its manifest on disk.
    pub(super) fn recorded(&self, path: &str) -> Option<&str> {
        self.recorded.get(path).map(String::as_str)
    }

    /// The other version of this program that wrote its manifest, and whether that is a newer one.
    pub fn other_version(&self) -> Option<(&str, bool)> {
        let version = self.version.as_deref().filter(|version| *version != VERSION)?;
        Some((version, numbers(version) > numbers(VERSION)))
    }

    /// Kind of a file that this definition has generated, and that differs from the current one.
    pub(super) fn outdated(&self) -> Kind {
        match self.other_version() {
            None => Kind::Stale,
            Some((_, true)) => Kind::NewerVersion,
            Some((_, false)) => Kind::OlderVersion,
        }
    }
}

/// The version of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The numbers of a version, without the name of a pre-release.
fn numbers(version: &str) -> Vec<u32> {
    let release = version.split(['-', '+']).next().unwrap_or_default();
    release.split('.').map(|part| part.parse().unwrap_or_default()).collect()
}

/// Files of pipelines that are not part of this call: workflows, shared files and files in their own folders, as listed
/// in their manifests. A manifest counts while its definition exists and is not part of this call.
pub(super) fn others(root: &Path, listing: &Listing, is_here: impl Fn(&str) -> bool) -> HashSet<String> {
    let mut found = HashSet::new();
    for path in listing.files().filter(|path| path.ends_with(MANIFEST) && is_folder_of_scripts(path)) {
        let manifest = text(root, &path).unwrap_or_default();
        let definition = origin(&manifest).and_then(|origin| origin.definition);
        if !definition.is_some_and(|definition| !is_here(definition) && root.join(definition).is_file()) {
            continue;
        }
        let folder = path.trim_end_matches("manifest.sha256");
        let own = |file: &&str| match file.strip_prefix(folder) {
            Some(name) => !name.contains('/'),
            None => !file.starts_with(SCRIPTS) || shared::by_path(file).is_some(),
        };
        let files = listed(&manifest).map(|(_, file)| file).filter(own);
        found.extend(files.filter(|file| listing.is_file(file) == Some(true)).map(str::to_owned));
        found.insert(path);
    }
    found
}

/// Returns whether a manifest is at a place of manifests: the folder of scripts, or a folder in it.
fn is_folder_of_scripts(manifest: &str) -> bool {
    manifest.strip_prefix(SCRIPTS).is_some_and(|rest| rest.matches('/').count() <= 2)
}
