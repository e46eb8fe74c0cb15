//! Places in the project's own files.

/// A text in a file of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::init) struct Place {
    /// The file, from the root of the repository.
    pub(in crate::init) file: String,
    /// The line, from 1.
    pub(in crate::init) line: usize,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
