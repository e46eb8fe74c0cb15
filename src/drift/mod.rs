//! Wanted files against files on disk.

mod scan;
mod write;

use std::path::Path;

use crate::files::{File, MARK, hash, listed, origin};

use scan::Listing;

pub use write::{WriteError, write};

/// How the path of every manifest ends.
const MANIFEST: &str = "/manifest.sha256";

/// How a file on disk departs from what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// The definition has changed since it was generated.
    Stale,
    /// Somebody edited it.
    Edited,
    /// It was generated, and is not wanted any more.
    Orphaned,
    /// Another version of this program wrote it.
    OtherVersion,
    /// It is there and was never generated, or by another definition.
    Foreign,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Edited => "edited by hand",
            Self::Orphaned => "orphaned",
            Self::OtherVersion => "from another version",
            Self::Foreign => "not generated",
        }
    }

    /// What to do about it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Missing | Self::Stale => "run `pipewright generate`",
            Self::Edited => "move the edit into the definition, or run `pipewright generate --force` to drop it",
            Self::Orphaned => "run `pipewright generate` to remove it",
            Self::OtherVersion => "run `pipewright generate`, or use the version that wrote it",
            Self::Foreign => "move it away, or run `pipewright generate --force` to replace it",
        }
    }
}

/// One file that departs from what is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its path from the root of the repository.
    pub path: String,
    /// How it departs.
    pub kind: Kind,
    /// What stands on disk; empty for nothing.
    pub before: String,
    /// What is wanted; none where the file is to go.
    pub after: Option<String>,
}

impl Change {
    /// Whether overwriting it would lose something that nobody can generate again.
    pub fn is_precious(&self) -> bool {
        matches!(self.kind, Kind::Edited | Kind::Foreign)
    }
}

/// What one definition of a repository wants.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// The definition's path from the root of the repository.
    pub definition: &'a str,
    /// Every file that it wants.
    pub files: &'a [File],
}

/// Every file that departs from what each of these definitions wants, sorted by path; reads, and changes nothing.
///
/// The repository is listed once for all of them, so that many definitions cost no more than their own files.
pub fn compare(root: &Path, wanted: &[Wanted<'_>]) -> Vec<Vec<Change>> {
    let listing = Listing::of(root, wanted.iter().flat_map(|one| one.files));
    let old: Vec<String> = wanted.iter().map(|one| old_manifest(root, one.files)).collect();
    let mut changes: Vec<Vec<Change>> = wanted
        .iter()
        .zip(&old)
        .map(|(one, old)| {
            one.files.iter().filter_map(|file| changed(root, one.definition, &listing, old, file)).collect()
        })
        .collect();
    for orphan in scan::orphans(root, wanted, &old, &listing) {
        if let (Some(changes), Some(old)) = (changes.get_mut(orphan.of), old.get(orphan.of)) {
            let recorded = listed(old).find(|(_, file)| *file == orphan.path).map(|(sum, _)| sum);
            let kept = recorded.is_none_or(|sum| sum == hash(&orphan.text));
            let kind = if kept { Kind::Orphaned } else { Kind::Edited };
            changes.push(Change { path: orphan.path, kind, before: orphan.text, after: None });
        }
    }
    for changes in &mut changes {
        changes.sort_by(|one, other| one.path.cmp(&other.path));
    }
    changes
}

/// The manifest that stands on disk; empty where there is none.
fn old_manifest(root: &Path, files: &[File]) -> String {
    let manifest = files.iter().find(|file| file.path.ends_with(MANIFEST));
    manifest.and_then(|file| scan::text(root, &file.path)).unwrap_or_default()
}

/// How a wanted file departs from what is wanted, if it does.
fn changed(root: &Path, definition: &str, listing: &Listing, old: &str, file: &File) -> Option<Change> {
    let there = listing.is_file(&file.path);
    if there == Some(true) && scan::holds(root, &file.path, &file.text) {
        return None;
    }
    let before = scan::text(root, &file.path);
    let kind = match &before {
        Some(before) => kind(definition, old, &file.path, before),
        None if there.is_some() => Kind::Foreign,
        None => Kind::Missing,
    };
    Some(Change { path: file.path.clone(), kind, before: before.unwrap_or_default(), after: Some(file.text.clone()) })
}

/// Why a file that is there is not what is wanted.
fn kind(definition: &str, old: &str, path: &str, before: &str) -> Kind {
    let Some((version, from)) = origin(before) else {
        let ours = listed(old).any(|(_, file)| file == path) || before.contains(MARK);
        return if ours { Kind::Edited } else { Kind::Foreign };
    };
    if from != definition {
        return Kind::Foreign;
    }
    let recorded = listed(old).find(|(_, file)| *file == path).map(|(sum, _)| sum);
    match recorded {
        _ if path.ends_with(MANIFEST) => {
            if version == env!("CARGO_PKG_VERSION") {
                Kind::Stale
            } else {
                Kind::OtherVersion
            }
        }
        Some(sum) if sum != hash(before) => Kind::Edited,
        None => Kind::Edited,
        Some(_) if version != env!("CARGO_PKG_VERSION") => Kind::OtherVersion,
        Some(_) => Kind::Stale,
    }
}
