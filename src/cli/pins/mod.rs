//! `pins`: manage the pins of actions, images and tools.

mod list;
mod lock_file;
mod outdated;
pub(crate) mod remote;
mod update;
mod verify;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::cli::failure::Failure;
use crate::cli::output::Exit;
use crate::cli::report;
use crate::cli::settings::Settings;
use lock_file::LockFile;

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
    /// List all pins, with their age and their source
    List,
    /// List the pins that can be updated
    Outdated(remote::Selection),
    /// Remove pins
    Remove {
        /// Names of pins
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Update pins, and the workflows that use them
    Update(update::Update),
    /// Verify that the workflows, the lock, and the repositories and registries agree
    Verify(verify::Verify),
}

/// Runs the command.
pub(crate) fn run(command: &Pins, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("pins")?;
    let locked = LockFile::of(&settings.folder)?;
    match &command.command {
        Command::List => list::run(&locked.lock, settings),
        Command::Add { pins } => add(locked, pins, settings)?,
        Command::Remove { names } => remove(locked, names, settings)?,
        Command::Outdated(selection) => return outdated::run(&locked, selection, settings),
        Command::Update(command) => return update::run(locked, command, settings),
        Command::Verify(command) => return verify::run(&locked, command, settings),
    }
    Ok(Exit::Fine)
}

/// Records every pin or none.
fn add(mut locked: LockFile, pins: &[String], settings: &Settings) -> Result<(), Failure> {
    let mut added = Vec::new();
    for pin in pins {
        added.push(locked.lock.add(pin).map_err(|error| Failure::usage(error.message, error.help))?.to_string());
    }
    locked.write()?;
    done("added", &added, settings);
    Ok(())
}

/// Removes every pin or none.
fn remove(mut locked: LockFile, names: &[String], settings: &Settings) -> Result<(), Failure> {
    let mut removed = Vec::new();
    for name in names {
        if !locked.lock.remove(name) {
            return Err(locked.unknown(name));
        }
        removed.push(format!("removed {name}"));
    }
    locked.write()?;
    done("removed", &removed, settings);
    Ok(())
}

/// Prints a line for each pin, or all as a result.
fn done(name: &str, lines: &[String], settings: &Settings) {
    if settings.is_text() {
        for line in lines {
            settings.status(&format!("{line}\n"));
        }
    } else {
        report::result(json!({ name: lines }));
    }
}
