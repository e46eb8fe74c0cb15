//! `<project> passed`: the one required check.

use serde_json::{Map, Value, json};

use super::super::Context;
use super::super::context::{json_lines, project_origin};
use super::{Listed, Skip};
use crate::workflow::{Job, Work};

/// The job that looks at every other's result: GitHub takes a skipped check for a success.
///
/// Source: <https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks>
pub(super) fn job(context: &Context<'_>, listed: &[Listed]) -> Job {
    let origin = project_origin();
    let mut rules: Map<String, Value> = Map::new();
    for Listed { job, skip } in listed {
        let rule = match skip {
            Skip::Reported => continue,
            Skip::Never => json!("never"),
            Skip::Follows => json!("always"),
            Skip::Untouched(output) => json!({ "unless": { "job": "changes", "output": output } }),
        };
        rules.insert(job.id.clone(), json!({ "skipped": rule }));
    }
    let needs = rules.keys().cloned().collect();
    let judge = context.python("Look at every result", "passed.py", &[], &origin).env([
        ("PIPEWRIGHT_NEEDS", "${{ toJSON(needs) }}".to_owned()),
        ("PIPEWRIGHT_RULES", json_lines(&Value::Object(rules))),
    ]);
    let name = format!("{} passed", context.project());
    let mut job = context.job("passed", &name, origin.clone(), vec![context.checkout(&origin, None), judge]);
    job.needs = needs;
    job.condition = Some("always()".to_owned());
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}
