//! Definitions in memory, for tests of the passes between reading and printing.

use std::collections::BTreeMap;

use crate::definition::{self, Definition};
use crate::diagnostics::Diagnostic;
use crate::lowering::{self, Lowered};
use crate::pins::builtin;
use crate::resolve::{Pipeline, Resolved, resolve};
use crate::sources::{Memory, Sources, Text};
use crate::workflow::{Job, Step, Workflow};

/// A definition and the files around it.
pub(crate) struct Project {
    pub(crate) definition: Definition,
    pub(crate) sources: Sources,
}

impl Project {
    /// A definition at the root of the repository; a project called `p` where the text has none.
    pub(crate) fn of(text: &str) -> Self {
        Self::with_files(text, &[])
    }

    /// A definition in a repository with these files.
    pub(crate) fn with_files(text: &str, files: &[(&str, &str)]) -> Self {
        let project = if text.contains("[project]") { "" } else { "[project]\nname = \"p\"\n" };
        let text = format!("version = 1\n{project}{text}");
        let files = files.iter().map(|(file, text)| ((*file).to_owned(), (*text).to_owned()));
        let sources = Sources {
            definition: Text { file: "pipeline.toml".to_owned(), text },
            bases: Vec::new(),
            lock: None,
            templates: BTreeMap::new(),
            tree: Box::new(Memory(files.collect())),
        };
        let read = definition::read(&sources);
        let definition = read.definition.unwrap_or_else(|| panic!("{:#?}", read.diagnostics));
        Self { definition, sources }
    }

    /// The pipeline, with what is missing.
    pub(crate) fn resolved(&self) -> Resolved<'_> {
        resolve(&self.definition, &self.sources)
    }

    /// The pipeline of a definition whose references are all there.
    pub(crate) fn pipeline(&self) -> Pipeline<'_> {
        let Resolved { pipeline, diagnostics } = self.resolved();
        assert!(diagnostics.is_empty(), "{diagnostics:#?}");
        pipeline
    }

    /// The workflows, with the pins that the compiler knows.
    pub(crate) fn lowered(&self) -> Lowered {
        let lowered = lowering::lower(&self.pipeline(), &self.sources, &builtin::lock());
        lowered.unwrap_or_else(|unmet| panic!("{unmet:#?}"))
    }
}

/// Findings as a code, a place and a message.
pub(crate) fn shown(found: &[Diagnostic]) -> Vec<String> {
    found.iter().map(|it| format!("{} {}: {}", it.code, it.at.dotted(), it.message)).collect()
}

/// The workflow of a file.
pub(crate) fn workflow<'w>(lowered: &'w Lowered, file: &str) -> &'w Workflow {
    let files: Vec<&str> = lowered.workflows.iter().map(|workflow| workflow.file.as_str()).collect();
    let found = lowered.workflows.iter().find(|workflow| workflow.file == file);
    found.unwrap_or_else(|| panic!("no {file} among {files:?}"))
}

/// The job of an id.
pub(crate) fn job<'w>(workflow: &'w Workflow, id: &str) -> &'w Job {
    let ids: Vec<&str> = workflow.jobs.iter().map(|job| job.id.as_str()).collect();
    workflow.jobs.iter().find(|job| job.id == id).unwrap_or_else(|| panic!("no {id} among {ids:?}"))
}

/// Names of a job's steps.
pub(crate) fn step_names(job: &Job) -> Vec<&str> {
    job.steps().iter().map(|step| step.name.as_str()).collect()
}

/// The step of a name.
pub(crate) fn step<'w>(job: &'w Job, name: &str) -> &'w Step {
    job.steps().iter().find(|step| step.name == name).unwrap_or_else(|| panic!("no {name} in {:?}", step_names(job)))
}

/// The value of a step's variable, as it is printed.
pub(crate) fn variable(step: &Step, name: &str) -> Option<String> {
    step.env.iter().find(|(known, _)| known == name).map(|(_, value)| value.to_string())
}
