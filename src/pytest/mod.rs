//! pytest's own configuration, read as pytest 9.2 reads it: what a call collects, and what takes tests away.
//!
//! `conformance/pytest_table` compares this with what pytest itself does.

mod checkout;
mod collect;
mod config;
mod conftest;
mod coverage;
mod fixtures;
mod ini;
mod options;
mod pattern;
mod present;
mod python;
mod selection;
mod setup;
mod start;
#[cfg(test)]
mod table;
mod words;

use std::fmt;

pub(crate) use checkout::Checkout;
pub(crate) use collect::{Cause, Collected, Extent, Taken, collect};
pub(crate) use config::Config;
pub(crate) use coverage::{Floor, floor};
pub(crate) use options::{Given, Options};
pub(crate) use pattern::{fnmatch, is_magic};
pub(crate) use present::present;
pub(crate) use python::may_hold_tests;
pub(crate) use selection::{Effect, Selection, selections};
pub(crate) use setup::options;
pub(crate) use words::split;

/// A place that a word of pytest's command line or a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WordSource {
    /// A path that the call names, by its index.
    Path(usize),
    /// An argument of the call, by its index.
    Argument(usize),
    /// `PYTEST_ADDOPTS`.
    Variable,
    /// A line of a file, from 1; 0 for the file as a whole.
    Line {
        /// The file, from the root of the repository.
        file: String,
        /// The line.
        line: usize,
    },
    /// pytest itself.
    Default,
}

impl fmt::Display for WordSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(_) => f.write_str("`paths`"),
            Self::Argument(_) => f.write_str("`args`"),
            Self::Variable => f.write_str("`PYTEST_ADDOPTS`"),
            Self::Line { file, line: 0 } => write!(f, "`{file}`"),
            Self::Line { file, line } => write!(f, "`{file}:{line}`"),
            Self::Default => f.write_str("pytest"),
        }
    }
}

/// A word of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// The word without its quotes.
    pub(crate) text: String,
    /// Its place.
    pub(crate) origin: WordSource,
}

/// A call of pytest.
#[derive(Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The repository.
    pub(crate) checkout: &'a Checkout<'a>,
    /// The folder that pytest runs in, from the root of the repository.
    pub(crate) folder: &'a str,
    /// Words of the command line.
    pub(crate) words: &'a [Word],
    /// Value of `PYTEST_ADDOPTS`.
    pub(crate) variable: &'a str,
}

/// A call that pytest ends without having collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    /// The place.
    pub(crate) origin: WordSource,
    /// The mistake.
    pub(crate) message: String,
}

/// A place at which pytest decides by what cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsure {
    /// The place.
    pub(crate) origin: WordSource,
    /// The unreadable part.
    pub(crate) why: String,
    /// Paths that may be left out, from the root of the repository; empty for any.
    pub(crate) paths: Vec<String>,
}
