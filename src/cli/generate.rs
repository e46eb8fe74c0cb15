//! `generate`: compile definitions and write the workflows.

use std::path::{Path, PathBuf};
use std::{fs, thread};

use clap::Args;
use pipewright::drift::{self, Ignored, Kind};
use pipewright::files::{MANIFEST, SCRIPTS};
use pipewright::readback;
use serde_json::{Map, Value, json};

use super::actions_lock;
use super::departure::{Departure, Diffs};
use super::failure::{Failure, Note};
use super::locks::Locks;
use super::output::{Exit, out};
use super::place::{Place, places};
use super::project::{Compiled, Repositories, Use, clash, commit, compiled, ignored, lacking_attributes, repositories};
use super::reasons::Reasons;
use super::report;
use super::settings::Settings;
use super::watch;

#[derive(Args, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(crate) struct Generate {
    /// Definitions to compile, `-` for standard input [default: pipeline.toml, in this folder or above it]
    pub(crate) files: Vec<PathBuf>,
    /// List the files that would change, without writing them
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Show the changes as a diff, without writing them
    #[arg(long)]
    pub(crate) diff: bool,
    /// Overwrite files that were edited by hand or not generated
    #[arg(long)]
    pub(crate) force: bool,
    /// Create `.github/workflows/actions.lock`, GitHub's lockfile of actions
    #[arg(long)]
    pub(crate) actions_lock: bool,
    /// Generate again after each change, until Ctrl-C
    #[arg(long, conflicts_with_all = ["dry_run", "diff"])]
    pub(crate) watch: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Generate, settings: &Settings) -> Result<Exit, Failure> {
    if command.watch {
        let once = || run_with(command, settings, Map::new(), Locks::default());
        return watch::run(&command.files, settings, &once);
    }
    run_with(command, settings, Map::new(), Locks::default())
}

/// Runs the command with changed locks; a document has the results of the command before it, too.
pub(crate) fn run_with(
    command: &Generate,
    settings: &Settings,
    mut results: Map<String, Value>,
    locks: Locks,
) -> Result<Exit, Failure> {
    let writes = !command.dry_run && !command.diff;
    let places = places(&settings.folder, &command.files)?;
    if writes && places.iter().any(|place| place.stdin.is_some()) {
        let help = "add `--diff` or `--dry-run`: workflows are generated from a file, which `check` compares";
        return Err(Failure::usage("nothing is written for a definition on standard input", help));
    }
    let _locks = locked(&places, writes, settings);
    let mut repositories = repositories(&places);
    for repository in repositories.values_mut().filter(|_| writes) {
        for path in repository.remove_temporary() {
            settings.status(&format!("removed: {path}\n"));
        }
    }
    let diffs = if command.diff { Diffs::All } else { Diffs::None };
    if writes && places.iter().any(was_edited) {
        thread::spawn(readback::prepare);
    }
    let how = Use { diffs, stages: writes, records: true, denies: settings.deny_warnings };
    let mut all = compiled(&places, &repositories, how, locks)?;
    report::print(&all, settings);
    if all.iter().any(Compiled::failed) {
        report::document(&all, false, results, settings);
        return Ok(Exit::Definition);
    }
    clash(&all)?;
    let mut advice = advice(&all, &repositories);
    if writes {
        refuse(command, &all)?;
        deny(&advice, settings)?;
        commit(&mut all)?;
    }
    for one in &all {
        print(command, one, settings);
    }
    let locks = actions_lock::changes(&all, command.actions_lock);
    if writes {
        actions_lock::write(&locks)?;
        advice.extend(actions_lock::all(&all));
    }
    for (_, change) in &locks {
        print_change(command, &Departure::new(change, diffs), settings);
    }
    results.insert("actions-lock".to_owned(), json!(!locks.is_empty()));
    let reasons = Reasons::of(&all);
    settings.note(&reasons.text());
    results.extend(reasons.json());
    for one in &advice {
        settings.note(&one.text("warning"));
    }
    results.insert("files".to_owned(), all.iter().flat_map(|one| &one.departures).map(change).collect());
    results.insert("warnings".to_owned(), report::notes(&advice));
    report::document(&all, false, results, settings);
    Ok(Exit::Fine)
}

/// Returns whether a definition is newer than its files, which hints that some of them will change.
fn was_edited(place: &Place) -> bool {
    let changed = |path: &str| fs::metadata(place.root.join(path)).and_then(|found| found.modified()).ok();
    changed(&place.file) > changed(&format!("{SCRIPTS}/{MANIFEST}"))
}

/// Locks the repositories of a call that writes.
fn locked(places: &[Place], writes: bool, settings: &Settings) -> Vec<drift::Lock> {
    let mut roots: Vec<&Path> = places.iter().filter(|_| writes).map(|place| place.root.as_path()).collect();
    roots.sort_unstable();
    roots.dedup();
    let wait = || settings.note("waiting for another `pipewright generate` in this repository\n");
    roots.iter().map(|root| drift::lock(root, wait)).collect()
}

/// Names the files that must not be overwritten.
fn refuse(command: &Generate, all: &[Compiled]) -> Result<(), Failure> {
    let departures = all.iter().flat_map(|one| &one.departures);
    let precious = departures.filter(|departure| departure.kind.is_precious() && !command.force);
    let errors: Vec<Note> =
        precious.map(|one| Note::new(format!("`{}` is {}", one.path, one.state()), one.help())).collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure { exit: Exit::Drift, errors, end: Some("nothing was written") })
}

/// Refuses to write where there is a warning and warnings are errors.
fn deny(advice: &[Note], settings: &Settings) -> Result<(), Failure> {
    if advice.is_empty() || !settings.deny_warnings {
        return Ok(());
    }
    Err(Failure { exit: Exit::Definition, errors: advice.to_vec(), end: Some("nothing was written") })
}

/// Warnings about files beside the generated ones.
fn advice(all: &[Compiled], repositories: &Repositories) -> Vec<Note> {
    let departures = all.iter().flat_map(|one| &one.departures);
    let planted = departures.filter(|departure| departure.kind == Kind::Planted);
    let mut advice: Vec<Note> =
        planted.map(|one| Note::new(format!("`{}` is {}", one.path, one.state()), one.help())).collect();
    let newer =
        all.iter().filter_map(|one| one.other_version().filter(|(_, is_newer)| *is_newer).map(|it| (one, it.0)));
    advice.extend(newer.map(|(one, version)| {
        let this = env!("CARGO_PKG_VERSION");
        let message =
            format!("Pipewright {version} generated the files of `{}`, and this is {this}, which is older", one.file);
        Note::new(message, format!("install Pipewright {version}, or require it: `required-version = \">={version}\"`"))
    }));
    let lines = lacking_attributes(all, repositories);
    if !lines.is_empty() {
        let file = ".github/workflows/.gitattributes";
        let message = format!("`{file}` is not generated, and does not cover every generated workflow");
        advice.push(Note::new(message, format!("add to it:\n\n    {}\n", lines.join("\n    "))));
    }
    advice.extend(advice_of_ignored(&ignored(all, repositories)));
    advice
}

/// Files that git ignores, and the lines that take them in again.
fn advice_of_ignored(found: &[Ignored]) -> Vec<Note> {
    let mut files: Vec<&str> = found.iter().map(|ignored| ignored.file.as_str()).collect();
    files.dedup();
    let mut advice = Vec::new();
    for file in files {
        let of: Vec<&Ignored> = found.iter().filter(|ignored| ignored.file == file).collect();
        let mut lines: Vec<&str> = of.iter().flat_map(|ignored| &ignored.lines).map(String::as_str).collect();
        lines.sort_unstable();
        lines.dedup();
        advice.extend(of.iter().map(|Ignored { path, pattern, .. }| {
            let message = format!("git ignores `{path}` by `{pattern}` of `{file}`: a commit would not have it");
            Note { message, help: None }
        }));
        if let Some(last) = advice.last_mut() {
            last.help = Some(format!("add to the end of `{file}`:\n\n    {}\n", lines.join("\n    ")));
        }
    }
    advice
}

/// The word for what was done to a file.
fn done(departure: &Departure) -> &'static str {
    match departure.kind {
        _ if departure.removes => "removed",
        Kind::Missing => "created",
        _ => "written",
    }
}

/// A change as JSON.
fn change(departure: &Departure) -> Value {
    let change = if departure.kind == Kind::Planted { "none" } else { done(departure) };
    json!({ "path": departure.path, "change": change, "state": departure.kind.word(), "diff": departure.diff })
}

/// Prints what was done, or would be.
fn print(command: &Generate, one: &Compiled, settings: &Settings) {
    let changes: Vec<&Departure> = one.departures.iter().filter(|departure| departure.kind != Kind::Planted).collect();
    if changes.is_empty() {
        settings.status(&format!("{}: {} files are up to date\n", one.file, one.files));
    }
    for departure in changes {
        print_change(command, departure, settings);
    }
}

/// Prints what was done to a file, or would be.
fn print_change(command: &Generate, departure: &Departure, settings: &Settings) {
    let would = if command.dry_run { "would be " } else { "" };
    if command.diff && settings.is_text() {
        out(&departure.diff);
    } else if !command.diff {
        settings.status(&format!("{would}{}: {}\n", done(departure), departure.path));
    }
}
