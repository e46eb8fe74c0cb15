//! *report*: how every job of a deploy ended, in one table.

use serde_json::{Map, Value as Json, json};

use super::super::context::Context;
use super::super::jobs::json_lines;
use crate::workflow::{Job, Property, Value, When, Work, pairs};

/// The job.
pub(super) fn job(context: &Context<'_>, jobs: &[Job]) -> Job {
    let origin = crate::at!["environments"];
    let mut rules: Map<String, Json> = Map::new();
    for job in jobs {
        // A job is skipped where a manual deploy does not reach it, or behind one that failed, which is judged itself.
        rules.insert(job.id.clone(), json!({ "skipped": "always" }));
    }
    let needs = rules.keys().cloned().collect();
    let judge = context.python("Check job results", "ci.py passed", &[], &origin).env(pairs![
        ("PIPEWRIGHT_NEEDS", Value::ToJson(Property::Needs)),
        ("PIPEWRIGHT_RULES", json_lines(&Json::Object(rules))),
    ]);
    let name = format!("{} deployed", context.pipeline.project());
    let mut job = context.job("report", name, origin.clone(), vec![context.checkout(&origin, None), judge]);
    job.needs = needs;
    job.condition = Some(When::always());
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}
