//! `pins outdated`: list the pins that can be updated.

use pipewright::upstream::State;
use serde_json::{Value, json};

use super::lock_file::LockFile;
use super::remote::{self, Selection};
use crate::cli::failure::Failure;
use crate::cli::output::{Exit, out};
use crate::cli::report;
use crate::cli::settings::Settings;
use crate::cli::table::table;

/// Runs the command.
pub(super) fn run(locked: &LockFile, selection: &Selection, settings: &Settings) -> Result<Exit, Failure> {
    let asked = remote::asked(locked, &selection.names)?;
    let found = remote::found(&remote::of(&locked.lock, locked.used(), selection.cooldown), &asked)?;
    let rows: Vec<[String; 3]> = found.iter().filter_map(remote::row).collect();
    if settings.is_text() {
        out(&table(&rows));
        if rows.is_empty() {
            settings.status(&format!("{} pins are up to date\n", found.len()));
        }
    } else {
        report::result(json!({ "pins": found.iter().map(remote::json).collect::<Value>() }));
    }
    let is_outdated = found.iter().any(|one| matches!(one.state, State::Outdated(_) | State::Moved { .. }));
    Ok(if is_outdated { Exit::Drift } else { Exit::Fine })
}
