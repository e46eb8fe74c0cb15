//! Use of a build.

/// Use of a build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Push {
    /// A check that the image builds.
    Never,
    /// Publication under the name of the commit.
    Commit,
    /// Publication under the names that the step `tags` chose.
    Release,
    /// Publication of one architecture, by its digest alone.
    Digest,
}

impl Push {
    /// Returns whether anything is published.
    pub(crate) fn is_published(self) -> bool {
        self != Self::Never
    }
}
