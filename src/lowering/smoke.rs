//! smoke-tests.yml: the probes of a deploy, against a chosen environment.

use super::context::single;
use super::deploy::{settings_variables, smoke_env};
use super::{Context, Family};
use crate::definition::{Environment as Written, Name};
use crate::trace::Effect;
use crate::workflow::{Environment, Github, Job, ManualInput, ManualKind, Triggers, Value, Work, Workflow};

pub(crate) struct SmokeTests;

impl Family for SmokeTests {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        workflow(context).into_iter().collect()
    }
}

fn workflow(context: &Context<'_>) -> Option<Workflow> {
    let definition = context.definition;
    let smoked: Vec<(&Name, &Written)> =
        definition.environments.iter().filter(|(_, environment)| environment.smoke.is_some()).collect();
    let names: Vec<String> = smoked.iter().map(|(name, _)| name.to_string()).collect();
    let mut schedule: Vec<(String, Option<String>)> = Vec::new();
    for smoke in definition.smoke.values() {
        if let Some(at) = &smoke.schedule {
            let entry = (at.cron.to_string(), at.timezone.clone());
            if !schedule.contains(&entry) {
                schedule.push(entry);
            }
        }
    }
    let jobs: Vec<Job> = smoked.iter().map(|(name, environment)| job(context, name, environment, &schedule)).collect();
    (!jobs.is_empty()).then(|| Workflow {
        file: context.file("smoke-tests"),
        name: format!("{} smoke tests", context.project()),
        about: vec!["The requests that a deploy must answer, sent to an environment as it is.".to_owned()],
        on: Triggers {
            schedule,
            manual: Some(vec![ManualInput {
                name: "environment".to_owned(),
                description: "The environment to ask".to_owned(),
                required: true,
                default: names.first().cloned(),
                kind: ManualKind::Choice(names),
            }]),
            ..Triggers::default()
        },
        concurrency: context.each_run("smoke-tests"),
        jobs,
        origin: crate::at!["smoke"],
    })
}

fn job(context: &Context<'_>, name: &Name, environment: &Written, schedule: &[(String, Option<String>)]) -> Job {
    let origin = crate::at!["environments", name.as_str(), "smoke"];
    let smoke = environment.smoke.as_ref().and_then(|smoke| context.definition.smoke.get(smoke));
    let ask = context
        .python(&format!("Smoke-test {name}"), "deploy.py smoke", &[], &origin)
        .env(smoke_env(context, environment))
        .effect(Effect::Verifies);
    let mut job =
        context.job(name, format!("Smoke-test {name}"), origin.clone(), vec![context.checkout(&origin, None), ask]);
    let chosen = Value::input("environment").is(name.as_str());
    let own = smoke.and_then(|smoke| smoke.schedule.as_ref()).filter(|_| !schedule.is_empty());
    job.condition = Some(match own {
        Some(at) => Value::from(Github::Schedule).is(at.cron.to_string()).or(chosen),
        None => chosen,
    });
    if let Work::Steps { runner, environment: place, env, .. } = &mut job.work {
        if let Some(own) = &environment.runs_on {
            *runner = single(own);
        }
        *place = Some(Environment::without_deployment(name.as_str()));
        env.extend(settings_variables(context, name));
    }
    job
}
