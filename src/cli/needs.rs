//! `needs`: print the setup on GitHub that the workflows rely on.

use std::path::PathBuf;

use clap::Args;
use pipewright::definition;
use pipewright::setup::{Environment, Grant, Kind, Needed, Setup, commands, setup};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::{Exit, out};
use super::place::only;
use super::report;
use super::settings::Settings;
use super::single::{read, workflows};
use super::table::table;

#[derive(Args)]
pub(crate) struct Command {
    /// Definition, `-` for standard input [default: pipeline.toml, in this folder or above it]
    file: Option<PathBuf>,
    /// Print a script of `gh` commands
    #[arg(long)]
    gh: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Command, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("needs")?;
    let place = only(&settings.folder, command.file.as_ref())?;
    let Some(compiled) = workflows(&place, settings)? else { return Ok(Exit::Definition) };
    let sources = read(&place)?;
    let Some(definition) = definition::read(&sources).definition else { return Ok(Exit::Definition) };
    let setup = setup(&definition, &sources, &compiled.workflows);
    if !settings.is_text() {
        report::result(document(&setup));
    } else if command.gh {
        out(&commands(&setup));
    } else {
        out(&text(&setup));
    }
    Ok(Exit::Fine)
}

/// The setup as tables.
fn text(setup: &Setup) -> String {
    let mut parts = Vec::new();
    if !setup.environments.is_empty() {
        let rows = setup.environments.iter().map(|it| [it.name.clone(), rules(it)]);
        parts.push(format!("environments\n{}", table(&rows.collect::<Vec<_>>())));
    }
    for (kind, title) in [(Kind::Secret, "secrets"), (Kind::Variable, "variables")] {
        let values: Vec<&Needed> = setup.values.iter().filter(|value| value.kind == kind).collect();
        if !values.is_empty() {
            parts.push(format!("{title}\n{}", table(&values.into_iter().map(row).collect::<Vec<_>>())));
        }
    }
    if let Some((check, branches)) = &setup.check {
        parts.push(format!("required check\n{}", table(&[[check.clone(), format!("on {}", branches.join(", "))]])));
    }
    let rows: Vec<_> = setup.grants.iter().map(granted).collect();
    if !rows.is_empty() && !parts.is_empty() {
        parts.push(format!("permissions\n{}", table(&rows)));
    }
    if parts.is_empty() {
        return "nothing to set up\n".to_owned();
    }
    parts.join("\n")
}

/// The rules of an environment.
fn rules(environment: &Environment) -> String {
    let mut rules = Vec::new();
    if environment.approves {
        rules.push("reviewers, and nothing else".to_owned());
    }
    for (kind, names) in [("branch", &environment.branches), ("tags", &environment.tags)] {
        if !names.is_empty() {
            rules.push(format!("{kind} {} only", names.join(", ")));
        }
    }
    if environment.logs_in {
        rules.push(format!("the cloud trusts `repo:<owner>/<repository>:environment:{}`", environment.name));
    }
    rules.join("; ")
}

/// A value with its place, and the keys that read it.
fn row(value: &Needed) -> [String; 4] {
    let place = value.environment.as_ref().map_or("the repository".to_owned(), |name| format!("environment {name}"));
    let optional = if value.is_optional { "optional" } else { "required" };
    [value.name.clone(), place, optional.to_owned(), shortened(&value.keys)]
}

/// A setting, and the keys of the jobs that rely on it.
fn granted(grant: &Grant) -> [String; 3] {
    [grant.area.to_owned(), grant.setting.clone(), shortened(&grant.keys)]
}

/// The first of several keys, and the number of the others.
fn shortened(keys: &[String]) -> String {
    match keys {
        [first, rest @ ..] if rest.len() > 1 => format!("{first} and {} more", rest.len()),
        keys => keys.join(", "),
    }
}

fn document(setup: &Setup) -> Value {
    let environments = setup.environments.iter().map(|it| {
        json!({
            "name": it.name, "branches": it.branches, "tags": it.tags, "reviewers": it.approves, "oidc": it.logs_in,
        })
    });
    let values = |kind: Kind| -> Value {
        let values = setup.values.iter().filter(|value| value.kind == kind);
        let value = |it: &Needed| json!({ "name": it.name, "environment": it.environment, "optional": it.is_optional, "keys": it.keys });
        values.map(value).collect()
    };
    json!({
        "environments": environments.collect::<Value>(),
        "secrets": values(Kind::Secret),
        "variables": values(Kind::Variable),
        "check": setup.check.as_ref().map(|(name, branches)| json!({ "name": name, "branches": branches })),
        "permissions": setup.grants.iter().map(|it| json!({ "area": it.area, "setting": it.setting, "keys": it.keys })).collect::<Value>(),
        "commands": commands(setup),
    })
}
