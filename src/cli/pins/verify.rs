//! `pins verify`: compare the lock with the workflows, and with repositories and registries.

use std::fs;

use clap::Args;
use pipewright::files::WORKFLOWS;
use pipewright::pins::uses;
use pipewright::upstream::Mistake;
use serde_json::json;

use super::lock_file::LockFile;
use super::remote::{self, Asked, CONNECTIONS};
use crate::cli::failure::{Failure, Note};
use crate::cli::output::Exit;
use crate::cli::project::in_parallel;
use crate::cli::report;
use crate::cli::settings::Settings;

#[derive(Args)]
pub(crate) struct Verify {
    /// Names of pins [default: all]
    names: Vec<String>,
}

/// Runs the command.
pub(super) fn run(locked: &LockFile, command: &Verify, settings: &Settings) -> Result<Exit, Failure> {
    let asked = remote::asked(locked, &command.names)?;
    let remote = remote::of(&locked.lock, Vec::new(), 0);
    let answers = in_parallel(&asked, CONNECTIONS, &|(name, _): &Asked| (name.clone(), remote.mistake(name)));
    let mut errors = in_workflows(locked, &asked);
    let mut unreached = Vec::new();
    for (name, answer) in answers {
        match answer {
            Ok(mistake) => errors.extend(mistake.and_then(|mistake| note(locked, &name, &mistake))),
            Err(error) => unreached.push(remote::unreached(&error.to_string())),
        }
    }
    let exit = if errors.is_empty() { Exit::Io } else { Exit::Drift };
    errors.append(&mut unreached);
    if !errors.is_empty() {
        return Err(Failure { exit, errors, end: None });
    }
    settings.status(&format!("{} pins are those of their repositories and registries\n", asked.len()));
    if !settings.is_text() {
        report::result(json!({ "verified": asked.iter().map(|(name, _)| name).collect::<Vec<_>>() }));
    }
    Ok(Exit::Fine)
}

fn note(locked: &LockFile, name: &str, mistake: &Mistake) -> Option<Note> {
    let pin = locked.lock.action(name)?;
    Some(match mistake {
        Mistake::Moved { commit } => remote::moved(name, &pin.version, &pin.sha, commit),
        Mistake::Untagged => {
            let message = format!("no tag {} of `{name}` names the commit {}", pin.version, pin.sha);
            Note::new(message, format!("run `pipewright pins update {name}`, or pin the commit of a release"))
        }
    })
}

/// Lines of generated workflows that use another commit than the lock has.
fn in_workflows(locked: &LockFile, asked: &[Asked]) -> Vec<Note> {
    let mut errors = Vec::new();
    let definitions = locked.definitions();
    let Some(root) = definitions.first().map(|(place, _)| &place.root) else { return errors };
    let mut files: Vec<_> = fs::read_dir(root.join(WORKFLOWS)).into_iter().flatten().filter_map(Result::ok).collect();
    files.sort_by_key(fs::DirEntry::file_name);
    for file in files {
        let text = fs::read_to_string(file.path()).unwrap_or_default();
        let from = pipewright::files::origin(&text).and_then(|origin| origin.definition);
        if !definitions.iter().any(|(place, _)| from == Some(place.file.as_str())) {
            continue;
        }
        let path = format!("{WORKFLOWS}/{}", file.file_name().to_string_lossy());
        for (index, used) in text.lines().enumerate().filter_map(|(index, line)| Some((index + 1, uses(line)?))) {
            let is_asked = asked.iter().any(|(name, _)| used.is_of(name));
            let pin = locked.lock.action(used.name).filter(|pin| is_asked && pin.sha != used.commit);
            errors.extend(pin.map(|pin| {
                let message = format!(
                    "{path}:{index} uses {} of `{}`, and `pipeline.lock` pins {}",
                    used.commit, used.name, pin.sha
                );
                Note::new(
                    message,
                    "run `pipewright absorb` to take it into the lock, or `pipewright generate --force` to drop it",
                )
            }));
        }
    }
    errors
}
