//! *changes*: components and images that a pull request touches, by `git diff`.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use super::super::jobs::json_lines;
use crate::workflow::{Job, When, pairs, step};

/// The job, with an output per component and image.
pub(super) fn job(context: &Context<'_>) -> Job {
    let origin = crate::at!["project", "skip-unchanged"];
    let mut touched: Map<String, Value> = Map::new();
    for (name, component) in &context.pipeline.components {
        let written = component.written;
        let globs = |globs: &[String]| globs.iter().map(|glob| context.path(glob)).collect::<Vec<_>>();
        let mut watch = globs(&written.watch);
        watch.extend(
            component.locks_above().map(str::to_owned).filter(|lock| !watch.contains(lock)).collect::<Vec<_>>(),
        );
        let mut entry = json!({ "paths": [component.folder], "watch": watch });
        if !written.ignore.is_empty() {
            entry["ignore"] = json!(globs(&written.ignore));
        }
        touched.insert(name.to_string(), entry);
    }
    for image in context.pipeline.images.values() {
        touched.insert(image.job_id(), json!({ "paths": [image.context], "watch": [] }));
    }
    let outputs = touched.keys().map(|name| (name.clone(), step("changes").output(name))).collect();
    let mut always: Vec<String> = context.inputs().iter().map(|file| (*file).to_owned()).collect();
    always.push(".github/**".to_owned());
    let script = context.python("Detect changed components", "ci.py changes", &[], &origin).id("changes").env(pairs![
        ("PIPEWRIGHT_ALWAYS", json!(always).to_string()),
        ("PIPEWRIGHT_BASE", "HEAD^1"),
        ("PIPEWRIGHT_COMPONENTS", json_lines(&Value::Object(touched))),
        ("PIPEWRIGHT_EVERYTHING", !When::event("pull_request")),
    ]);
    // A pull request is checked out as its merge commit, whose first parent is the base.
    let checkout = context.checkout(&origin, Some(2));
    let mut job = context.job("changes", "Changes", origin.clone(), vec![checkout, script]);
    job.outputs = outputs;
    job
}
