//! One file that departs from what is wanted.

/// How a file on disk departs from what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// The definition has changed since it was generated.
    Stale,
    /// It was edited.
    Edited,
    /// It was generated, and is not wanted any more.
    Orphaned,
    /// An older version of this program wrote it.
    OlderVersion,
    /// A newer version of this program wrote it.
    NewerVersion,
    /// It is there and was never generated, or by another definition.
    Foreign,
    /// An interrupted run has left it.
    LeftOver,
    /// It is in the folder of scripts, and no pipeline of the repository has generated it.
    Planted,
}

impl Kind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Stale => "stale",
            Self::Edited => "edited by hand",
            Self::Orphaned => "orphaned",
            Self::OlderVersion => "from an older version",
            Self::NewerVersion => "from a newer version",
            Self::Foreign | Self::Planted => "not generated",
            Self::LeftOver => "left over from an interrupted run",
        }
    }

    /// Returns whether overwriting or removing it would lose something that cannot be generated again.
    pub fn is_precious(self) -> bool {
        matches!(self, Self::Edited | Self::Foreign)
    }

    /// Returns what to do about it.
    pub fn help(self) -> &'static str {
        match self {
            Self::Missing | Self::Stale | Self::OlderVersion => "run `pipewright generate`",
            Self::Edited => "move the edit into the definition, or run `pipewright generate --force` to drop it",
            Self::Orphaned | Self::LeftOver => "run `pipewright generate` to remove it",
            Self::NewerVersion => "install that version, or run `pipewright generate` to go back to this one",
            Self::Foreign => "move it away, or run `pipewright generate --force` to replace it",
            Self::Planted => "remove it: `.github/pipewright` is for generated files alone",
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
    /// Its text on disk; empty for nothing, and for what is not text.
    pub before: String,
    /// The wanted text; none where the file is to go.
    pub after: Option<String>,
}
