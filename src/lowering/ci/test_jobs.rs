//! Test runs: the matrix of shards, and the job that evaluates the gates.

use super::super::axes::{Axes, is_reported};
use super::super::context::Context;
use super::super::jobs::sort;
use super::super::secrets::secrets;
use super::super::set_up::set_up;
use super::super::steps::{env_of, grant_for, grant_ready, set_env, unless_cancelled};
use super::super::test_steps::{limited, shard_env};
use super::ci_job::CiJob;
use super::gates;
use crate::resolve::{Seeds, TestRun};
use crate::runners::Shard;
use crate::toolchains::{CacheUse, exec};
use crate::trace::{Effect, Origin};
use crate::workflow::{Axis, Environment, Github, Job, Pairs, Script, Step, Value, When, Work, need, pairs};

/// The shards and the gates of all runs.
pub(super) fn jobs(context: &Context<'_>) -> Vec<CiJob> {
    let mut listed = Vec::new();
    for run in context.pipeline.tests.values() {
        let shards = CiJob::new(shards(context, run)).run_only_if_changed(context, run.component.name);
        listed.push(shards.run_only_when(run.written.when.as_ref()));
        listed.push(gates::job(context, run));
    }
    listed
}

fn shards(context: &Context<'_>, resolved: &TestRun<'_>) -> Job {
    let (name, run) = (resolved.name, resolved.written);
    let component = &resolved.component;
    let origin = crate::at!["tests", name.as_str()];
    let folder = &component.folder;
    let mut axes = Axes::all(&resolved.axes);
    let beside = context.beside(&resolved.services);
    let secrets = secrets(run.env.values(), run.before.iter().chain(&run.after), &resolved.services);
    let mut steps = context.start(&secrets, run.environment.as_deref(), component.written, &origin);
    let build = format!("{}-{name}", if resolved.coverage.is_some() { "coverage" } else { "test" });
    let from = crate::at!["components", component.name.as_str()];
    steps.extend(set_up(context, component, &axes, &from, context.pipeline.cache_use(), &build));
    if resolved.is_timed() {
        steps.push(take_the_plan(context, &origin));
    }
    steps.extend(beside.steps);
    steps.extend(context.steps(&run.before, folder, &origin.clone().then("before"), Effect::None));
    let shard = shard(context, resolved, &axes, &origin);
    steps.extend(limited(resolved.runner.steps(&shard, context), resolved.minutes));
    let after = context.steps(&run.after, folder, &origin.clone().then("after"), Effect::None);
    steps.extend(after.into_iter().map(unless_cancelled));
    steps.push(upload_record(context, resolved, &axes, &origin));
    if resolved.coverage.is_some() {
        steps.push(upload_coverage(context, resolved));
    }
    if resolved.ends_with_status() {
        steps.push(end_with_status(&origin));
    }
    let name = job_name(resolved, &axes);
    if resolved.is_sharded() {
        axes.matrix.push(("shard".to_owned(), Axis::Numbers(run.shards)));
    }
    if resolved.seeds.are_axis() {
        axes.matrix.push(("seed".to_owned(), Axis::Expression(need("plan").output("seeds").from_json())));
    }
    let mut job = context.job(&resolved.job_id(), name, origin, steps);
    grant_ready(component.written, &mut job.permissions);
    grant_for(&run.before, &mut job.permissions);
    grant_for(&run.after, &mut job.permissions);
    if resolved.is_planned() {
        job.needs.push("plan".to_owned());
    }
    if let Work::Steps { runner, timeout, strategy, env, services, environment, .. } = &mut job.work {
        *strategy = axes.strategy();
        *runner = axes.runner;
        *timeout = resolved.minutes;
        *services = beside.services;
        *environment = run.environment.clone().map(Environment::without_deployment);
        *env = beside.env;
        set_env(env, env_of(&component.written.env));
        set_env(env, env_of(&run.env));
    }
    job
}

/// Returns the name of a shard in the list of checks; GitHub appends the other axes.
fn job_name(run: &TestRun<'_>, axes: &Axes) -> Value {
    let mut parts = Vec::new();
    if !axes.matrix.is_empty() {
        parts.push(axes.label.clone());
    }
    if run.is_sharded() {
        parts.push(Value::from("shard ") + Value::matrix("shard") + " of " + run.written.shards.to_string());
    }
    let title = Value::from("Test ") + run.name.as_str();
    if parts.is_empty() { title } else { title + " (" + Value::separated(parts, ", ") + ")" }
}

/// Returns a run's shard, for its runner.
fn shard<'r>(context: &'r Context<'_>, resolved: &'r TestRun<'_>, axes: &Axes, origin: &Origin) -> Shard<'r> {
    let run = resolved.written;
    Shard {
        run,
        component: resolved.component.written,
        folder: &resolved.component.folder,
        exec: exec(resolved.component.written, resolved.runner.capabilities().toolchains),
        paths: &run.paths,
        left_out: &resolved.left_out,
        elsewhere: Some(elsewhere(context, resolved)),
        shards: run.shards,
        workers: run.workers,
        random: resolved.is_random(),
        measured: resolved.coverage.as_ref().map(|coverage| coverage.source),
        caches: context.pipeline.cache_use() == CacheUse::Shared,
        partial: resolved.is_partial(),
        env: variables(resolved, axes),
        origin: origin.clone(),
    }
}

/// The paths that other runs of a component give to the same runner, and those without tests.
fn elsewhere<'r>(context: &'r Context<'_>, run: &TestRun<'_>) -> Vec<&'r str> {
    let is_like = |other: &TestRun<'_>| {
        other.name != run.name && other.component.name == run.component.name && other.runner.name() == run.runner.name()
    };
    let pipeline = context.pipeline;
    let runs = pipeline.tests.values().filter(|other| is_like(other)).map(|other| &other.written.paths);
    let suites = pipeline.suites.iter().filter(|suite| is_like(&suite.run)).map(|suite| &suite.written.paths);
    // A run without paths is given everything.
    let all = runs.clone().any(Vec::is_empty).then_some(".");
    let tests = pipeline.tests.values().filter(|other| is_like(other) || other.name == run.name);
    let none = tests.map(|other| &other.written.not_tests);
    runs.chain(suites).chain(none).flatten().map(String::as_str).chain(all).collect()
}

/// The variables of a shard: its record, its part of the tests, its seed.
fn variables(run: &TestRun<'_>, axes: &Axes) -> Pairs {
    let mut env = shard_env(run, run.name, run.written.shards, &axes.label);
    env.extend(pairs![("PIPEWRIGHT_SHARD", shard_number(run))]);
    if run.is_sharded() {
        env.extend(pairs![("PIPEWRIGHT_SPLIT", run.split.as_str())]);
    }
    if run.is_timed() {
        env.extend(pairs![("PIPEWRIGHT_TIMINGS", Value::temp(&format!("plan/{}/timings.json", run.name)))]);
    }
    match run.seeds {
        Seeds::None => {}
        Seeds::One => env.extend(pairs![("PIPEWRIGHT_SEED", need("plan").output("seed"))]),
        Seeds::Plan(_) => env.extend(pairs![("PIPEWRIGHT_SEED", Value::matrix("seed"))]),
    }
    sort(&mut env);
    env
}

/// The number of a shard: that of the matrix, where there are several.
fn shard_number(run: &TestRun<'_>) -> Value {
    if run.is_sharded() { Value::matrix("shard") } else { "1".into() }
}

/// Returns the last step of a shard, which fails the job if its record shows a failed test.
fn end_with_status(origin: &Origin) -> Step {
    let script = Script::new(
        "if ! grep --quiet '\"exit\": 0' \"$FINISHED\"; then\n  echo \"Tests failed, see the steps above.\"\n  exit 1\nfi",
    );
    Step::run("Report test status", script, origin.clone()).env([("FINISHED", Value::temp("record/finished.json"))])
}

fn take_the_plan(context: &Context<'_>, origin: &Origin) -> Step {
    let with = pairs![("name", need("plan").output("artifact")), ("path", Value::temp("plan"))];
    Step::uses("Download test timings", context.action("actions/download-artifact", with, origin), origin.clone())
}

/// Names end in the attempt, so that a re-run of one shard never meets its own first artifact.
fn upload_record(context: &Context<'_>, run: &TestRun<'_>, axes: &Axes, origin: &Origin) -> Step {
    let mut parts = vec![Value::from(format!("record_{}_{}", context.pipeline.project(), run.name))];
    if !axes.label.is_empty() {
        parts.push(axes.label.clone());
    }
    // The name always ends with the shard, so that no other run's name has it as a prefix.
    parts.push(shard_number(run));
    if run.seeds.are_axis() {
        parts.push(Value::matrix("seed"));
    }
    let artifact = Value::separated(parts, "_") + "-" + Github::RunAttempt;
    context.upload("Upload test results", artifact, Value::temp("record"), origin).when(When::not_cancelled())
}

/// One version's coverage counts, under the plan's first seed.
fn upload_coverage(context: &Context<'_>, run: &TestRun<'_>) -> Step {
    let origin = crate::at!["tests", run.name.as_str(), "coverage"];
    let front = format!("coverage_{}_{}_", context.pipeline.project(), run.name);
    let artifact = Value::from(front) + shard_number(run) + "-" + Github::RunAttempt;
    let mut conditions = vec![When::not_cancelled()];
    conditions.extend(is_reported(&run.axes, run.written.coverage_version()));
    if run.seeds.are_axis() {
        conditions.push(Value::matrix("seed").is(need("plan").output("seed").from_json()));
    }
    // The record identifies the data.
    let paths = Value::temp("coverage") + "\n" + Value::temp("record");
    context.upload("Upload coverage data", artifact, paths, &origin).when(When::All(conditions))
}
