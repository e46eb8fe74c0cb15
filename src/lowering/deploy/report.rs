//! *report*: how every job of a deploy ended, in one table.

use serde_json::{Map, Value, json};

use super::super::Context;
use super::super::context::json_lines;
use crate::workflow::{Job, Work};

/// The job.
pub(super) fn job(context: &Context<'_>, jobs: &[Job]) -> Job {
    let origin = crate::at!["environments"];
    let mut rules: Map<String, Value> = Map::new();
    for job in jobs {
        // A job is skipped where a manual deploy does not reach it, or behind one that failed, which is judged itself.
        rules.insert(job.id.clone(), json!({ "skipped": "always" }));
    }
    let needs = rules.keys().cloned().collect();
    let judge = context.python("Check job results", "passed.py", &[], &origin).env([
        ("PIPEWRIGHT_NEEDS".to_owned(), "${{ toJSON(needs) }}".to_owned()),
        ("PIPEWRIGHT_RULES".to_owned(), json_lines(&Value::Object(rules))),
    ]);
    let name = format!("{} deployed", context.project());
    let mut job = context.job("report", &name, origin.clone(), vec![context.checkout(&origin, None), judge]);
    job.needs = needs;
    job.condition = Some("always()".to_owned());
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}
