//! `migrate`: rewrite definitions of earlier versions of the language.

use std::path::PathBuf;

use clap::Args;
use pipewright::fixes::Which;
use serde_json::{Map, Value, json};

use super::departure::Diffs;
use super::failure::Failure;
use super::fix::Fixes;
use super::locks::Locks;
use super::output::{Exit, out};
use super::place::places;
use super::project::{Compiled, Use, compiled, repositories};
use super::report;
use super::settings::Settings;

#[derive(Args)]
pub(crate) struct Migrate {
    /// Definitions to rewrite [default: pipeline.toml, in this folder or above it]
    files: Vec<PathBuf>,
    /// Show the changes as a diff, without writing them
    #[arg(long)]
    diff: bool,
}

/// Runs the command: former names alone are rewritten, and other mistakes are reported.
pub(crate) fn run(command: &Migrate, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("migrate")?;
    let places = places(&settings.folder, &command.files)?;
    if places.iter().any(|place| place.stdin.is_some()) {
        return Err(Failure::usage("standard input cannot be rewritten", "name the file"));
    }
    let (mut migrated, mut diffs): (Vec<Value>, _) = (Vec::new(), String::new());
    for place in &places {
        let fixes = Fixes::of(place, Which::Migrations)?;
        diffs.push_str(&fixes.diff());
        if !command.diff {
            fixes.write()?;
            fixes.lines().for_each(|line| settings.status(&line));
        }
        if fixes.fixed.is_empty() {
            settings.status(&format!("{}: no name of an earlier version\n", place.file));
        }
        migrated.extend(fixes.json());
    }
    let mut results = Map::from_iter([("migrated".to_owned(), json!(migrated))]);
    if command.diff {
        if settings.is_text() {
            out(&diffs);
        } else {
            results.insert("diff".to_owned(), diffs.into());
            report::result(results.into());
        }
        return Ok(Exit::Fine);
    }
    let how = Use { diffs: Diffs::None, stages: false, records: true, denies: settings.deny_warnings };
    let all = compiled(&places, &repositories(&places), how, Locks::default())?;
    let failed = all.iter().any(Compiled::failed);
    if failed {
        report::print(&all, settings);
    }
    report::document(&all, false, results, settings);
    Ok(if failed { Exit::Definition } else { Exit::Fine })
}
