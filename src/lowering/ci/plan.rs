//! *plan*: one seed and one set of timings for all shards.

use super::super::context::Context;
use crate::resolve::SecondSeed;
use crate::workflow::{Github, Job, Step, Value, When, pairs, step};

/// Returns the job, if any run needs it.
pub(super) fn job(context: &Context<'_>) -> Option<Job> {
    let pipeline = context.pipeline;
    if !pipeline.is_planned() {
        return None;
    }
    let origin = crate::at!["gates"];
    let mut steps = vec![context.checkout(&origin, None)];
    let timed: Vec<&str> = pipeline.tests.values().filter(|run| run.is_timed()).map(|run| run.name.as_str()).collect();
    steps.extend(timed.iter().map(|name| restore(context, name)));
    let repeat = match pipeline.second_seed() {
        SecondSeed::Never => When::FALSE,
        SecondSeed::Nightly => When::event("schedule"),
        SecondSeed::Always => When::TRUE,
    };
    let mut names = timed.clone();
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
    let artifact = Value::from("plan_") + pipeline.project() + "-" + Github::RunAttempt;
    if !timed.is_empty() {
        steps.push(context.upload("Upload test timings", &artifact, Value::temp("plan"), &origin));
    }
    let mut job = context.job("plan", "Plan", origin, steps);
    // A re-run of failed jobs alone keeps the artifact of the attempt in which this job ran.
    job.outputs =
        pairs![("artifact", artifact), ("seed", step("plan").output("seed")), ("seeds", step("plan").output("seeds"))];
    if timed.is_empty() {
        job.outputs.remove(0);
    }
    Some(job)
}

/// Returns the cache key of a run's timings, unique per workflow run.
pub(super) fn cache_key(context: &Context<'_>, name: &str) -> String {
    format!("timings_{}_{name}_", context.pipeline.project())
}

fn restore(context: &Context<'_>, name: &str) -> Step {
    let origin = crate::at!["tests", name, "split"];
    let front = cache_key(context, name);
    let with = pairs![
        ("path", Value::temp(&format!("timings/{name}"))),
        ("key", Value::from(&front) + Github::RunId),
        ("restore-keys", front),
    ];
    Step::uses(format!("Restore test timings: {name}"), context.action("actions/cache/restore", with, &origin), origin)
}
