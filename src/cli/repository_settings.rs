//! `settings`: print requests that make the settings of the repository on GitHub.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pipewright::definition;
use pipewright::setup::{Part, Request, command, requests, setup};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::{Exit, out};
use super::place::only;
use super::report;
use super::settings::Settings;
use super::single::{read, workflows};

#[derive(Args)]
pub(crate) struct Command {
    /// Definition, `-` for standard input [default: pipeline.toml, in this folder or above it]
    file: Option<PathBuf>,
    /// Print these settings alone
    #[arg(long, value_enum, value_name = "PART")]
    only: Option<Only>,
}

/// Part of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Environments, with their reviewers, branches and tags
    Environments,
    /// The ruleset with the required check
    RequiredCheck,
    /// Policies of GitHub Actions
    Actions,
    /// Policies that let the events of the workflows alone start them
    ExecutionProtections,
}

/// Runs the command.
pub(crate) fn run(arguments: &Command, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("settings")?;
    let place = only(&settings.folder, arguments.file.as_ref())?;
    let Some(compiled) = workflows(&place, settings)? else { return Ok(Exit::Definition) };
    let sources = read(&place)?;
    let Some(definition) = definition::read(&sources).definition else { return Ok(Exit::Definition) };
    let mut all = requests(&setup(&definition, &sources, &compiled.workflows));
    let part = arguments.only.map(|only| match only {
        Only::Environments => Part::Environments,
        Only::RequiredCheck => Part::RequiredCheck,
        Only::Actions => Part::Actions,
        Only::ExecutionProtections => Part::Protections,
    });
    all.retain(|request| part.is_none_or(|part| part == request.part));
    if !settings.is_text() {
        report::result(json!({ "requests": all.iter().map(document).collect::<Value>() }));
    } else if all.is_empty() {
        settings.status("the pipeline needs no such settings\n");
    } else {
        let shown: Vec<String> = all.iter().map(|one| format!("# {}\n{}", one.about, command(one))).collect();
        out(&shown.join("\n"));
    }
    Ok(Exit::Fine)
}

fn document(request: &Request) -> Value {
    let Request { about, method, path, body, existing, .. } = request;
    let existing = existing.as_ref().map(|it| {
        let values: serde_json::Map<String, Value> =
            it.values.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        json!({ "list": it.list, "items": it.items, "values": values, "method": it.is_updated.then_some("PUT") })
    });
    json!({ "about": about, "method": method, "path": path, "body": body, "existing": existing })
}
