//! `init --add`: parts for a definition that is there.

use std::io;
use std::path::Path;

use clap::ValueEnum;
use dialoguer::Confirm;
use pipewright::init::{self, Added, Below, Part, Project};
use pipewright::sources::Tree as _;
use serde_json::{Map, json};
use similar::TextDiff;

use super::failure::Failure;
use super::generate;
use super::output::{Exit, out};
use super::report;
use super::settings::Settings;

/// A part that `--add` names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// A conftest.py with fixtures for each Python component that has none
    Fixtures,
    /// The environments that the manifests of the repository deploy to
    Deploys,
}

/// A call of `init --add`.
pub(crate) struct Call<'a> {
    /// The parts.
    pub(crate) what: &'a [What],
    /// The root of the repository.
    pub(crate) root: &'a Path,
    /// The folder of the definition, from there.
    pub(crate) inside: &'a str,
    /// The path of the definition, from the root.
    pub(crate) file: &'a str,
    /// `true` if it asks before it writes.
    pub(crate) asks: bool,
    /// `true` if it writes nothing.
    pub(crate) dry_run: bool,
}

/// Adds the parts, shows what that changes, and generates the workflows.
pub(crate) fn run(call: &Call<'_>, project: &Project, own: &Below<'_>, settings: &Settings) -> Result<Exit, Failure> {
    let Some(before) = own.read("pipeline.toml") else {
        return Err(Failure::usage("there is no `pipeline.toml` to add to", "run `pipewright init`"));
    };
    let parts: Vec<Part> = call.what.iter().map(|what| part(*what)).collect();
    let added = init::add(own, call.inside, &before, project, &parts)
        .map_err(|refused| Failure::usage(refused.to_string(), refused.help))?;
    let diff = diff(call, &before, &added);
    if settings.is_text() {
        out(&diff);
    }
    let mut results = Map::from_iter([("diff".to_owned(), json!(diff))]);
    if call.dry_run {
        if !settings.is_text() {
            report::result(results.into());
        }
        return Ok(Exit::Fine);
    }
    let failed = |error| Failure::io(format!("nothing was written: {error}"), Some("`--yes` asks nothing"));
    if call.asks && !diff.is_empty() && !confirmed().map_err(failed)? {
        return Ok(Exit::Fine);
    }
    let failed = |failed: init::Failed| Failure::io(failed.to_string(), None);
    init::write(call.root, &added.files).map_err(failed)?;
    if let Some(text) = &added.definition {
        init::replace(call.root, call.file, text).map_err(failed)?;
    }
    for (title, lines) in &added.proposals {
        settings.status(&format!("\n\x1b[1mto do\x1b[0m: {title}\n"));
        lines.lines().for_each(|line| settings.status(&format!("    {line}\n")));
    }
    let proposals = added.proposals.iter().map(|(title, lines)| json!({ "title": title, "lines": lines }));
    results.insert("to-do".to_owned(), proposals.collect());
    generate::run_with(&generate::Generate::default(), settings, results, super::locks::Locks::default())
}

fn part(what: What) -> Part {
    match what {
        What::Fixtures => Part::Fixtures,
        What::Deploys => Part::Deploys,
    }
}

fn confirmed() -> io::Result<bool> {
    Confirm::new().with_prompt("Write this").default(true).interact().map_err(|error| match error {
        dialoguer::Error::IO(error) => error,
    })
}

/// The change as a unified diff.
fn diff(call: &Call<'_>, before: &str, added: &Added) -> String {
    let one = |path: &str, before: &str, after: &str| {
        let (from, to) = (format!("a/{path}"), format!("b/{path}"));
        TextDiff::from_lines(before, after).unified_diff().context_radius(3).header(&from, &to).to_string()
    };
    let definition = added.definition.iter().map(|after| one(call.file, before, after));
    definition.chain(added.files.iter().map(|file| one(&file.path, "", &file.text))).collect()
}
