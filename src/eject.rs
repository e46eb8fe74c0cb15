//! Workflows and scripts without Pipewright: no headers, no manifest, no comparison with a definition.

use crate::files::{File, MANIFEST, WORKFLOWS};
use crate::seal::without_header;
use crate::shared::ATTRIBUTES;
use crate::sources::Sources;
use crate::workflow::{Job, StepKind, Value, Work, Workflow};
use crate::yaml::emit;
use crate::{Compilation, compile};

/// A file that changes or goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ejected {
    /// Its path from the root of the repository.
    pub path: String,
    /// Its text; none for a file that goes.
    pub text: Option<String>,
}

/// The job that compares files with the definition, and the script that it runs.
const DRIFT: (&str, &str) = ("drift", "drift.sh");

/// Returns the files of a definition without Pipewright. None for a definition with errors.
pub fn eject(sources: &Sources) -> Option<Vec<Ejected>> {
    let Compilation { files, workflows, .. } = compile(sources);
    if files.is_empty() {
        return None;
    }
    let one = |file: &File| {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let workflow = workflows.iter().find(|it| file.path == format!("{WORKFLOWS}/{}", it.file));
        let text = match workflow {
            // A text that cannot be written is no reason to remove the file.
            Some(workflow) => Some(emit::workflow(&bare(workflow), &workflow.about).ok()?),
            None if name == MANIFEST || name == DRIFT.1 => None,
            None if name == ATTRIBUTES => Some(without_header(&file.text).replace(" linguist-generated", "")),
            None => Some(without_header(&file.text)),
        };
        Some(Ejected { path: file.path.clone(), text })
    };
    let mut ejected = files.iter().map(one).collect::<Option<Vec<_>>>()?;
    // Attributes of generated workflows, which all definitions write together.
    ejected.push(Ejected { path: format!("{WORKFLOWS}/{ATTRIBUTES}"), text: None });
    Some(ejected)
}

/// A workflow without the job that compares files with the definition.
fn bare(workflow: &Workflow) -> Workflow {
    let mut workflow = workflow.clone();
    let runs_drift = |job: &Job| {
        job.id == DRIFT.0
            && job.steps().iter().any(|step| match &step.kind {
                StepKind::Run(run) => run.script.as_str().contains(DRIFT.1),
                StepKind::Uses(_) => false,
            })
    };
    if !workflow.jobs.iter().any(runs_drift) {
        return workflow;
    }
    workflow.jobs.retain(|job| !runs_drift(job));
    for job in &mut workflow.jobs {
        job.needs.retain(|need| need != DRIFT.0);
        if let Work::Steps { steps, .. } = &mut job.work {
            for (name, value) in steps.iter_mut().flat_map(|step| &mut step.env) {
                if name == "PIPEWRIGHT_RULES"
                    && let Value::Text(text) = value
                {
                    *text = without_drift(text);
                }
            }
        }
    }
    workflow
}

/// The rules of the required check without that of the drift job, which is on a separate line.
fn without_drift(rules: &str) -> String {
    let start = format!("  \"{}\":", DRIFT.0);
    let kept: Vec<&str> = rules.lines().filter(|line| !line.starts_with(&start)).collect();
    // A comma before the end is no JSON.
    kept.join("\n").replace(",\n}", "\n}")
}
