//! Graphs of jobs, drawn as Mermaid from compiled workflows.

use std::path::Path;

use pipewright::sources::Sources;

use super::projects::project;

/// The graph that a comment names: a project, or `continued` for the folder of the page, and a workflow.
pub(crate) fn drawn(about: &str, folder: Option<&Path>) -> String {
    let (name, file) = about.split_once(' ').expect("a project and a workflow");
    match folder {
        Some(folder) if name == "continued" => graph(folder, file),
        _ => graph(project(name).path(), file),
    }
}

/// The jobs of a workflow, as `pipewright graph` prints them.
fn graph(folder: &Path, file: &str) -> String {
    let sources = Sources::read(folder, "pipeline.toml").expect("the definition can be read");
    let compilation = pipewright::compile(&sources);
    let workflow = compilation.workflows.iter().find(|it| it.file == file);
    let workflow = workflow.unwrap_or_else(|| panic!("{file} is not generated: {:?}", compilation.diagnostics));
    pipewright::graph::mermaid(&[pipewright::graph::graph(workflow)])
}
