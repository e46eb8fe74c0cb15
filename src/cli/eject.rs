//! `eject`: leave working workflows without Pipewright.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use pipewright::drift::{Change, Kind, write};
use pipewright::eject::eject;
use pipewright::files::origin;
use serde_json::{Map, Value, json};

use super::departure::{Departure, Diffs};
use super::failure::{Failure, Note};
use super::locks::Locks;
use super::output::Exit;
use super::place::places;
use super::project::{Compiled, Use, compiled, definitions_of_others, repositories};
use super::report;
use super::settings::Settings;
use super::single::read;

#[derive(Args)]
pub(crate) struct Eject {
    /// Definitions to eject; all of a repository [default: pipeline.toml, in this folder or above it]
    files: Vec<PathBuf>,
    /// List the files that would change, without writing them
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Eject, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("eject")?;
    let places = places(&settings.folder, &command.files)?;
    let repositories = repositories(&places);
    let how = Use { diffs: Diffs::None, stages: false, records: false, denies: false };
    let all = compiled(&places, &repositories, how, Locks::default())?;
    if all.iter().any(Compiled::failed) {
        report::print(&all, settings);
        report::document(&all, false, Map::new(), settings);
        return Ok(Exit::Definition);
    }
    refuse(&all)?;
    let others = definitions_of_others(&all, &repositories);
    if !others.is_empty() {
        let message = format!("{} uses the same scripts", others.join(", "));
        return Err(Failure::usage(message, "name all definitions of the repository: `pipewright eject <FILES>...`"));
    }
    let mut roots: BTreeMap<PathBuf, BTreeMap<String, Change>> = BTreeMap::new();
    for place in &places {
        let changes = roots.entry(place.root.clone()).or_default();
        for file in eject(&read(place)?).into_iter().flatten() {
            let before = std::fs::read_to_string(place.root.join(&file.path)).unwrap_or_default();
            if file.text.is_none() && origin(&before).is_none() {
                // The user's own attributes stay.
                continue;
            }
            let change = Change { path: file.path.clone(), kind: Kind::Stale, before, after: file.text };
            changes.insert(file.path, change);
        }
    }
    let would = if command.dry_run { "would be " } else { "" };
    let mut files = Vec::new();
    for (root, changes) in roots {
        let changes: Vec<Change> = changes.into_values().filter(|it| it.after.as_ref() != Some(&it.before)).collect();
        if !command.dry_run {
            write(&root, &changes).map_err(|error| Failure::io(error.to_string(), None))?;
        }
        for change in &changes {
            let done = if change.after.is_some() { "written" } else { "removed" };
            settings.status(&format!("{would}{done}: {}\n", change.path));
            files.push(json!({ "path": change.path, "change": done }));
        }
    }
    let definitions: Vec<&str> = all.iter().map(|one| one.file.as_str()).collect();
    let left = left(&definitions);
    for line in left.lines().filter(|_| !command.dry_run) {
        settings.status(&format!("{line}\n"));
    }
    if !settings.is_text() {
        report::result(json!({ "files": Value::from(files), "note": left }));
    }
    Ok(Exit::Fine)
}

/// Refuses files that are not what the definition compiles to: an edit would be lost.
fn refuse(all: &[Compiled]) -> Result<(), Failure> {
    let departures = all.iter().flat_map(|one| &one.departures);
    let note = |one: &Departure| Note::new(format!("`{}` is {}", one.path, one.state()), one.help());
    let errors: Vec<Note> = departures.map(note).collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure { exit: Exit::Drift, errors, end: Some("nothing was written") })
}

/// The statement about what is left after an ejection.
fn left(definitions: &[&str]) -> String {
    let definitions = definitions.join(" ");
    format!(
        "\nThe workflows and their scripts are yours now: plain YAML and Python, which run as before. Nothing compares them\n\
         with a definition, and `pipewright generate` refuses to overwrite them. Names such as PIPEWRIGHT_RULES and the\n\
         folder .github/pipewright are kept, because the scripts use them.\n\n\
         to do: remove {definitions} and pipeline.lock, which nothing reads any more\n"
    )
}
