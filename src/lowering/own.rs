//! Workflows and jobs that the user writes.

use super::steps::{env_of, grant_for, grant_ready, set_env};
use super::toolchain::Trust;
use super::{Axes, Context, Family};
use crate::definition::{Access as Wanted, Input, InputKind, Job as Written, Name, Workflow as Own};
use crate::trace::{Effect, Origin};
use crate::workflow::{
    ASKED_FOR, Access, Environment, Job, ManualInput, ManualKind, Step, Triggers, Value, Work, Workflow, grant,
};

pub(crate) struct OwnWorkflows;

impl Family for OwnWorkflows {
    fn lower(&self, context: &Context<'_>, _: &[Workflow]) -> Vec<Workflow> {
        context.definition.workflows.iter().map(|(name, own)| workflow(context, name, own)).collect()
    }
}

fn workflow(context: &Context<'_>, name: &Name, own: &Own) -> Workflow {
    let origin = crate::at!["workflows", name.as_str()];
    let on = &own.on;
    let releases = !on.tags.is_empty() || on.branches.iter().any(|branch| branch.contains("release"));
    let trust = if releases || name.contains("release") { Trust::Publishes } else { Trust::Builds };
    let mut jobs = Vec::new();
    for (id, written) in &own.jobs {
        let at = origin.clone().then("jobs").then(id.as_str());
        let mut job = own_job(context, id, written, &at, trust, &format!("{name}-{id}"));
        job.needs = written.needs.iter().map(ToString::to_string).collect();
        for (input, _) in &on.manual.inputs {
            if let Work::Steps { env, .. } = &mut job.work {
                let variable = input.to_uppercase().replace('-', "_");
                set_env(env, [(&variable, Value::input(input.as_str()))]);
            }
        }
        jobs.push(job);
    }
    Workflow {
        file: context.file(name),
        name: format!("{} {name}", context.project()),
        about: Vec::new(),
        on: Triggers {
            pull_request: on.pull_request,
            push_branches: on.branches.clone(),
            push_tags: on.tags.clone(),
            schedule: on.schedule.iter().map(|at| (at.cron.to_string(), at.timezone.clone())).collect(),
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
    id: &Name,
    written: &Written,
    origin: &Origin,
    trust: Trust,
    build: &str,
) -> Job {
    let component = written.component.as_ref().and_then(|name| context.component(name));
    let mut steps: Vec<Step> = vec![context.checkout(origin, None)];
    let mut folder = String::new();
    let mut machine = None;
    let beside = context.beside(&written.services);
    let mut variables = beside.env;
    if let Some(component) = component {
        let axes = Axes::of(context, component, written.runs_on.as_ref()).only(component, None);
        steps.extend(context.ready(component, &axes, origin, trust, build));
        set_env(&mut variables, env_of(&component.env));
        folder = context.path(&component.path);
        machine = Some(axes.runner);
    }
    steps.extend(beside.steps);
    steps.extend(context.steps(&written.steps, &folder, &origin.clone().then("steps"), Effect::Unknown));
    set_env(&mut variables, env_of(&written.env));
    let mut job = context.job(id, id.replace('-', " "), origin.clone(), steps);
    if let Some(component) = component {
        grant_ready(component, &mut job.permissions);
    }
    grant_for(&written.steps, &mut job.permissions);
    for (scope, access) in &written.permissions {
        let access = if *access == Wanted::Write { Access::Write } else { Access::Read };
        grant(&mut job.permissions, scope, access, ASKED_FOR);
    }
    if let Work::Steps { runner, timeout, environment, env, services, .. } = &mut job.work {
        if let Some(machine) = machine.or_else(|| written.runs_on.as_ref().map(super::context::single)) {
            *runner = machine;
        }
        *timeout = context.minutes(written.timeout);
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
