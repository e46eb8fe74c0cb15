//! The files that a definition wants or has generated before, and those of definitions that are not part of a call.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use super::MANIFEST;
use super::scan::{Listing, SCRIPTS, text};
use crate::files::{File, listed};

/// What one definition wants and had generated, by path.
#[derive(Debug, Default)]
pub struct Claim {
    definition: String,
    wanted: Vec<String>,
    recorded: Vec<(String, String)>,
}

impl Claim {
    pub(super) fn new(definition: &str, files: &[File], mut sums: BTreeMap<&str, &str>) -> Self {
        for file in files {
            sums.remove(&*file.path);
        }
        let recorded = sums.into_iter().map(|(path, sum)| (path.to_owned(), sum.to_owned())).collect();
        let wanted = files.iter().map(|file| file.path.clone()).collect();
        Self { definition: definition.to_owned(), wanted, recorded }
    }

    pub(super) fn definition(&self) -> &str {
        &self.definition
    }

    /// Paths of the files that the definition wants.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().map(String::as_str)
    }

    /// Paths and hashes of files that its manifest on disk lists, and that it does not want any more.
    pub(super) fn recorded(&self) -> impl Iterator<Item = (&str, &str)> {
        self.recorded.iter().map(|(path, sum)| (path.as_str(), sum.as_str()))
    }
}

/// Files of pipelines that are not part of this call: what their manifests list of the workflows and of their own
/// folders. A manifest counts as long as its definition exists, and is none of this call's.
pub(super) fn others(root: &Path, listing: &Listing, is_here: impl Fn(&str) -> bool) -> HashSet<String> {
    let mut found = HashSet::new();
    for path in listing.files().filter(|path| path.ends_with(MANIFEST) && is_folder_of_scripts(path)) {
        let manifest = text(root, &path).unwrap_or_default();
        let definition = manifest.lines().find_map(|line| line.strip_prefix("# definition: "));
        if !definition.is_some_and(|definition| !is_here(definition) && root.join(definition).is_file()) {
            continue;
        }
        let folder = path.trim_end_matches("manifest.sha256");
        let own = |file: &&str| match file.strip_prefix(folder) {
            Some(name) => !name.contains('/'),
            None => !file.starts_with(SCRIPTS),
        };
        let files = listed(&manifest).map(|(_, file)| file).filter(own);
        found.extend(files.filter(|file| listing.is_file(file) == Some(true)).map(str::to_owned));
        found.insert(path);
    }
    found
}

/// Whether a manifest is in the folder of scripts or in a folder in it, where pipelines have theirs.
fn is_folder_of_scripts(manifest: &str) -> bool {
    manifest.strip_prefix(SCRIPTS).is_some_and(|rest| rest.matches('/').count() <= 2)
}
