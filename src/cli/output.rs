//! Exit status and output of every command.

use std::process::ExitCode;

use clap::ValueEnum;

/// Exit status of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Success.
    Fine = 0,
    /// Generated files are not up to date.
    Drift = 1,
    /// Invalid arguments.
    Usage = 2,
    /// Invalid definition.
    Definition = 3,
    /// A file could not be read or written.
    Io = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text, in the style of rustc
    Human,
    /// One JSON document
    Json,
    /// SARIF, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow run
    Github,
}

/// Prints to standard output; a closed pipe is not an error.
pub(crate) fn out(text: &str) {
    use std::io::Write;
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// Prints to standard error.
pub(crate) fn err(text: &str) {
    use std::io::Write;
    let _ = anstream::stderr().write_all(text.as_bytes());
}
