//! `check`: compare the files on disk with the definitions.

use std::path::PathBuf;

use clap::Args;
use pipewright::actions_lock::ACTIONS_LOCK;
use pipewright::drift::Kind;
use pipewright::fixes::Which;
use serde_json::{Map, Value};

use super::actions_lock;
use super::departure::{Departure, Diffs};
use super::failure::{Failure, Note};
use super::fix::Fixes;
use super::locks::Locks;
use super::output::{Exit, Format, err, out};
use super::place::{Place, places};
use super::project::{Compiled, Use, clash, compiled, repositories};
use super::reasons::Reasons;
use super::report;
use super::settings::Settings;
use super::staged::Indexes;

/// Lines of a file's diff, without `--full`.
const LINES: usize = 40;

#[derive(Args)]
pub(crate) struct Check {
    /// Definitions to check, `-` for standard input [default: pipeline.toml, in this folder or above it]
    files: Vec<PathBuf>,
    /// Show whole diffs instead of the first 40 lines
    #[arg(long)]
    full: bool,
    /// Check the files of the git index, as a commit would have them
    #[arg(long)]
    staged: bool,
    /// Apply the fixes that are certain to the definitions
    #[arg(long, conflicts_with = "staged")]
    fix: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Check, settings: &Settings) -> Result<Exit, Failure> {
    let diffs = match settings.format {
        Format::Human if command.full => Diffs::Present,
        Format::Human => Diffs::Short(LINES),
        _ => Diffs::None,
    };
    let mut places = places(&settings.folder, &command.files)?;
    let mut results = Map::new();
    if command.fix {
        results.insert("fixed".to_owned(), fix(&places, settings)?);
    }
    let mut indexes = Indexes::default();
    if command.staged {
        places = indexes.places(places)?;
    }
    let how = Use { diffs, stages: false, records: false, denies: settings.deny_warnings };
    let all = compiled(&places, &repositories(&places), how, Locks::default())?;
    let failed = all.iter().any(Compiled::failed);
    if !failed {
        clash(&all)?;
    }
    let gaps = if failed { Vec::new() } else { actions_lock::all(&all) };
    if !gaps.is_empty() {
        results.insert("actions-lock".to_owned(), report::notes(&gaps));
    }
    let reasons = Reasons::of(&all);
    results.extend(reasons.json());
    report::print(&all, settings);
    report::document(&all, !failed, results, settings);
    if failed {
        return Ok(Exit::Definition);
    }
    let mut exit = if gaps.is_empty() { Exit::Fine } else { Exit::Drift };
    for gap in &gaps {
        print_gap(gap, settings.format);
    }
    for one in &all {
        for departure in &one.departures {
            exit = Exit::Drift;
            print(departure, settings.format);
        }
        if one.departures.is_empty() && settings.format == Format::Human {
            settings.status(&format!("{}: {} files are up to date\n", one.file, one.files));
        }
    }
    if settings.format == Format::Human
        && all.iter().flat_map(|one| &one.departures).any(|one| one.kind == Kind::Missing)
    {
        err(&format!("help: {}\n", Kind::Missing.help()));
    }
    if settings.format == Format::Human {
        err(&reasons.text());
    }
    Ok(exit)
}

/// Applies certain fixes, prints them, and returns them as a result.
fn fix(places: &[Place], settings: &Settings) -> Result<Value, Failure> {
    if places.iter().any(|place| place.stdin.is_some()) {
        let help = "name the file, or print its findings with `pipewright check -`";
        return Err(Failure::usage("standard input cannot be fixed", help));
    }
    let mut all = Vec::new();
    for place in places {
        let fixes = Fixes::of(place, Which::Certain)?;
        fixes.write()?;
        fixes.lines().for_each(|line| settings.status(&line));
        if fixes.fixed.is_empty() {
            settings.status(&format!("{}: no certain fix, nothing was changed\n", place.file));
        }
        all.extend(fixes.json());
    }
    Ok(all.into())
}

/// Prints an entry that GitHub's lockfile of actions does not have.
fn print_gap(gap: &Note, format: Format) {
    match format {
        Format::Github => {
            let message = pipewright::diagnostics::github_message(&gap.message);
            out(&format!("::error file={ACTIONS_LOCK},title=Drift::{message}\n"));
        }
        Format::Json | Format::Sarif => {}
        Format::Human => err(&gap.text("drift")),
    }
}

fn print(departure: &Departure, format: Format) {
    let Departure { path, kind, diff, .. } = departure;
    let (state, help) = (departure.state(), departure.help());
    match format {
        Format::Github => out(&format!("::error file={path},title=Drift::{path} is {state}; {help}\n")),
        Format::Json | Format::Sarif => {}
        // One help is enough for all that are missing.
        Format::Human if *kind == Kind::Missing => err(&format!("drift: {path} is {state}\n")),
        Format::Human => err(&format!("drift: {path} is {state}\n{diff}help: {help}\n\n")),
    }
}
