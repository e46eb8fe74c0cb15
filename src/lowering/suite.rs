//! `<suite>-integration.yml`: tests that need more than the rest of their run.

use serde_json::json;

use super::ci::{Seeds, gates_of, limited, quarantine_of, shard_env};
use super::context::{json_lines, sort};
use super::steps::{env_of, grant_for, grant_ready, set_env};
use super::toolchain::Trust;
use super::{Axes, Context, Family};
use crate::definition::{Name, Suite, SuiteEvent, TestRun};
use crate::runners::{Shard, runner};
use crate::trace::Effect;
use crate::workflow::{Environment, Triggers, Value, When, Work, Workflow, pairs, step};

pub(crate) struct Suites;

impl Family for Suites {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        context.definition.suites.keys().filter_map(|name| suite_workflow(context, name)).collect()
    }
}

/// The file of a suite's workflow.
pub(super) fn suite_file(context: &Context<'_>, name: &Name) -> String {
    context.file(&format!("{name}-integration"))
}

/// The workflow of a suite.
fn suite_workflow(context: &Context<'_>, name: &Name) -> Option<Workflow> {
    let suite = context.definition.suites.get(name)?;
    let of = context.definition.tests.get(&suite.of)?;
    let origin = crate::at!["suites", name.as_str()];
    let job = job(context, name, suite, of)?;
    let nightly = suite.on.contains(&SuiteEvent::Nightly);
    Some(Workflow {
        file: suite_file(context, name),
        name: format!("{} {name} integration", context.project()),
        about: vec![format!(
            "Tests that are left out of the test run {}; they count for merging like any other.",
            suite.of
        )],
        on: Triggers {
            schedule: if nightly { context.nightly() } else { Vec::new() },
            call: Some(Vec::new()),
            manual: suite.on.contains(&SuiteEvent::Manual).then(Vec::new),
            ..Triggers::default()
        },
        concurrency: context.each_run(&format!("{name}-integration")),
        jobs: vec![job],
        origin,
    })
}

fn job<'a>(context: &Context<'a>, name: &Name, suite: &'a Suite, of: &TestRun) -> Option<crate::workflow::Job> {
    let origin = crate::at!["suites", name.as_str()];
    let component = context.component(&of.component)?;
    let runner = runner(&of.runner)?;
    let folder = context.path(&component.path);
    let axes = Axes::of(context, component, suite.runs_on.as_ref()).only(component, of.coverage_version());
    let beside = context.beside(&suite.services);
    let run = TestRun { shards: 1, workers: crate::definition::Workers::Count(1), coverage: None, ..of.clone() };
    let shuffled = Seeds::of(context, of) != Seeds::None;
    let mut env = shard_env(&run, name, &axes.label);
    env.push(("PIPEWRIGHT_SHARD".to_owned(), "1".into()));
    if shuffled {
        env.push(("PIPEWRIGHT_SEED".to_owned(), step("plan").output("seed")));
    }
    sort(&mut env);
    let inside = |path: &String| suite.paths.iter().any(|own| path.starts_with(own.as_str()));
    let left_out: Vec<String> = context.quarantined(&suite.of).into_iter().filter(inside).collect();
    let quarantined = quarantine_of(context, &left_out);
    let shard = Shard {
        run: &run,
        component,
        gates: context.gates(of),
        folder: folder.clone(),
        paths: suite.paths.clone(),
        left_out,
        measured: false,
        partial: true,
        env,
        origin: origin.clone(),
    };
    let secrets = context.secrets(suite.env.values(), suite.before.iter().chain(&suite.after), &suite.services);
    let mut steps = context.start(&secrets, suite.environment.as_deref(), &origin);
    let from = crate::at!["components", of.component.as_str()];
    steps.extend(context.ready(component, &axes, &from, Trust::Builds, &format!("suite-{name}")));
    steps.extend(beside.steps);
    steps.extend(context.steps(&suite.before, &folder, &origin.clone().then("before"), Effect::None));
    if shuffled {
        let plan = context.python("Choose the random seed", "ci.py plan", &[], &origin).id("plan");
        steps.push(plan.env(pairs![("PIPEWRIGHT_PLAN", Value::temp("plan")), ("PIPEWRIGHT_REPEAT", "false")]));
    }
    steps.extend(limited(runner.steps(&shard, context), context.minutes(suite.timeout)));
    let after = context.steps(&suite.after, &folder, &origin.clone().then("after"), Effect::None);
    steps.extend(after.into_iter().map(|step| step.when(When::not_cancelled())));
    let mut gates = gates_of(context, of, runner);
    if let Some(gates) = gates.as_object_mut() {
        gates.insert("repeat".to_owned(), false.into());
    }
    let mut judge =
        context.python("Evaluate quality gates", "ci.py gates", &[], &origin).when(When::not_cancelled()).env(pairs![
            ("PIPEWRIGHT_EXPECTED", json!([{ "version": axes.labels.first(), "shards": 1 }]).to_string()),
            ("PIPEWRIGHT_GATES", json_lines(&gates)),
            ("PIPEWRIGHT_RECORDS", Value::temp("record")),
            ("PIPEWRIGHT_RUN", name.to_string()),
            (
                "PIPEWRIGHT_SEEDS",
                if shuffled { Value::from("[") + step("plan").output("seed") + "]" } else { "[]".into() }
            ),
        ]);
    judge.env.extend(quarantined);
    sort(&mut judge.env);
    steps.push(judge);
    let mut job = context.job("tests", format!("Test {name}"), origin, steps);
    grant_ready(component, &mut job.permissions);
    grant_for(&suite.before, &mut job.permissions);
    grant_for(&suite.after, &mut job.permissions);
    if let Work::Steps { runner, timeout, environment, env, services, .. } = &mut job.work {
        *runner = axes.runner;
        *timeout = context.minutes(suite.timeout);
        *services = beside.services;
        *environment = suite.environment.clone().map(Environment::without_deployment);
        *env = beside.env;
        set_env(env, env_of(&component.env));
        set_env(env, env_of(&suite.env));
    }
    Some(job)
}
