//! Options of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::failure::Failure;
use super::output::{Format, err, out};

/// Options of every command.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Change to this folder before running the command
    #[arg(short = 'C', global = true, value_name = "FOLDER", default_value = ".", hide_default_value = true)]
    pub(crate) folder: PathBuf,
    /// Output format
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    pub(crate) format: Format,
    /// Print findings only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print the files that are read, and the warnings that are allowed
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Use of colors
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto)]
    color: Color,
    /// Treat warnings as errors
    #[arg(long, global = true)]
    pub(crate) deny_warnings: bool,
}

/// Use of colors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Settings {
    /// Applies the use of colors to both streams.
    pub(crate) fn apply_color(&self) {
        match self.color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::Always.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
    }

    /// Returns whether the output is text, of which each part is printed at once, and no document.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.format, Format::Human | Format::Github)
    }

    /// Refuses the formats of findings for a command that has none.
    ///
    /// # Errors
    ///
    /// The failure of a call with such a format.
    pub(crate) fn without_findings(&self, command: &str) -> Result<(), Failure> {
        match self.format {
            Format::Human | Format::Json => Ok(()),
            Format::Sarif | Format::Github => {
                let message = format!("`{command}` has no findings to print in this format");
                Err(Failure::usage(message, "use `--format human` or `--format json`"))
            }
        }
    }

    /// Refuses every format but text for a command that prints a file of another format.
    ///
    /// # Errors
    ///
    /// The failure of a call with another format.
    pub(crate) fn text_only(&self, command: &str) -> Result<(), Failure> {
        match self.format {
            Format::Human => Ok(()),
            _ => Err(Failure::usage(format!("`{command}` prints text only"), "use `--format human`")),
        }
    }

    /// Prints progress and results that are no findings.
    pub(crate) fn status(&self, text: &str) {
        if self.is_text() && !self.quiet {
            out(text);
        }
    }

    /// Prints notes beside the results.
    pub(crate) fn note(&self, text: &str) {
        if self.is_text() && !self.quiet {
            err(text);
        }
    }

    /// Prints details that explain a result.
    pub(crate) fn detail(&self, text: &str) {
        if self.is_text() && self.verbose {
            err(text);
        }
    }
}
