//! `absorb`: take pins that a bot has moved in workflows into the lock.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use pipewright::drift::Kind;
use pipewright::pins::{Added, Lock};
use pipewright::upstream::Mistake;
use serde_json::{Map, json};

use super::departure::{Departure, Diffs};
use super::failure::{Failure, Note};
use super::generate::{self, Generate};
use super::locks::Locks;
use super::output::Exit;
use super::pins::remote;
use super::place::{Place, places};
use super::project::{Compiled, Use, compiled, repositories};
use super::report;
use super::settings::Settings;
use super::single::read;

#[derive(Args)]
pub(crate) struct Absorb {
    /// Definitions whose workflows are read [default: pipeline.toml, in this folder or above it]
    files: Vec<PathBuf>,
}

/// A lock, the definitions that use it, and the pins that were moved in their workflows.
struct Group {
    before: String,
    pins: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(command: &Absorb, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("absorb")?;
    let places = places(&settings.folder, &command.files)?;
    let how = Use { diffs: Diffs::None, stages: false, records: true, denies: settings.deny_warnings };
    let all = compiled(&places, &repositories(&places), how, Locks::default())?;
    if all.iter().any(Compiled::failed) {
        report::print(&all, settings);
        report::document(&all, false, Map::new(), settings);
        return Ok(Exit::Definition);
    }
    refuse_edits(&all)?;
    let (locks, absorbed) = absorbed(groups(&places, &all)?)?;
    if absorbed.is_empty() {
        settings.status("no workflow has other pins than its lock\n");
        if !settings.is_text() {
            report::result(json!({ "absorbed": [] }));
        }
        return Ok(Exit::Fine);
    }
    for line in &absorbed {
        settings.status(&format!("{line}\n"));
    }
    let results = Map::from_iter([("absorbed".to_owned(), json!(absorbed))]);
    // What is overwritten are the files whose pins are in the lock now; others were refused.
    let generate = Generate { files: command.files.clone(), force: true, ..Generate::default() };
    generate::run_with(&generate, settings, results, locks)
}

/// Refuses workflows with other edits, which `generate` would drop.
fn refuse_edits(all: &[Compiled]) -> Result<(), Failure> {
    let departures = all.iter().flat_map(|one| &one.departures);
    let others = departures.filter(|one| one.kind.is_precious() && one.kind != Kind::Repinned);
    let note = |one: &Departure| {
        let message = format!("`{}` is {}, and differs by more than pins", one.path, one.state());
        Note::new(message, one.help())
    };
    let errors: Vec<Note> = others.map(note).collect();
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure { exit: Exit::Drift, errors, end: Some("nothing was written") })
}

/// The moved pins by the repository and path of their lock.
fn groups(places: &[Place], all: &[Compiled]) -> Result<BTreeMap<(PathBuf, String), Group>, Failure> {
    let mut groups = BTreeMap::new();
    for (place, one) in places.iter().zip(all) {
        let pins: Vec<String> = one.departures.iter().flat_map(|departure| departure.pins.clone()).collect();
        if pins.is_empty() {
            continue;
        }
        let sources = read(place)?;
        let before = sources.lock.as_ref().map_or(String::new(), |lock| lock.text.clone());
        let group =
            groups.entry((place.root.clone(), sources.lock_file())).or_insert(Group { before, pins: Vec::new() });
        group.pins.extend(pins);
    }
    Ok(groups)
}

/// Locks with the pins that were moved, and a line for each.
fn absorbed(groups: BTreeMap<(PathBuf, String), Group>) -> Result<(Locks, Vec<String>), Failure> {
    let (mut locks, mut lines) = (Locks::default(), Vec::new());
    for ((root, file), Group { before, mut pins }) in groups {
        pins.sort_unstable();
        pins.dedup();
        let old = if before.is_empty() { Ok(Lock::default()) } else { Lock::parse(&before) };
        let old = old.map_err(|error| {
            let help = "run `pipewright check`, correct what it names, and run the command again";
            refused(vec![Note::new(format!("`{file}` cannot be read: {error}"), help)])
        })?;
        let mut lock = old.clone();
        let mut names: Vec<String> = Vec::new();
        for pin in &pins {
            let added = lock.add(pin).map_err(|error| Failure::usage(error.message, error.help))?;
            let Added { name, .. } = &added;
            if names.contains(name) {
                let message = format!("workflows use `{name}` by several pins");
                return Err(refused(vec![Note::new(
                    message,
                    "give it one pin in all workflows, then run the command again",
                )]));
            }
            lines.push(format!("absorbed {}", pin.replace(" # ", " as ")));
            names.push(name.clone());
        }
        verify(&old, &lock, &names)?;
        let dates: Vec<_> = names.iter().map(|name| remote::of(&lock, Vec::new(), 0).date(name)).collect();
        names.iter().zip(dates).filter_map(|(name, date)| Some((name, date?))).for_each(|(name, date)| {
            lock.set_date(name, date);
        });
        locks.change(&root, file, before, lock.to_text());
    }
    Ok((locks, lines))
}

/// Refuses pins that their repositories and registries do not confirm.
fn verify(old: &Lock, lock: &Lock, names: &[String]) -> Result<(), Failure> {
    let remote = remote::of(lock, Vec::new(), 0);
    let (mut errors, mut unreached) = (Vec::new(), Vec::new());
    for name in names {
        if remote::is_downgrade(old, lock, name) {
            let message = format!("the workflows have an older version of `{name}` than the lock");
            errors.push(Note::new(
                message,
                "run `pipewright pins add` if it is meant, else `pipewright generate --force`",
            ));
            continue;
        }
        match remote.mistake(name) {
            Ok(mistake) => errors.extend(mistake.and_then(|mistake| untrue(lock, name, &mistake))),
            Err(error) => unreached.push(remote::unreached(&error.to_string())),
        }
    }
    if !errors.is_empty() {
        return Err(refused(errors));
    }
    if !unreached.is_empty() {
        return Err(Failure { exit: Exit::Io, errors: unreached, end: Some("nothing was written") });
    }
    Ok(())
}

/// The error of a commit that is not that of the version beside it.
fn untrue(lock: &Lock, name: &str, mistake: &Mistake) -> Option<Note> {
    let pin = lock.action(name)?;
    let really = match mistake {
        Mistake::Moved { commit } => format!("which names {commit}"),
        Mistake::Untagged => "which does not exist or names another commit".to_owned(),
    };
    let message = format!("the commit {} of `{name}` does not belong to the tag {}, {really}", pin.sha, pin.version);
    Some(Note::new(message, "do not merge the change; run `pipewright generate --force` to drop it"))
}

fn refused(errors: Vec<Note>) -> Failure {
    Failure { exit: Exit::Drift, errors, end: Some("nothing was written") }
}
