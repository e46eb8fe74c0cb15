//! `pins`: manage the pins of actions, images and tools.

use std::fs;
use std::path::Path;

use clap::{Args, Subcommand};
use pipewright::drift::{Change, Kind, write};
use pipewright::pins::Lock;

use serde_json::{Value, json};

use super::failure::{Failure, Note};
use super::output::{Exit, out};
use super::place::{DEFINITION, above};
use super::report;
use super::settings::Settings;

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
pub(crate) fn run(command: &Pins, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("pins")?;
    // A lock serves the definitions in its folder and below.
    let folder = above(&settings.folder, FILE).or_else(|| above(&settings.folder, DEFINITION));
    let folder = folder.unwrap_or_else(|| settings.folder.clone());
    let path = folder.join(FILE);
    let before = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(Failure::io(format!("cannot read `{}`: {error}", path.display()), None)),
    };
    let lock = if before.is_empty() { Ok(Lock::default()) } else { Lock::parse(&before) };
    let mut lock = lock.map_err(|error| {
        let message = format!("{FILE}:{}:{}: {}", error.line, error.column, error.message);
        Failure { exit: Exit::Definition, errors: vec![Note::new(message, error.help)], end: None }
    })?;
    match &command.command {
        Command::List if settings.is_text() => out(&lock.to_text()),
        Command::List => report::result(listed(&lock)),
        Command::Add { pins } => add(&mut lock, pins, &folder, before, settings)?,
    }
    Ok(Exit::Fine)
}

/// The pins as JSON.
fn listed(lock: &Lock) -> Value {
    let actions = lock.actions().map(|(name, pin)| json!({ "name": name, "version": pin.version, "sha": pin.sha }));
    let images = lock.images().map(|(name, digest)| json!({ "name": name, "digest": digest }));
    let tools = lock.tools().map(|(name, tool)| json!({ "name": name, "version": tool.version }));
    json!({
        "actions": actions.collect::<Value>(),
        "images": images.collect::<Value>(),
        "tools": tools.collect::<Value>(),
    })
}

/// Records every pin or none.
fn add(lock: &mut Lock, pins: &[String], folder: &Path, before: String, settings: &Settings) -> Result<(), Failure> {
    let mut added = Vec::new();
    for pin in pins {
        added.push(lock.add(pin).map_err(|error| Failure::usage(error.message, error.help))?.to_string());
    }
    let after = lock.to_text();
    if after != before {
        let kind = if before.is_empty() { Kind::Missing } else { Kind::Stale };
        let change = Change { path: FILE.to_owned(), kind, before, after: Some(after) };
        write(folder, &[change]).map_err(|error| Failure::io(error.to_string(), None))?;
    }
    if settings.is_text() {
        for line in added {
            settings.status(&format!("{line}\n"));
        }
    } else {
        report::result(json!({ "added": added }));
    }
    Ok(())
}
