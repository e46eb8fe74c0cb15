//! *gates*: the quality gates of a test run, evaluated from the records of its shards.

use serde_json::{Value as Json, json};

use super::super::context::Context;
use super::super::jobs::{json_lines, sort};
use super::super::test_steps::{gates, quarantine};
use super::ci_job::{CiJob, ran};
use super::plan::cache_key;
use crate::resolve::{Combination, Seeds, TestRun, names};
use crate::workflow::{Github, Step, Value, When, need, pairs};

/// Returns the job that evaluates the gates of a run.
pub(super) fn job(context: &Context<'_>, run: &TestRun<'_>) -> CiJob {
    let name = run.name;
    let origin = crate::at!["tests", name.as_str()];
    let tests = run.job_id();
    let seeds = match run.seeds {
        Seeds::None => "[]".into(),
        Seeds::One => Value::from("[") + need("plan").output("seed") + "]",
        Seeds::Plan(_) => need("plan").output("seeds"),
    };
    let expected: Vec<Json> = run.axes.combinations().iter().map(|of| expected(of, run.written.shards)).collect();
    let project = context.pipeline.project();
    let take = pairs![("pattern", format!("record_{project}_{name}_*")), ("path", Value::temp("records"))];
    let download = context.action("actions/download-artifact", take, &origin);
    let mut judge = context.python("Evaluate quality gates", "ci.py gates", &[], &origin).env(pairs![
        ("PIPEWRIGHT_EXPECTED", json_lines(&Json::Array(expected))),
        ("PIPEWRIGHT_GATES", json_lines(&gates(run, run.seeds.are_axis()))),
        ("PIPEWRIGHT_RECORDS", Value::temp("records")),
        ("PIPEWRIGHT_RUN", name.to_string()),
        ("PIPEWRIGHT_SEEDS", seeds),
        ("PIPEWRIGHT_SHARDS_END", if run.ends_with_status() { "with-status" } else { "green" }),
    ]);
    judge.env.extend(quarantine(&run.quarantine));
    let mut steps =
        vec![context.checkout(&origin, None), Step::uses("Download test results", download, origin.clone())];
    if run.is_timed() {
        judge = judge.env([("PIPEWRIGHT_TIMINGS_OUT", Value::temp(&format!("timings/{name}/timings.json")))]);
    }
    sort(&mut judge.env);
    steps.push(judge);
    if run.is_timed() {
        steps.push(keep_timings(context, name));
    }
    let mut job = context.job(&names::gates_job(name), format!("Quality gates: {name}"), origin, steps);
    if run.is_planned() {
        job.needs.push("plan".to_owned());
    }
    job.needs.push(tests.clone());
    CiJob::new(job).when(When::not_cancelled().and(ran(&tests)))
}

/// The records that a combination leaves.
fn expected(of: &Combination, shards: u16) -> Json {
    let mut entry = json!({ "version": of.label, "shards": shards });
    if of.optional {
        entry["optional"] = true.into();
    }
    entry
}

/// Returns the step that saves timings for the split of later runs; pull requests must not affect others.
fn keep_timings(context: &Context<'_>, name: &str) -> Step {
    let origin = crate::at!["tests", name, "split"];
    let key = Value::from(cache_key(context, name)) + Github::RunId + "-" + Github::RunAttempt;
    let with = pairs![("path", Value::temp(&format!("timings/{name}"))), ("key", key)];
    let branch = context.pipeline.deploying_branch();
    Step::uses("Save test timings", context.action("actions/cache/save", with, &origin), origin)
        .when(When::not_cancelled().and(When::branch(branch)))
}
