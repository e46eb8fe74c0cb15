//! `graph`: print the jobs of the workflows as a graph.

use std::path::PathBuf;

use clap::Args;
use pipewright::diagnostics::did_you_mean;
use pipewright::graph::{Graph, graph, mermaid, svg};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::{Exit, out};
use super::place::only;
use super::report;
use super::settings::Settings;
use super::single::workflows;

#[derive(Args)]
pub(crate) struct Command {
    /// Definition, `-` for standard input [default: pipeline.toml, in this folder or above it]
    file: Option<PathBuf>,
    /// Draw this workflow only, such as `ci.yml`
    #[arg(long, short)]
    workflow: Option<String>,
    /// Print an SVG picture instead of Mermaid
    #[arg(long)]
    svg: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Command, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("graph")?;
    let Some(compiled) = workflows(&only(&settings.folder, command.file.as_ref())?, settings)? else {
        return Ok(Exit::Definition);
    };
    let graphs: Vec<Graph> = compiled.workflows.iter().map(graph).collect();
    let graphs = match &command.workflow {
        None => graphs,
        Some(name) => vec![named(graphs, name)?],
    };
    if !settings.is_text() {
        report::result(json!({ "workflows": graphs.iter().map(document).collect::<Value>() }));
    } else if command.svg {
        out(&svg(&graphs));
    } else {
        out(&mermaid(&graphs));
    }
    Ok(Exit::Fine)
}

/// The graph of a workflow by its file, with or without the ending.
fn named(graphs: Vec<Graph>, name: &str) -> Result<Graph, Failure> {
    let files: Vec<String> = graphs.iter().map(|graph| graph.file.clone()).collect();
    let is_named = |graph: &Graph| graph.file == name || graph.file.strip_suffix(".yml") == Some(name);
    graphs.into_iter().find(is_named).ok_or_else(|| {
        let help = did_you_mean(name, files.iter().map(String::as_str));
        Failure::usage(format!("there is no workflow `{name}`"), help)
    })
}

fn document(graph: &Graph) -> Value {
    let name = |index: &usize| graph.jobs.get(*index).map(|job| job.id.as_str());
    let jobs = graph.jobs.iter().map(|job| {
        let needs: Vec<&str> = job.needs.iter().filter_map(name).collect();
        json!({ "id": job.id, "name": job.name, "needs": needs, "matrix": job.is_matrix })
    });
    json!({ "file": graph.file, "name": graph.name, "jobs": jobs.collect::<Value>() })
}
