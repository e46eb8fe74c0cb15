//! `pins update`: move pins to later versions, with the workflows that use them.

use std::collections::BTreeMap;

use clap::Args;
use pipewright::pins::Lock;
use pipewright::sources::Text;
use pipewright::upstream::{Found, State, Update as Newer};
use pipewright::workflow::{Job, StepKind, Work};
use serde_json::{Map, Value};

use super::lock_file::{FILE, LockFile};
use super::remote::{self, CONNECTIONS, Selection};
use crate::cli::failure::{Failure, Note};
use crate::cli::generate::{self, Generate};
use crate::cli::locks::Locks;
use crate::cli::output::Exit;
use crate::cli::place::place;
use crate::cli::project::in_parallel;
use crate::cli::report;
use crate::cli::settings::Settings;

#[derive(Args)]
pub(crate) struct Update {
    #[command(flatten)]
    selection: Selection,
    /// List the updates, without writing files
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub(super) fn run(locked: LockFile, command: &Update, settings: &Settings) -> Result<Exit, Failure> {
    let asked = remote::asked(&locked, &command.selection.names)?;
    let found = remote::found(&remote::of(&locked.lock, locked.used(), command.selection.cooldown), &asked)?;
    refuse_moved(&locked.lock, &found)?;
    let mut lock = locked.lock.clone();
    let mut updates = Vec::new();
    for one in &found {
        if let State::Outdated(update) = &one.state {
            lock.add(&update.pin).map_err(|error| Failure::usage(error.message, error.help))?;
            if let Some(date) = update.date {
                lock.set_date(&one.name, date);
            }
            updates.push(update);
        }
    }
    refuse_lost_inputs(&locked, &lock, &updates)?;
    for one in &found {
        print(one, settings);
    }
    let results = Map::from_iter([("pins".to_owned(), found.iter().map(remote::json).collect::<Value>())]);
    if updates.is_empty() {
        settings.status(&format!("{} pins are up to date\n", found.len()));
    }
    if updates.is_empty() || command.dry_run {
        if !settings.is_text() {
            report::result(Value::Object(results));
        }
        return Ok(Exit::Fine);
    }
    date(&mut lock, &found);
    write(locked, lock, results, settings)
}

/// Records the dates of pins that stay and have none.
fn date(lock: &mut Lock, found: &[Found]) {
    let undated: Vec<&str> =
        found.iter().map(|one| one.name.as_str()).filter(|name| lock.date(name).is_none()).collect();
    let remote = remote::of(lock, Vec::new(), 0);
    let dates = in_parallel(&undated, CONNECTIONS, &|name: &&str| remote.date(name));
    for (name, date) in undated.iter().zip(dates) {
        if let Some(date) = date {
            lock.set_date(name, date);
        }
    }
}

/// Writes the lock together with the workflows of every generated pipeline that uses it.
fn write(mut locked: LockFile, lock: Lock, results: Map<String, Value>, settings: &Settings) -> Result<Exit, Failure> {
    let places = locked.definitions();
    let Some((first, _)) = places.first() else {
        locked.lock = lock;
        locked.write()?;
        if !settings.is_text() {
            report::result(Value::Object(results));
        }
        return Ok(Exit::Fine);
    };
    let root = first.root.clone();
    let file = place(&locked.folder.join(FILE))?.file;
    let mut locks = Locks::default();
    locks.change(&root, file, locked.before, lock.to_text());
    let files = places.iter().map(|(place, _)| place.root.join(&place.file)).collect();
    generate::run_with(&Generate { files, ..Generate::default() }, settings, results, locks)
}

/// Refuses a call with a tag that was moved.
fn refuse_moved(lock: &Lock, found: &[Found]) -> Result<(), Failure> {
    let moved = |one: &Found| match (&one.state, lock.action(&one.name)) {
        (State::Moved { commit }, Some(pin)) => Some(remote::moved(&one.name, &pin.version, &pin.sha, commit)),
        _ => None,
    };
    let errors: Vec<Note> = found.iter().filter_map(moved).collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure { exit: Exit::Drift, errors, end: Some("nothing was written") })
}

/// Refuses updates that take an input away which a workflow gives.
fn refuse_lost_inputs(locked: &LockFile, lock: &Lock, updates: &[&Newer]) -> Result<(), Failure> {
    let mut lost: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (_, mut sources) in locked.definitions() {
        let file = sources.lock_file();
        sources.lock = Some(Text { file, text: lock.to_text() });
        for workflow in pipewright::compile(&sources).workflows {
            for job in &workflow.jobs {
                for input in lost_inputs(job, updates) {
                    lost.entry(input).or_default().push(format!("`{}` of {}", job.id, workflow.file));
                }
            }
        }
    }
    if lost.is_empty() {
        return Ok(());
    }
    let note = |(input, mut jobs): (String, Vec<String>)| {
        jobs.dedup();
        let givers = match jobs.as_slice() {
            [one] => one.clone(),
            [first, rest @ ..] => format!("{first} and {} more jobs", rest.len()),
            [] => String::new(),
        };
        let help = "until the definition does without it, update the other pins by their names";
        Note::new(format!("{input}, and {givers} need it"), help)
    };
    let errors = lost.into_iter().map(note).collect();
    Err(Failure { exit: Exit::Definition, errors, end: Some("nothing was written") })
}

/// Inputs that the steps of a job give, and that the new versions do not have, each as the start of a message.
fn lost_inputs(job: &Job, updates: &[&Newer]) -> Vec<String> {
    let Work::Steps { steps, .. } = &job.work else { return Vec::new() };
    let mut lost = Vec::new();
    for step in steps {
        let StepKind::Uses(action) = &step.kind else { continue };
        let name = action.name.to_ascii_lowercase();
        let newer = updates.iter().find_map(|update| Some((*update, update.interfaces.get(&name)?)));
        let Some((update, interface)) = newer else { continue };
        let given = action.with.iter().map(|(input, _)| input);
        let gone = given.filter(|input| !interface.inputs.contains(&input.to_ascii_lowercase()));
        lost.extend(gone.map(|input| format!("{} of `{}` has no input `{input}`", update.version, action.name)));
    }
    lost.dedup();
    lost
}

fn print(found: &Found, settings: &Settings) {
    let Some([name, versions, note]) = remote::row(found) else { return };
    let note = if note.is_empty() { note } else { format!(" ({note})") };
    settings.status(&format!("{name}: {versions}{note}\n"));
    if let State::Outdated(update) = &found.state {
        update.changes.iter().for_each(|change| settings.status(&format!("  {change}\n")));
    }
}
