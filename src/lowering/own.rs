//! Workflows and jobs that the user writes.

use super::axes::Axes;
use super::context::Context;
use super::family::Family;
use super::jobs::{scheduled, single};
use super::set_up::set_up;
use super::steps::{env_of, grant_for, grant_ready, set_env};
use crate::definition::{Access as Wanted, Input, InputKind, Name};
use crate::resolve;
use crate::toolchains::CacheUse;
use crate::trace::{Effect, Origin};
use crate::workflow::{
    ASKED_FOR, Access, Environment, Job, ManualInput, ManualKind, Step, Triggers, Value, Work, Workflow, grant,
};

pub(crate) struct OwnWorkflows;

impl Family for OwnWorkflows {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        context.pipeline.workflows.iter().map(|own| workflow(context, own)).collect()
    }
}

fn workflow(context: &Context<'_>, own: &resolve::Workflow<'_>) -> Workflow {
    let name = own.name;
    let origin = crate::at!["workflows", name.as_str()];
    let on = &own.written.on;
    let mut jobs = Vec::new();
    for job in &own.jobs {
        let at = origin.clone().then("jobs").then(job.name.as_str());
        let mut job = own_job(context, job, &at, own.cache_use(), &format!("{name}-{}", job.name));
        for (input, _) in &on.manual.inputs {
            if let Work::Steps { env, .. } = &mut job.work {
                let variable = input.to_uppercase().replace('-', "_");
                set_env(env, [(&variable, Value::input(input.as_str()))]);
            }
        }
        jobs.push(job);
    }
    Workflow {
        file: context.pipeline.names.file(name),
        name: format!("{} {name}", context.pipeline.project()),
        about: Vec::new(),
        on: Triggers {
            pull_request: on.pull_request,
            push_branches: on.branches.clone(),
            push_tags: on.tags.clone(),
            schedule: on.schedule.iter().map(scheduled).collect(),
            manual: on
                .manual
                .allowed
                .then(|| on.manual.inputs.iter().map(|(name, input)| manual(name, input)).collect()),
            ..Triggers::default()
        },
        concurrency: context.each_run(name),
        jobs,
        origin,
    }
}

fn manual(name: &Name, input: &Input) -> ManualInput {
    let kind = match input.kind {
        _ if !input.options.is_empty() => ManualKind::Choice(input.options.clone()),
        InputKind::String => ManualKind::String,
        InputKind::Boolean => ManualKind::Boolean,
        InputKind::Number => ManualKind::Number,
    };
    ManualInput {
        name: name.to_string(),
        description: input.description.clone().unwrap_or_else(|| name.replace('-', " ")),
        kind,
        required: input.default.is_none() && input.kind != InputKind::Boolean,
        default: input.default.clone(),
    }
}

/// A job that the user wrote.
pub(super) fn own_job(
    context: &Context<'_>,
    resolved: &resolve::Job<'_>,
    origin: &Origin,
    cache: CacheUse,
    build: &str,
) -> Job {
    let (id, written) = (resolved.name, resolved.written);
    let mut steps: Vec<Step> = vec![context.checkout(origin, None)];
    let beside = context.beside(&resolved.services);
    let mut variables = beside.env;
    let component = resolved.component.as_deref();
    if let Some(component) = component {
        let axes = Axes::only(&component.axes_on(Some(resolved.machine)), None);
        steps.extend(set_up(context, component, &axes, origin, cache, build));
        set_env(&mut variables, env_of(&component.written.env));
    }
    let folder = component.map_or("", |component| component.folder.as_str());
    steps.extend(beside.steps);
    steps.extend(context.steps(&written.steps, folder, &origin.clone().then("steps"), Effect::Unknown));
    set_env(&mut variables, env_of(&written.env));
    let mut job = context.job(id, id.replace('-', " "), origin.clone(), steps);
    job.needs = written.needs.iter().map(ToString::to_string).collect();
    if let Some(component) = component {
        grant_ready(component.written, &mut job.permissions);
    }
    grant_for(&written.steps, &mut job.permissions);
    for (scope, access) in &written.permissions {
        let access = if *access == Wanted::Write { Access::Write } else { Access::Read };
        grant(&mut job.permissions, scope, access, ASKED_FOR);
    }
    if let Work::Steps { runner, timeout, environment, env, services, .. } = &mut job.work {
        *runner = single(resolved.machine);
        *timeout = resolved.minutes;
        *environment = written.environment.as_ref().map(|name| Environment {
            name: name.into(),
            url: None,
            deployment: written.deployment,
        });
        *env = variables;
        *services = beside.services;
    }
    job
}
