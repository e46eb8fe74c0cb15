//! smoke-tests.yml: the smoke tests of a chosen environment.

use super::context::Context;
use super::deploy::{settings_variables, smoke_env};
use super::family::Family;
use super::jobs::{scheduled, single};
use crate::definition::Smoke;
use crate::resolve::{self, names};
use crate::trace::Effect;
use crate::workflow::{Environment, Github, Job, ManualInput, ManualKind, Triggers, Value, Work, Workflow};

pub(crate) struct SmokeTests;

impl Family for SmokeTests {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        workflow(context).into_iter().collect()
    }
}

fn workflow(context: &Context<'_>) -> Option<Workflow> {
    let pipeline = context.pipeline;
    let smoked: Vec<_> = pipeline.environments.iter().filter_map(|it| Some((it, it.smoke?))).collect();
    let environments: Vec<String> = smoked.iter().map(|(environment, _)| environment.name.to_string()).collect();
    let mut schedule: Vec<(String, Option<String>)> = Vec::new();
    for entry in pipeline.definition.smoke.values().filter_map(|smoke| smoke.schedule.as_ref()).map(scheduled) {
        if !schedule.contains(&entry) {
            schedule.push(entry);
        }
    }
    let jobs: Vec<Job> = smoked.iter().map(|(environment, smoke)| job(context, environment, smoke)).collect();
    (!jobs.is_empty()).then(|| Workflow {
        file: pipeline.names.file(names::SMOKE_TESTS),
        name: format!("{} smoke tests", pipeline.project()),
        about: vec!["The requests that a deploy must answer, sent to an environment as it is.".to_owned()],
        on: Triggers {
            schedule,
            manual: Some(vec![ManualInput {
                name: "environment".to_owned(),
                description: "The environment to ask".to_owned(),
                required: true,
                default: environments.first().cloned(),
                kind: ManualKind::Choice(environments),
            }]),
            ..Triggers::default()
        },
        concurrency: Some(context.each_run(names::SMOKE_TESTS)),
        env: Vec::new(),
        jobs,
        origin: crate::at!["smoke"],
    })
}

fn job(context: &Context<'_>, environment: &resolve::Environment<'_>, smoke: &Smoke) -> Job {
    let name = environment.name;
    let origin = crate::at!["environments", name.as_str(), "smoke"];
    let ask = context
        .python(&format!("Smoke-test {name}"), "deploy.py smoke", &[], &origin)
        .env(smoke_env(environment))
        .effect(Effect::Verifies);
    let mut job =
        context.job(name, format!("Smoke-test {name}"), origin.clone(), vec![context.checkout(&origin, None), ask]);
    let chosen = Value::input("environment").is(name.as_str());
    job.condition = Some(match &smoke.schedule {
        Some(at) => Value::from(Github::Schedule).is(at.cron.to_string()).or(chosen),
        None => chosen,
    });
    if let Work::Steps { runner, environment: place, env, .. } = &mut job.work {
        *runner = single(environment.machine);
        *place = Some(Environment::without_deployment(name.as_str()));
        env.extend(settings_variables(context, name));
    }
    job
}
