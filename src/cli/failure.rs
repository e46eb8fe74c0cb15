//! Failures of a command that are no findings about a definition.

use serde_json::{Value, json};

use super::output::{Exit, Format, err, out};

/// The reason why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    /// Exit status.
    pub(crate) exit: Exit,
    /// Errors, with what to type.
    pub(crate) errors: Vec<Note>,
    /// A last line.
    pub(crate) end: Option<&'static str>,
}

/// A message with what to type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Note {
    pub(crate) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: Some(help.into()) }
    }

    /// The note as text, with its level.
    pub(crate) fn text(&self, level: &str) -> String {
        let help = self.help.as_ref().map(|help| format!("  = help: {help}\n"));
        format!("{level}: {}\n{}", self.message, help.unwrap_or_default())
    }

    /// The note as JSON.
    pub(crate) fn json(&self) -> Value {
        json!({ "message": self.message, "help": self.help })
    }
}

impl Failure {
    /// Invalid arguments.
    pub(crate) fn usage(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, errors: vec![Note::new(message, help)], end: None }
    }

    /// A file that could not be read or written.
    pub(crate) fn io(message: impl Into<String>, help: Option<&str>) -> Self {
        let note = Note { message: message.into(), help: help.map(str::to_owned) };
        Self { exit: Exit::Io, errors: vec![note], end: None }
    }

    /// Prints the failure in a format, and returns the exit status.
    pub(crate) fn print(&self, format: Format) -> Exit {
        let errors: Vec<Value> = self.errors.iter().map(Note::json).collect();
        match format {
            Format::Human => {
                self.errors.iter().for_each(|error| err(&error.text("error")));
                self.end.iter().for_each(|line| err(&format!("{line}\n")));
            }
            Format::Json => out(&format!("{:#}\n", json!({ "diagnostics": [], "errors": errors }))),
            Format::Sarif => out(&pipewright::diagnostics::sarif(&[], &|_| None, &self.messages())),
            Format::Github => self.messages().iter().for_each(|message| {
                out(&format!("::error::{}\n", pipewright::diagnostics::github_message(message)));
            }),
        }
        self.exit
    }

    fn messages(&self) -> Vec<String> {
        let message = |note: &Note| {
            let help = note.help.as_ref().map(|help| format!("\nhelp: {help}"));
            format!("{}{}", note.message, help.unwrap_or_default())
        };
        self.errors.iter().map(message).collect()
    }
}
