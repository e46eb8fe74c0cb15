//! Test runs: the matrix of shards, and the job that judges them.

use super::super::context::sort;
use super::super::steps::{env_of, grant_for, grant_ready, set_env};
use super::super::{Axes, Context, coverage};
use super::{Listed, entry, gates, plan, trust};
use crate::definition::{Component, Name, Order as Wanted, Repeat, Split, TestRun};
use crate::runners::{Order, Runner, Shard, runner};
use crate::trace::Effect;
use crate::workflow::{Axis, Environment, Github, Job, Pairs, Script, Step, Strategy, Value, When, Work, need, pairs};

/// What a run does with seeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Seeds {
    /// Nothing: it does not shuffle.
    None,
    /// One, recorded.
    One,
    /// Those of the plan: two where the run is repeated.
    Plan,
}

impl Seeds {
    /// What a run does with seeds.
    pub(in super::super) fn of(context: &Context<'_>, run: &TestRun) -> Self {
        let shuffles = runner(&run.runner).is_some_and(|runner| runner.can().order == Order::Shuffled);
        let gates = context.gates(run);
        if !shuffles || gates.order == Some(Wanted::Fixed) {
            return Self::None;
        }
        match gates.repeat {
            Some(Repeat::Always) => Self::Plan,
            Some(Repeat::Nightly) | None if context.definition.project.nightly.is_some() => Self::Plan,
            _ => Self::One,
        }
    }
}

/// How a run gives tests to its shards.
pub(super) fn split(run: &TestRun) -> Split {
    let first = || runner(&run.runner).and_then(|runner| runner.can().splits.first().copied());
    run.split.or_else(first).unwrap_or(Split::Count)
}

/// The id of the job that runs the shards.
pub(in super::super) fn tests_job_id(name: &str) -> String {
    format!("test-{name}")
}

/// The shards and the gates of all runs.
pub(super) fn jobs(context: &Context<'_>) -> Vec<Listed> {
    let mut listed = Vec::new();
    for (name, run) in &context.definition.tests {
        let (Some(component), Some(runner)) = (context.component(&run.component), runner(&run.runner)) else {
            continue;
        };
        let axes = Axes::of(context, component, run.runs_on.as_ref());
        let shards = shards(context, name, run, component, runner, &axes);
        listed.push(Listed::new(shards).only_if_touched(context, &run.component));
        listed.push(gates::job(context, name, run, runner, &axes));
    }
    listed
}

fn shards<'a>(
    context: &Context<'a>,
    name: &Name,
    run: &'a TestRun,
    component: &Component,
    runner: &dyn Runner,
    axes: &Axes,
) -> Job {
    let origin = entry("tests", name);
    let folder = context.path(&component.path);
    let seeds = Seeds::of(context, run);
    let beside = context.beside(&run.services);
    let shard = shard(context, name, run, component, axes);
    let secrets = context.secrets(run.env.values(), run.before.iter().chain(&run.after), &run.services);
    let mut steps = context.start(&secrets, run.environment.as_deref(), &origin);
    let build = format!("{}-{name}", if shard.measured { "coverage" } else { "test" });
    let from = crate::at!["components", run.component.as_str()];
    steps.extend(context.ready(component, axes, &from, trust(context), &build));
    if split(run) == Split::Timings && run.shards > 1 {
        steps.push(take_the_plan(context, &origin));
    }
    steps.extend(beside.steps);
    steps.extend(context.steps(&run.before, &folder, &origin.clone().then("before"), Effect::None));
    let measured = shard.measured;
    steps.extend(limited(runner.steps(&shard, context), context.minutes(run.timeout)));
    let after = context.steps(&run.after, &folder, &origin.clone().then("after"), Effect::None);
    steps.extend(after.into_iter().map(|step| step.when(When::not_cancelled())));
    steps.push(upload_record(context, name, run, axes, &origin));
    if measured {
        steps.push(upload_coverage(context, name, run, component, axes));
    }
    if ends_with_status(context, run) {
        steps.push(end_with_status(&origin));
    }
    let mut matrix = axes.matrix.clone();
    if run.shards > 1 {
        matrix.push(("shard".to_owned(), Axis::Numbers(run.shards)));
    }
    if seeds == Seeds::Plan {
        matrix.push(("seed".to_owned(), Axis::Expression(need("plan").output("seeds").from_json())));
    }
    let mut job = context.job(&tests_job_id(name), job_name(name, run, axes), origin, steps);
    grant_ready(component, &mut job.permissions);
    grant_for(&run.before, &mut job.permissions);
    grant_for(&run.after, &mut job.permissions);
    if plan::wants(context, run) {
        job.needs.push("plan".to_owned());
    }
    if let Work::Steps { runner, timeout, strategy, env, services, environment, .. } = &mut job.work {
        *runner = axes.runner.clone();
        *timeout = context.minutes(run.timeout);
        *strategy = (!matrix.is_empty()).then_some(Strategy { axes: matrix });
        *services = beside.services;
        *environment = run.environment.clone().map(Environment::without_deployment);
        *env = beside.env;
        set_env(env, env_of(&component.env));
        set_env(env, env_of(&run.env));
    }
    job
}

/// A runner's steps, of which the tests' own ends before the job does: what ran is then still uploaded, and the test
/// that hung is known.
///
/// GitHub cancels a job whose time is over, with all steps that are not `always()`; a step whose time is over fails.
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepstimeout-minutes>
pub(in super::super) fn limited(steps: Vec<Step>, job: u64) -> Vec<Step> {
    let kept = (job / 4).clamp(1, 10);
    let limit = |step: Step| if step.id.as_deref() == Some("tests") { step.timeout(job - kept) } else { step };
    if job > kept { steps.into_iter().map(limit).collect() } else { steps }
}

/// What the checks list calls a shard; GitHub adds what is left of the matrix by itself.
fn job_name(name: &str, run: &TestRun, axes: &Axes) -> Value {
    let mut parts = Vec::new();
    if !axes.matrix.is_empty() {
        parts.push(axes.label.clone());
    }
    if run.shards > 1 {
        parts.push(Value::from("shard ") + Value::matrix("shard") + " of " + run.shards.to_string());
    }
    let title = Value::from("Test ") + name;
    if parts.is_empty() { title } else { title + " (" + Value::separated(parts, ", ") + ")" }
}

/// A run's shard, as its runner sees it.
fn shard<'a>(context: &Context<'a>, name: &Name, run: &'a TestRun, component: &'a Component, axes: &Axes) -> Shard<'a> {
    let mut env = shard_env(run, name, &axes.label);
    let left_out = left_out(context, name);
    if run.shards > 1 {
        env.extend(pairs![("PIPEWRIGHT_SHARD", Value::matrix("shard")), ("PIPEWRIGHT_SPLIT", word(split(run)))]);
        if split(run) == Split::Timings {
            env.extend(pairs![("PIPEWRIGHT_TIMINGS", Value::temp(&format!("plan/{name}/timings.json")))]);
        }
    } else {
        env.extend(pairs![("PIPEWRIGHT_SHARD", "1")]);
    }
    match Seeds::of(context, run) {
        Seeds::None => {}
        Seeds::One => env.extend(pairs![("PIPEWRIGHT_SEED", need("plan").output("seed"))]),
        Seeds::Plan => env.extend(pairs![("PIPEWRIGHT_SEED", Value::matrix("seed"))]),
    }
    sort(&mut env);
    Shard {
        run,
        component,
        gates: context.gates(run),
        folder: context.path(&component.path),
        paths: run.paths.clone(),
        partial: run.shards > 1 || !left_out.is_empty(),
        left_out,
        measured: coverage::measured(context).iter().any(|(known, _)| *known == name),
        env,
        origin: entry("tests", name),
    }
}

/// Whether a failing test fails its shard, so that *Re-run failed jobs* runs it again.
///
/// A lower pass rate is judged over all shards, and a workflow that is called fails with any of its jobs.
pub(super) fn ends_with_status(context: &Context<'_>, run: &TestRun) -> bool {
    context.gates(run).pass_rate.is_none_or(|rate| rate.fraction() == "1")
}

/// The last step of a shard: its results are uploaded, and the job is red where its record says that a test failed.
fn end_with_status(origin: &crate::trace::Origin) -> Step {
    let script = Script::new(
        "if ! grep --quiet '\"exit\": 0' \"$FINISHED\"; then\n  echo \"Tests failed, see the steps above.\"\n  exit 1\nfi",
    );
    Step::run("Report test status", script, origin.clone()).env([("FINISHED", Value::temp("record/finished.json"))])
}

/// Variables that every record carries.
pub(in super::super) fn shard_env(run: &TestRun, name: &str, version: &Value) -> Pairs {
    pairs![
        ("PIPEWRIGHT_RECORD", Value::temp("record")),
        ("PIPEWRIGHT_RUN", name),
        ("PIPEWRIGHT_RUNNER", &run.runner),
        ("PIPEWRIGHT_SHARDS", run.shards.to_string()),
        ("PIPEWRIGHT_VERSION", version),
    ]
}

/// The word that the plugin knows a split by.
fn word(split: Split) -> &'static str {
    match split {
        Split::Timings => "timings",
        Split::Count => "count",
        Split::Files => "files",
    }
}

/// Paths that a run leaves to its suites or to nobody.
fn left_out(context: &Context<'_>, name: &Name) -> Vec<String> {
    let definition = context.definition;
    let suites = definition.suites.values().filter(|suite| suite.of == *name).flat_map(|suite| suite.paths.clone());
    suites.chain(context.quarantined(name)).collect()
}

impl Context<'_> {
    /// Paths that nobody runs for now.
    pub(in super::super) fn quarantined(&self, run: &Name) -> Vec<String> {
        let definition = self.definition;
        let of = |quarantine: &crate::definition::Quarantine| quarantine.of.as_ref().is_none_or(|of| of == run);
        definition.quarantine.iter().filter(|(_, quarantine)| of(quarantine)).map(|(path, _)| path.clone()).collect()
    }
}

fn take_the_plan(context: &Context<'_>, origin: &crate::trace::Origin) -> Step {
    let with = pairs![("name", need("plan").output("artifact")), ("path", Value::temp("plan"))];
    Step::uses("Download test timings", context.action("actions/download-artifact", with, origin), origin.clone())
}

/// Names end in the attempt, so that a re-run of one shard never meets its own first artifact.
fn upload_record(context: &Context<'_>, name: &str, run: &TestRun, axes: &Axes, origin: &crate::trace::Origin) -> Step {
    let mut parts = vec![Value::from(format!("record_{}_{name}", context.project()))];
    if !axes.label.is_empty() {
        parts.push(axes.label.clone());
    }
    // The shard stands behind the run's name even where there is one, so that no other run's name begins like this.
    parts.push(shard_number(run));
    if Seeds::of(context, run) == Seeds::Plan {
        parts.push(Value::matrix("seed"));
    }
    let artifact = Value::separated(parts, "_") + "-" + Github::RunAttempt;
    context.upload("Upload test results", artifact, Value::temp("record"), origin).when(When::not_cancelled())
}

/// One version's coverage counts, under the plan's first seed.
fn upload_coverage(context: &Context<'_>, name: &str, run: &TestRun, component: &Component, axes: &Axes) -> Step {
    let origin = crate::at!["tests", name, "coverage"];
    let artifact =
        Value::from(format!("coverage_{}_{name}_", context.project())) + shard_number(run) + "-" + Github::RunAttempt;
    let mut conditions = vec![When::not_cancelled()];
    conditions.extend(axes.is(component, run.coverage_version()));
    if Seeds::of(context, run) == Seeds::Plan {
        conditions.push(Value::matrix("seed").is(need("plan").output("seed").from_json()));
    }
    // The record tells whose data it is.
    let paths = Value::temp("coverage") + "\n" + Value::temp("record");
    context.upload("Upload coverage data", artifact, paths, &origin).when(When::All(conditions))
}

/// The number of a shard.
fn shard_number(run: &TestRun) -> Value {
    if run.shards > 1 { Value::matrix("shard") } else { "1".into() }
}
