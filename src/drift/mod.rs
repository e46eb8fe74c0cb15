//! Wanted files against files on disk.

mod scan;
mod write;

use std::path::Path;

use crate::files::{File, MARK, hash, listed, origin};

pub use scan::generated;
pub use write::{WriteError, write};

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

/// Every file that departs from what one definition wants, sorted by path; reads, and changes nothing.
pub fn compare(root: &Path, definition: &str, wanted: &[File]) -> Vec<Change> {
    let manifest = wanted.iter().find(|file| file.path.ends_with("/manifest.sha256"));
    let old = manifest.and_then(|file| scan::text(root, &file.path)).unwrap_or_default();
    let mut changes = Vec::new();
    for file in wanted {
        let Some(before) = scan::text(root, &file.path) else {
            let kind = if scan::exists(root, &file.path) { Kind::Foreign } else { Kind::Missing };
            changes.push(Change {
                path: file.path.clone(),
                kind,
                before: String::new(),
                after: Some(file.text.clone()),
            });
            continue;
        };
        if before != file.text {
            let kind = kind(definition, &old, &file.path, &before);
            changes.push(Change { path: file.path.clone(), kind, before, after: Some(file.text.clone()) });
        }
    }
    for (path, before) in scan::orphans(root, definition, wanted, &old) {
        let known = listed(&old).any(|(sum, file)| file == path && sum == hash(&before));
        let kind = if known || listed(&old).all(|(_, file)| file != path) { Kind::Orphaned } else { Kind::Edited };
        changes.push(Change { path, kind, before, after: None });
    }
    changes.sort_by(|one, other| one.path.cmp(&other.path));
    changes
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
        _ if path.ends_with("/manifest.sha256") => {
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
