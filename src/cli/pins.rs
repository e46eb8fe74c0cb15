//! `pins`: manage the pins of actions, images and tools.

use std::fs;
use std::path::Path;

use clap::{Args, Subcommand};
use pipewright::drift::{Change, Kind, write};
use pipewright::pins::Lock;

use super::output::{Exit, err, io_failed, out};

#[derive(Args)]
pub(crate) struct Pins {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add pins: `image:tag@sha256:…`, `owner/action@<commit> # vX.Y.Z` or `tool@version`
    Add {
        /// Pins to add
        #[arg(required = true)]
        pins: Vec<String>,
    },
    /// List all pins
    List,
}

const FILE: &str = "pipeline.lock";

/// Runs the command.
pub(crate) fn run(command: &Pins, folder: &Path) -> Exit {
    let path = folder.join(FILE);
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return io_failed(&format!("cannot read `{}`: {error}", path.display()), None),
    };
    let mut lock = match if before.is_empty() { Ok(Lock::default()) } else { Lock::parse(&before) } {
        Ok(lock) => lock,
        Err(error) => {
            err(&format!(
                "error: {}:{}:{}: {}\n  = help: {}\n",
                FILE, error.line, error.column, error.message, error.help
            ));
            return Exit::Definition;
        }
    };
    match &command.command {
        Command::List => {
            out(&lock.to_text());
            Exit::Fine
        }
        Command::Add { pins } => add(&mut lock, pins, folder, before),
    }
}

/// Records every pin or none.
fn add(lock: &mut Lock, pins: &[String], folder: &Path, before: String) -> Exit {
    let mut said = String::new();
    for pin in pins {
        match lock.add(pin) {
            Ok(added) => said.push_str(&format!("{added}\n")),
            Err(error) => {
                err(&format!("error: {}\n  = help: {}\n", error.message, error.help));
                return Exit::Usage;
            }
        }
    }
    let after = lock.to_text();
    if after != before {
        let kind = if before.is_empty() { Kind::Missing } else { Kind::Stale };
        let change = Change { path: FILE.to_owned(), kind, before, after: Some(after) };
        if let Err(error) = write(folder, &[change]) {
            return io_failed(&error.to_string(), None);
        }
    }
    out(&said);
    Exit::Fine
}
