//! The share of steps that a definition has to write itself.

use std::path::Path;

use crate::pins::builtin;
use crate::sources::{Sources, Text};
use crate::workflow::{Job, Step};

/// Returns whether a step is one of the user's own: of a job, or before or after generated steps.
fn is_raw(step: &Step) -> bool {
    let place = step.origin.dotted();
    [".steps[", ".before[", ".after["].iter().any(|key| place.contains(key))
}

#[test]
#[expect(clippy::print_stdout, reason = "the test reports the share")]
fn the_pipeline_of_the_research_note_is_a_definition_with_few_raw_steps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/research-note");
    let mut sources = Sources::read(&folder, "pipeline.toml").expect("the definition is readable");
    sources.lock = Some(Text { file: "pipeline.lock".to_owned(), text: builtin::lock().to_text() });
    let compiled = crate::compile(&sources);
    assert!(!compiled.failed(), "{:#?}", compiled.diagnostics);
    let files: Vec<&str> = compiled.workflows.iter().map(|workflow| workflow.file.as_str()).collect();
    for file in ["ci.yml", "deploy.yml", "fuzzing.yml", "mutation.yml", "publish-backend.yml", "release.yml"] {
        assert!(files.contains(&file), "{file} is missing in {files:?}");
    }
    let jobs = compiled.workflows.iter().flat_map(|workflow| &workflow.jobs);
    let steps: Vec<&Step> = jobs.flat_map(Job::steps).collect();
    let raw = steps.iter().filter(|step| is_raw(step)).count();
    let all = steps.len();
    println!("{raw} of {all} steps are raw, {} of 1,000", raw * 1000 / all);
    assert!(raw > 5, "the definition has custom steps, and {raw} were found");
    assert!(raw * 10 <= all, "{raw} of {all} steps are raw, and at most a tenth may be");
}
