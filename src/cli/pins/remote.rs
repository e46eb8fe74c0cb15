//! Pins of a call, and what is printed about them.

use std::env;

use clap::Args;
use pipewright::pins::{Lock, is_later};
use pipewright::upstream::{Found, Remote, State};
use serde_json::{Value, json};

use super::lock_file::LockFile;
use crate::cli::clock;
use crate::cli::failure::{Failure, Note};
use crate::cli::output::Exit;
use crate::cli::project::in_parallel;

/// Pins of a call.
#[derive(Args)]
pub(crate) struct Selection {
    /// Names of pins [default: all]
    pub(super) names: Vec<String>,
    /// Days that a version has to be out before it is proposed
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    pub(super) cooldown: u32,
}

/// The repositories and registries for a lock, whose actions are used by these names.
pub(crate) fn of(lock: &Lock, used: Vec<String>, cooldown: u32) -> Remote<'_> {
    Remote::new(lock, &server(), used, cooldown, i64::try_from(clock::now()).unwrap_or(i64::MAX))
}

/// The server of repositories, which GitHub's runners set, also those of an Enterprise Server.
pub(super) fn server() -> String {
    let server = env::var("GITHUB_SERVER_URL").ok().filter(|url| url.contains("://"));
    server.unwrap_or_else(|| "https://github.com".to_owned())
}

/// Returns whether the pin of an action has an earlier version than before.
pub(crate) fn is_downgrade(old: &Lock, new: &Lock, name: &str) -> bool {
    let version = |lock: &Lock| lock.action(name).map(|pin| pin.version.clone());
    let versions = version(old).zip(version(new));
    versions.is_some_and(|(old, new)| is_later(&old, &new))
}

/// A pin of a call, and the version that its name is followed by.
pub(super) type Asked = (String, Option<String>);

/// The pins that a call names; where it names none, all.
///
/// # Errors
///
/// The failure of a call that names a pin which the lock does not have.
pub(super) fn asked(locked: &LockFile, names: &[String]) -> Result<Vec<Asked>, Failure> {
    if names.is_empty() {
        return Ok(locked.names().map(|name| (name.to_owned(), None)).collect());
    }
    let one = |name: &String| {
        let (name, version) = match name.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (name.as_str(), None),
        };
        let known = locked.names().find(|known| known.eq_ignore_ascii_case(name));
        known.map(|known| (known.to_owned(), version)).ok_or_else(|| locked.unknown(name))
    };
    names.iter().map(one).collect()
}

/// Repositories and registries that are asked at a time.
pub(super) const CONNECTIONS: usize = 8;

/// Finds the states of pins.
///
/// # Errors
///
/// The failure of a call with repositories or registries that give no answer.
pub(super) fn found(remote: &Remote<'_>, asked: &[Asked]) -> Result<Vec<Found>, Failure> {
    let found = in_parallel(asked, CONNECTIONS, &|(name, version): &Asked| remote.find(name, version.as_deref()));
    let unreachable = |one: &Found| match &one.state {
        State::Unreachable(error) => Some(unreached(&error.to_string())),
        _ => None,
    };
    let errors: Vec<Note> = found.iter().filter_map(unreachable).collect();
    if errors.is_empty() {
        Ok(found)
    } else {
        Err(Failure { exit: Exit::Io, errors, end: Some("nothing was written") })
    }
}

/// The error of a repository or registry that gave no answer.
pub(crate) fn unreached(message: &str) -> Note {
    Note::new(message, "check the name and the network, then run the command again")
}

/// The error of a tag that was moved.
pub(super) fn moved(name: &str, version: &str, pinned: &str, commit: &str) -> Note {
    let message = format!("the tag {version} of `{name}` was moved: it names {commit}, and {pinned} is pinned");
    Note::new(message, "keep the pin, and ask the owner of the action why: tags are moved in attacks, too")
}

/// The pin as a line of a table; none for one that is up to date.
pub(super) fn row(found: &Found) -> Option<[String; 3]> {
    let (to, note) = match &found.state {
        State::Newest | State::Unreachable(_) => return None,
        State::Outdated(update) => (short(&update.version), update.days.map(age).unwrap_or_default()),
        State::Waits { version, days } => (short(version), format!("{}: waits", age(*days))),
        State::Moved { commit } => (short(commit), "its tag was moved".to_owned()),
        State::Untagged => (String::new(), "no tag has this name".to_owned()),
    };
    Some([found.name.clone(), format!("{} -> {to}", short(&found.pinned)), note])
}

/// The age of a release.
pub(super) fn age(days: i64) -> String {
    if days == 1 { "1 day old".to_owned() } else { format!("{days} days old") }
}

/// The pin as JSON.
pub(super) fn json(found: &Found) -> Value {
    let (state, version, days) = match &found.state {
        State::Newest => ("newest", None, None),
        State::Outdated(update) => ("outdated", Some(&update.version), update.days),
        State::Waits { version, days } => ("waits", Some(version), Some(*days)),
        State::Moved { commit } => ("moved", Some(commit), None),
        State::Untagged => ("untagged", None, None),
        State::Unreachable(_) => ("unreachable", None, None),
    };
    let changes = match &found.state {
        State::Outdated(update) => update.changes.clone(),
        _ => Vec::new(),
    };
    json!({ "name": found.name, "pinned": found.pinned, "state": state, "newest": version, "days": days, "changes": changes })
}

/// A version as it is; of a digest or commit, the first characters.
pub(super) fn short(version: &str) -> String {
    let is_hash = version.len() >= 40 && !version.contains('.');
    if is_hash {
        version.chars().take(if version.starts_with("sha256:") { 19 } else { 12 }).collect()
    } else {
        version.to_owned()
    }
}
