//! Graphs of jobs, drawn as Mermaid from compiled workflows.

use std::fmt::Write as _;
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

/// The jobs of a workflow and the jobs that they need. An edge that another path implies is left out.
fn graph(folder: &Path, file: &str) -> String {
    let sources = Sources::read(folder, "pipeline.toml").expect("the definition can be read");
    let compilation = pipewright::compile(&sources);
    let workflow = compilation.workflows.iter().find(|it| it.file == file);
    let workflow = workflow.unwrap_or_else(|| panic!("{file} is not generated: {:?}", compilation.diagnostics));
    let mut text = "flowchart LR\n".to_owned();
    for job in &workflow.jobs {
        let title =
            job.name.texts().first().copied().unwrap_or_default().split(" (").next().unwrap_or_default().to_owned();
        let _ = writeln!(text, "  {}[\"{title}\"]", job.id);
    }
    let needs = |id: &str| -> Vec<String> {
        let job = workflow.jobs.iter().find(|job| job.id == id);
        job.map(|job| job.needs.clone()).unwrap_or_default()
    };
    for job in &workflow.jobs {
        for need in &job.needs {
            if !job.needs.iter().any(|other| other != need && reaches(other, need, &needs)) {
                let _ = writeln!(text, "  {need} --> {}", job.id);
            }
        }
    }
    text
}

/// Returns whether a job needs another, directly or through others.
fn reaches(from: &str, to: &str, needs: &impl Fn(&str) -> Vec<String>) -> bool {
    needs(from).iter().any(|need| need == to || reaches(need, to, needs))
}
