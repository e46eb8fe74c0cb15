//! `<suite>-integration.yml`: tests that need more than the rest of their run.

use serde_json::json;

use super::axes::Axes;
use super::context::Context;
use super::family::Family;
use super::jobs::{json_lines, scheduled, sort};
use super::secrets::secrets;
use super::set_up::set_up;
use super::steps::{env_of, grant_for, grant_ready, set_env, unless_cancelled};
use super::test_steps::{gates, limited, quarantine, shard_env};
use crate::definition::Workers;
use crate::resolve::{Seeds, Suite};
use crate::runners::Shard;
use crate::toolchains::{CacheUse, exec};
use crate::trace::{Effect, Origin};
use crate::workflow::{Environment, Job, Pairs, Step, Triggers, Value, When, Work, Workflow, pairs, step};

pub(crate) struct Suites;

impl Family for Suites {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        context.pipeline.suites.iter().map(|suite| suite_workflow(context, suite)).collect()
    }
}

/// The workflow of a suite.
fn suite_workflow(context: &Context<'_>, suite: &Suite<'_>) -> Workflow {
    let pipeline = context.pipeline;
    let nightly = pipeline.definition.project.nightly.iter().filter(|_| suite.is_nightly());
    Workflow {
        file: pipeline.names.file(&suite.workflow),
        name: format!("{} {} integration", pipeline.project(), suite.name),
        about: vec![format!(
            "Tests that are left out of the test run {}; they count for merging like any other.",
            suite.run.name
        )],
        on: Triggers {
            schedule: nightly.map(scheduled).collect(),
            call: Some(Vec::new()),
            manual: suite.is_manual().then(Vec::new),
            ..Triggers::default()
        },
        concurrency: Some(context.each_run(&suite.workflow)),
        env: Vec::new(),
        jobs: vec![job(context, suite)],
        origin: crate::at!["suites", suite.name.as_str()],
    }
}

fn job(context: &Context<'_>, resolved: &Suite<'_>) -> Job {
    let (name, suite, run) = (resolved.name, resolved.written, &resolved.run);
    let component = &run.component;
    let origin = crate::at!["suites", name.as_str()];
    let folder = &component.folder;
    let axes = Axes::only(&resolved.axes, run.written.coverage_version());
    let beside = context.beside(&resolved.services);
    let secrets = secrets(suite.env.values(), suite.before.iter().chain(&suite.after), &resolved.services);
    let mut steps = context.start(&secrets, suite.environment.as_deref(), component.written, &origin);
    let from = crate::at!["components", component.name.as_str()];
    steps.extend(set_up(context, component, &axes, &from, CacheUse::Shared, &format!("suite-{name}")));
    steps.extend(beside.steps);
    steps.extend(context.steps(&suite.before, folder, &origin.clone().then("before"), Effect::None));
    if run.seeds != Seeds::None {
        let plan = context.python("Choose the random seed", "ci.py plan", &[], &origin).id("plan");
        steps.push(plan.env(pairs![("PIPEWRIGHT_PLAN", Value::temp("plan")), ("PIPEWRIGHT_REPEAT", "false")]));
    }
    steps.extend(tests(context, resolved, &axes, &origin));
    let after = context.steps(&suite.after, folder, &origin.clone().then("after"), Effect::None);
    steps.extend(after.into_iter().map(unless_cancelled));
    steps.push(evaluate(context, resolved, &axes, &origin));
    let mut job = context.job("tests", format!("Test {name}"), origin, steps);
    grant_ready(component.written, &mut job.permissions);
    grant_for(&suite.before, &mut job.permissions);
    grant_for(&suite.after, &mut job.permissions);
    if let Work::Steps { runner, timeout, environment, env, services, .. } = &mut job.work {
        *runner = axes.runner;
        *timeout = resolved.minutes;
        *services = beside.services;
        *environment = suite.environment.clone().map(Environment::without_deployment);
        *env = beside.env;
        set_env(env, env_of(&component.written.env));
        set_env(env, env_of(&suite.env));
    }
    job
}

/// The steps that run the tests, in one shard.
fn tests(context: &Context<'_>, resolved: &Suite<'_>, axes: &Axes, origin: &Origin) -> Vec<Step> {
    let run = &resolved.run;
    let left_out: Vec<&str> = resolved.quarantine.iter().map(|(path, _)| *path).collect();
    let shard = Shard {
        run: run.written,
        component: run.component.written,
        folder: &run.component.folder,
        exec: exec(run.component.written, run.runner.capabilities().toolchains),
        paths: &resolved.written.paths,
        left_out: &left_out,
        elsewhere: None,
        shards: 1,
        workers: Workers::Count(1),
        random: run.is_random(),
        measured: None,
        caches: true,
        partial: true,
        env: variables(resolved, axes),
        origin: origin.clone(),
    };
    limited(run.runner.steps(&shard, context), resolved.minutes)
}

fn variables(suite: &Suite<'_>, axes: &Axes) -> Pairs {
    let mut env = shard_env(&suite.run, suite.name, 1, &axes.label);
    env.extend(pairs![("PIPEWRIGHT_SHARD", "1")]);
    if suite.run.seeds != Seeds::None {
        env.extend(pairs![("PIPEWRIGHT_SEED", step("plan").output("seed"))]);
    }
    sort(&mut env);
    env
}

/// Returns the step that evaluates the gates of the suite's run.
fn evaluate(context: &Context<'_>, suite: &Suite<'_>, axes: &Axes, origin: &Origin) -> Step {
    let seeds = match suite.run.seeds {
        Seeds::None => Value::from("[]"),
        Seeds::One | Seeds::Plan(_) => Value::from("[") + step("plan").output("seed") + "]",
    };
    let expected = json!([{ "version": axes.label.to_string(), "shards": 1 }]);
    let evaluation = context.python("Evaluate quality gates", "ci.py gates", &[], origin).when(When::not_cancelled());
    let mut evaluation = evaluation.env(pairs![
        ("PIPEWRIGHT_EXPECTED", expected.to_string()),
        ("PIPEWRIGHT_GATES", json_lines(&gates(&suite.run, false))),
        ("PIPEWRIGHT_RECORDS", Value::temp("record")),
        ("PIPEWRIGHT_RUN", suite.name.as_str()),
        ("PIPEWRIGHT_SEEDS", seeds),
    ]);
    evaluation.env.extend(quarantine(&suite.quarantine));
    sort(&mut evaluation.env);
    evaluation
}
