//! The job that evaluates the results of all others: the last of ci.yml and of deploy.yml.

use serde_json::{Map, Value as Json, json};

use super::context::Context;
use super::jobs::json_lines;
use crate::trace::Origin;
use crate::workflow::{Job, Part, Property, Value, When, Work, pairs};

/// A job with the condition under which it runs.
pub(super) type Judged<'j> = (&'j Job, Option<&'j When>);

/// Returns the job. It is never skipped, since GitHub reports a skipped check as a success.
///
/// Source: <https://docs.github.com/pull-requests/collaborating-with-pull-requests/collaborating-on-repositories-with-code-quality-features/troubleshooting-required-status-checks>
pub(super) fn job(context: &Context<'_>, id: &str, name: String, judged: &[Judged<'_>], origin: &Origin) -> Job {
    let rules: Map<String, Json> = judged.iter().map(|(job, when)| (job.id.clone(), rule(job, *when))).collect();
    let mut env = pairs![("PIPEWRIGHT_NEEDS", Value::ToJson(Property::Needs))];
    if judged.iter().filter_map(|(_, when)| *when).any(reads_input) {
        env.push(("PIPEWRIGHT_INPUTS".to_owned(), Value::ToJson(Property::Inputs)));
    }
    let needs = rules.keys().cloned().collect();
    env.push(("PIPEWRIGHT_RULES".to_owned(), json_lines(&Json::Object(rules)).into()));
    let judge = context.python("Check job results", "ci.py passed", &[], origin).env(env);
    let mut job = context.job(id, name, origin.clone(), vec![context.checkout(origin, None), judge]);
    job.needs = needs;
    job.condition = Some(When::always());
    if let Work::Steps { timeout, .. } = &mut job.work {
        *timeout = 5;
    }
    job
}

/// Returns `needs` and `if` of a job, by which the script explains a skip.
fn rule(job: &Job, when: Option<&When>) -> Json {
    let mut rule = Map::new();
    if !job.needs.is_empty() {
        rule.insert("needs".to_owned(), json!(job.needs));
    }
    if let Some(when) = when {
        rule.insert("if".to_owned(), when.data());
    }
    Json::Object(rule)
}

fn reads_input(when: &When) -> bool {
    let mut reads = false;
    when.walk(&mut |part| reads |= matches!(part, Part::Property(Property::Input(_))));
    reads
}
