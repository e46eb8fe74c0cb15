//! `<project> passed`: the one required check.

use serde_json::{Map, Value as Json, json};

use super::super::context::Context;
use super::super::jobs::{json_lines, project_origin};
use super::ci_job::CiJob;
use crate::definition::Merge;
use crate::workflow::{Job, Property, Value, When, Work, pairs};

/// The job that looks at every other's result: GitHub takes a skipped check for a success.
///
/// Source: <https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks>
pub(super) fn job(context: &Context<'_>, listed: &[CiJob]) -> Job {
    let origin = project_origin();
    let mut rules: Map<String, Json> = Map::new();
    for listed in listed.iter().filter(|listed| listed.merge == Merge::Required) {
        rules.insert(listed.job.id.clone(), rule(listed));
    }
    let needs = rules.keys().cloned().collect();
    let judge = context.python("Check job results", "ci.py passed", &[], &origin).env(pairs![
        ("PIPEWRIGHT_NEEDS", Value::ToJson(Property::Needs)),
        ("PIPEWRIGHT_RULES", json_lines(&Json::Object(rules))),
    ]);
    let name = format!("{} passed", context.pipeline.project());
    let mut job = context.job("passed", name, origin.clone(), vec![context.checkout(&origin, None), judge]);
    job.needs = needs;
    job.condition = Some(When::always());
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}

/// The jobs that a job waits for and its condition, by which the script evaluates why the job was skipped.
fn rule(listed: &CiJob) -> Json {
    let mut rule = Map::new();
    if !listed.job.needs.is_empty() {
        rule.insert("needs".to_owned(), json!(listed.job.needs));
    }
    if let Some(when) = &listed.when {
        rule.insert("if".to_owned(), when.data());
    }
    Json::Object(rule)
}
