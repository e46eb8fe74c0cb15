//! *plan*: one seed and one set of timings, handed to every shard.

use super::super::Context;
use super::test_jobs::{Seeds, split};
use crate::definition::{Name, Repeat, Split, TestRun};
use crate::runners::{Order, runner};
use crate::workflow::{Github, Job, Step, Value, When, pairs, step};

/// Whether any run needs a plan: it shuffles, repeats or splits by time.
pub(super) fn needed(context: &Context<'_>) -> bool {
    context.definition.tests.values().any(|run| wants(context, run))
}

/// Whether a run needs the plan.
pub(super) fn wants(context: &Context<'_>, run: &TestRun) -> bool {
    Seeds::of(context, run) != Seeds::None || split(run) == Split::Timings
}

/// Runs whose shards are filled by recorded time.
fn timed<'a>(context: &Context<'a>) -> Vec<(&'a Name, &'a TestRun)> {
    context.definition.tests.iter().filter(|(_, run)| split(run) == Split::Timings && run.shards > 1).collect()
}

/// The job, where any run needs it.
pub(super) fn job(context: &Context<'_>) -> Option<Job> {
    if !needed(context) {
        return None;
    }
    let origin = crate::at!["gates"];
    let mut steps = vec![context.checkout(&origin, None)];
    let timed = timed(context);
    for (name, _) in &timed {
        steps.push(restore(context, name));
    }
    let repeat = repeats(context);
    let mut names: Vec<&str> = timed.iter().map(|(name, _)| name.as_str()).collect();
    if names.is_empty() {
        names.push("all");
    }
    for (index, name) in names.iter().enumerate() {
        let seed = When::event("workflow_dispatch").choose(Value::input("seed"), "");
        let planned = context.python(&format!("Plan {name}"), "ci.py plan", &[], &origin).env(pairs![
            ("PIPEWRIGHT_PLAN", Value::temp(&format!("plan/{name}"))),
            ("PIPEWRIGHT_REPEAT", repeat.clone()),
            ("PIPEWRIGHT_SEED", seed),
            ("PIPEWRIGHT_TIMINGS", Value::temp(&format!("timings/{name}/timings.json"))),
        ]);
        steps.push(if index == 0 { planned.id("plan") } else { planned });
    }
    let artifact = Value::from("plan_") + context.project() + "-" + Github::RunAttempt;
    if !timed.is_empty() {
        steps.push(context.upload("Upload test timings", &artifact, Value::temp("plan"), &origin));
    }
    let mut job = context.job("plan", "Plan", origin, steps);
    // A re-run of failed jobs alone keeps the artifact of the attempt in which this job ran.
    job.outputs =
        pairs![("artifact", artifact), ("seed", step("plan").output("seed")), ("seeds", step("plan").output("seeds")),];
    if timed.is_empty() {
        job.outputs.remove(0);
    }
    Some(job)
}

/// The condition under which the plan has a second seed.
fn repeats(context: &Context<'_>) -> When {
    let mut nightly = false;
    for run in context.definition.tests.values() {
        if runner(&run.runner).is_none_or(|runner| runner.can().order != Order::Shuffled) {
            continue;
        }
        match context.gates(run).repeat {
            Some(Repeat::Always) => return When::TRUE,
            Some(Repeat::Never) => {}
            Some(Repeat::Nightly) | None => nightly |= context.definition.project.nightly.is_some(),
        }
    }
    if nightly { When::event("schedule") } else { When::FALSE }
}

/// The key under which the timings of a run are kept; each run of the workflow has one of its own.
pub(super) fn cache_key(context: &Context<'_>, name: &str) -> String {
    format!("timings_{}_{name}_", context.project())
}

fn restore(context: &Context<'_>, name: &Name) -> Step {
    let origin = crate::at!["tests", name.as_str(), "split"];
    let front = cache_key(context, name);
    let with = pairs![
        ("path", Value::temp(&format!("timings/{name}"))),
        ("key", Value::from(&front) + Github::RunId),
        ("restore-keys", front),
    ];
    Step::uses(format!("Restore test timings: {name}"), context.action("actions/cache/restore", with, &origin), origin)
}
