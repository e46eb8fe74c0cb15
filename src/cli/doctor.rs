//! `doctor`: compare the settings of the repository on GitHub with the setup that the workflows rely on.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use pipewright::definition;
use pipewright::doctor::{Finding, Level, Needs, findings};
use pipewright::setup::setup;
use pipewright::upstream::{Api, ApiError, RepositorySettings, Unread, repository_settings};
use serde_json::{Value, json};

use super::failure::{Failure, Note};
use super::output::{Exit, out};
use super::place::only;
use super::report;
use super::repository::{Repository, repository};
use super::settings::Settings;
use super::single::{read, workflows};

#[derive(Args)]
pub(crate) struct Command {
    /// Definition, `-` for standard input [default: pipeline.toml, in this folder or above it]
    file: Option<PathBuf>,
    /// Repository on GitHub [default: `GITHUB_REPOSITORY`, or the remote `origin`]
    #[arg(long, value_name = "OWNER/NAME")]
    repository: Option<String>,
    /// Print Markdown, for an issue or a job summary
    #[arg(long)]
    markdown: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Command, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("doctor")?;
    let place = only(&settings.folder, command.file.as_ref())?;
    let Some(compiled) = workflows(&place, settings)? else { return Ok(Exit::Definition) };
    let sources = read(&place)?;
    let Some(definition) = definition::read(&sources).definition else { return Ok(Exit::Definition) };
    let setup = setup(&definition, &sources, &compiled.workflows);
    let branches = setup.check.as_ref().map(|(_, branches)| branches.clone()).unwrap_or_default();
    let needs = Needs::new(setup, &compiled.workflows, texts(&place.root));
    let repository = repository(&place.root, command.repository.as_deref())?;
    let api = Api::new(&repository.api, repository.token.clone());
    let real = repository_settings(&api, &repository.name, &branches).map_err(|error| refused(&repository, &error))?;
    let found = findings(&needs, &real, &repository.name);
    if !settings.is_text() {
        report::result(document(&repository.name, &found, &real));
    } else if command.markdown {
        out(&markdown(&repository.name, &found, &real));
    } else {
        out(&text(&repository.name, &found, &real));
    }
    let is_wrong = |one: &Finding| one.level == Level::Error || (settings.deny_warnings && one.level == Level::Warning);
    let is_incomplete = settings.deny_warnings && !real.unread.is_empty();
    Ok(if found.iter().any(is_wrong) || is_incomplete { Exit::Drift } else { Exit::Fine })
}

/// The texts of all workflows and actions of a repository.
fn texts(root: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    let mut open = vec![root.join(".github")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "yml" || end == "yaml") {
                texts.extend(fs::read_to_string(&path).ok());
            }
        }
    }
    texts
}

/// The failure of a repository that cannot be read.
fn refused(repository: &Repository, error: &ApiError) -> Failure {
    let name = &repository.name;
    let help = match error {
        ApiError::Missing(_) | ApiError::Denied(_) if repository.token.is_none() => {
            "set `GH_TOKEN` to a token that can read the settings of the repository, as in `GH_TOKEN=$(gh auth token)`"
        }
        ApiError::Missing(_) | ApiError::Denied(_) => "check the name, and the repositories that the token can read",
        ApiError::Limited { .. } => "run the command again later",
        ApiError::Unreachable(_) => "check the network and `GITHUB_API_URL`, then run the command again",
    };
    Failure::io(format!("cannot read the settings of `{name}`: {error}"), Some(help))
}

/// The number of findings of each level, and of settings that could not be read.
fn summary(found: &[Finding], real: &RepositorySettings) -> String {
    let count = |level: Level| found.iter().filter(|one| one.level == level).count();
    let parts = [
        (count(Level::Error), "error", "errors"),
        (count(Level::Warning), "warning", "warnings"),
        (count(Level::Note), "note", "notes"),
        (real.unread.len(), "setting could not be read", "settings could not be read"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, one, more)| format!("{count} {}", if count == 1 { one } else { more }))
        .collect();
    if parts.is_empty() { "the settings are those that the pipeline relies on".to_owned() } else { parts.join(", ") }
}

fn unread_note(unread: &Unread) -> Note {
    let message = format!("{} could not be read: {}", unread.setting, unread.reason);
    Note::new(message, format!("give the token the permission `{}: read`", unread.permission))
}

fn text(name: &str, found: &[Finding], real: &RepositorySettings) -> String {
    let mut text = String::new();
    for one in found {
        let level = format!("{}[{}]", one.level.as_str(), one.area.title());
        text.push_str(&Note::new(one.message.clone(), one.help.clone()).text(&level));
    }
    for unread in &real.unread {
        text.push_str(&unread_note(unread).text("unread"));
    }
    format!("{text}{name}: {}\n", summary(found, real))
}

fn markdown(name: &str, found: &[Finding], real: &RepositorySettings) -> String {
    let mut text = format!("## Settings of {name}\n\n{}.\n", capitalized(&summary(found, real)));
    let mut title = "";
    for one in found {
        if one.area.title() != title {
            title = one.area.title();
            text.push_str(&format!("\n### {}\n\n", capitalized(title)));
        }
        text.push_str(&format!("- **{}** {}<br>{}\n", one.level.as_str(), one.message, one.help));
    }
    if !real.unread.is_empty() {
        text.push_str("\n### Could not be read\n\n");
        for unread in &real.unread {
            text.push_str(&format!(
                "- {}: {}<br>permission `{}: read`\n",
                unread.setting, unread.reason, unread.permission
            ));
        }
    }
    text
}

fn capitalized(title: &str) -> String {
    let mut letters = title.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn document(name: &str, found: &[Finding], real: &RepositorySettings) -> Value {
    let finding = |one: &Finding| json!({ "level": one.level.as_str(), "area": one.area.title(), "message": one.message, "help": one.help });
    let unread = |one: &Unread| json!({ "setting": one.setting, "reason": one.reason, "permission": one.permission });
    json!({
        "repository": name,
        "findings": found.iter().map(finding).collect::<Value>(),
        "unread": real.unread.iter().map(unread).collect::<Value>(),
    })
}
