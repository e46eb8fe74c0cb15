//! *gates*: a test run judged by what its shards recorded.

use serde_json::{Value as Json, json};

use super::super::context::{json_lines, sort};
use super::super::{Axes, Context};
use super::test_jobs::{Seeds, ends_with_status, split, tests_job_id};
use super::{Listed, entry, plan, ran};
use crate::definition::{Name, Order as Wanted, Split, TestRun};
use crate::runners::{Order, Runner};
use crate::workflow::{Github, Step, Value, When, need, pairs};

/// The job that judges a run.
pub(super) fn job(context: &Context<'_>, name: &Name, run: &TestRun, runner: &dyn Runner, axes: &Axes) -> Listed {
    let origin = entry("tests", name);
    let tests = tests_job_id(name);
    let planned = plan::wants(context, run);
    let timed = split(run) == Split::Timings && run.shards > 1;
    let seeds = match Seeds::of(context, run) {
        Seeds::None => "[]".into(),
        Seeds::One => Value::from("[") + need("plan").output("seed") + "]",
        Seeds::Plan => need("plan").output("seeds"),
    };
    let expected: Vec<Json> =
        axes.labels.iter().map(|label| json!({ "version": label, "shards": run.shards })).collect();
    let take = pairs![("pattern", format!("record_{}_{name}_*", context.project())), ("path", Value::temp("records"))];
    let download = context.action("actions/download-artifact", take, &origin);
    let mut judge = context.python("Evaluate quality gates", "ci.py gates", &[], &origin).env(pairs![
        ("PIPEWRIGHT_EXPECTED", json_lines(&Json::Array(expected))),
        ("PIPEWRIGHT_GATES", json_lines(&gates(context, run, runner))),
        ("PIPEWRIGHT_RECORDS", Value::temp("records")),
        ("PIPEWRIGHT_RUN", name.to_string()),
        ("PIPEWRIGHT_SEEDS", seeds),
        ("PIPEWRIGHT_SHARDS_END", if ends_with_status(context, run) { "with-status" } else { "green" }),
    ]);
    judge.env.extend(quarantine(context, &context.quarantined(name)));
    let mut steps =
        vec![context.checkout(&origin, None), Step::uses("Download test results", download, origin.clone())];
    if timed {
        judge = judge.env([("PIPEWRIGHT_TIMINGS_OUT", Value::temp(&format!("timings/{name}/timings.json")))]);
    }
    sort(&mut judge.env);
    steps.push(judge);
    if timed {
        steps.push(keep_timings(context, name));
    }
    let mut job = context.job(&format!("gates-{name}"), format!("Quality gates: {name}"), origin, steps);
    if planned {
        job.needs.push("plan".to_owned());
    }
    job.needs.push(tests.clone());
    Listed::new(job).when(When::not_cancelled().and(ran(&tests)))
}

/// What a run is judged by, as its script reads it.
pub(in super::super) fn gates(context: &Context<'_>, run: &TestRun, runner: &dyn Runner) -> Json {
    let gates = context.gates(run);
    let order = match (runner.can().order, gates.order) {
        (Order::Isolated, _) => "isolated",
        (Order::Shuffled, None | Some(Wanted::Random)) => "random",
        _ => "fixed",
    };
    let number = |text: String| serde_json::from_str::<Json>(&text).unwrap_or(Json::Null);
    json!({
        "order": order,
        "pass-rate": number(gates.pass_rate.map_or("1".to_owned(), crate::definition::Percent::fraction)),
        "slowest": gates.slowest.map_or(Json::Null, |slowest| number(slowest.decimal_seconds())),
        "repeat": Seeds::of(context, run) == Seeds::Plan,
    })
}

/// Tests that nobody runs for now, and until when.
pub(in super::super) fn quarantine(context: &Context<'_>, of: &[String]) -> Option<(String, Value)> {
    let entries: Vec<Json> = context
        .definition
        .quarantine
        .iter()
        .filter(|(path, _)| of.contains(path))
        .map(|(path, quarantine)| {
            json!({ "path": path, "reason": quarantine.reason, "issue": quarantine.issue, "until": quarantine.until.to_string() })
        })
        .collect();
    (!entries.is_empty()).then(|| ("PIPEWRIGHT_QUARANTINE".to_owned(), json_lines(&Json::Array(entries)).into()))
}

/// The next run is filled by what this one took; pull requests do not decide for others.
fn keep_timings(context: &Context<'_>, name: &str) -> Step {
    let origin = crate::at!["tests", name, "split"];
    let key = Value::from(plan::cache_key(context, name)) + Github::RunId + "-" + Github::RunAttempt;
    let with = pairs![("path", Value::temp(&format!("timings/{name}"))), ("key", key)];
    let branch = context.deploying_branch();
    Step::uses("Save test timings", context.action("actions/cache/save", with, &origin), origin)
        .when(When::not_cancelled().and(When::branch(branch)))
}
