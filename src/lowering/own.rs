//! Custom workflows and jobs.

use super::axes::{Axes, matrix_of};
use super::calls::{self, input_kind};
use super::condition;
use super::context::Context;
use super::family::Family;
use super::jobs::{install_packages, scheduled};
use super::set_up::set_up;
use super::steps::{env_after, env_of, grant_asked, grant_for, grant_ready, output_name, set_env};
use crate::definition::{
    self, Input, InputKind, Job as Written, JobCheckout, Name, Output, Triggers as WrittenTriggers,
};
use crate::resolve::{self, names};
use crate::toolchains::CacheUse;
use crate::trace::{Effect, Origin};
use crate::workflow::{
    Access, Concurrency, Environment, Job, ManualInput, Pairs, Permission, Step, Triggers, Value, Work, Workflow,
    grant, step,
};

pub(crate) struct OwnWorkflows;

impl Family for OwnWorkflows {
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow> {
        let file = context.pipeline.names.file(names::CI);
        let ci = above.iter().find(|workflow| workflow.file == file);
        context.pipeline.workflows.iter().map(|own| workflow(context, own, ci)).collect()
    }
}

fn workflow(context: &Context<'_>, own: &resolve::Workflow<'_>, ci: Option<&Workflow>) -> Workflow {
    let name = own.name;
    let origin = crate::at!["workflows", name.as_str()];
    let on = &own.written.on;
    let mut jobs = Vec::new();
    let ci = ci.filter(|_| own.needs_ci());
    jobs.extend(ci.map(|ci| context.call(names::CI, "CI", ci, origin.clone().then("needs"))));
    for job in &own.jobs {
        let at = origin.clone().then("jobs").then(job.name.as_str());
        let mut job = own_job(context, job, Some(on), &at, own.cache_use(), &format!("{name}-{}", job.name));
        for input in on.call.inputs.keys().chain(on.manual.inputs.keys()) {
            if let Work::Steps { env, .. } = &mut job.work {
                let variable = input.to_uppercase().replace('-', "_");
                set_env(env, [(&variable, Value::input(input.as_str()))]);
            }
        }
        if ci.is_some() && job.needs.is_empty() {
            job.needs.push(names::CI.to_owned());
        }
        jobs.push(job);
    }
    let on = triggers(context, own);
    Workflow {
        file: context.pipeline.names.file(name),
        name: format!("{} {name}", context.pipeline.project()),
        about: Vec::new(),
        concurrency: concurrency(context, name, &on),
        on,
        env: Vec::new(),
        jobs,
        origin,
    }
}

fn triggers(context: &Context<'_>, own: &resolve::Workflow<'_>) -> Triggers {
    let on = &own.written.on;
    let inputs = || on.manual.inputs.iter().map(|(name, input)| manual(name, input)).collect();
    let mut lowered = Triggers {
        pull_request: on.pull_request,
        push_branches: on.branches.clone(),
        push_tags: on.tags.clone(),
        paths: on.paths.clone(),
        release: on.release.iter().map(|kind| kind.as_str().to_owned()).collect(),
        schedule: on.schedule.all.iter().map(scheduled).collect(),
        manual: on.manual.allowed.then(inputs),
        ..Triggers::default()
    };
    calls::trigger(context, own, &mut lowered);
    lowered
}

/// The group of a run. A run may call a workflow several times, and a group would end all calls but two: one that is
/// only called has none, and in others they wait for each other.
fn concurrency(context: &Context<'_>, name: &str, on: &Triggers) -> Option<Concurrency> {
    (!on.is_only_called()).then(|| Concurrency { queue: on.call.is_some(), ..context.each_run(name) })
}

fn manual(name: &Name, input: &Input) -> ManualInput {
    ManualInput {
        name: name.to_string(),
        description: input.description.clone().unwrap_or_else(|| name.replace('-', " ")),
        kind: input_kind(input),
        required: input.default.is_none() && input.kind != InputKind::Boolean,
        default: input.default.clone(),
    }
}

/// Returns a custom job.
pub(super) fn own_job(
    context: &Context<'_>,
    resolved: &resolve::Job<'_>,
    on: Option<&WrittenTriggers>,
    origin: &Origin,
    cache: CacheUse,
    build: &str,
) -> Job {
    let (id, written) = (resolved.name, resolved.written);
    let axes = Axes::of_job(resolved);
    let name = axes.named(&id.replace('-', " "));
    if let Some(call) = &resolved.call {
        return calls::job(context, resolved, call, on, name, origin);
    }
    let needs = written.needs.as_slice();
    let component = resolved.component.as_deref();
    let mut steps: Vec<Step> = checkout(context, resolved, origin).into_iter().collect();
    let beside = context.beside(&resolved.services);
    let mut variables = beside.env;
    steps.extend(install_packages(&written.packages, &axes.runner, origin));
    if let Some(component) = component {
        steps.extend(set_up(context, component, &axes, origin, cache, build));
        set_env(&mut variables, env_of(&component.written.env));
    }
    let folder = component.map_or("", |component| component.folder.as_str());
    steps.extend(beside.steps);
    let at = origin.clone().then("steps");
    steps.extend(context.steps_after(needs, &written.steps, folder, &at, Effect::Unknown));
    set_env(&mut variables, env_after(&written.env, needs));
    let mut job = context.job(id, name, origin.clone(), steps);
    if !resolved.checks_out() {
        job.permissions = without_checkout(written);
    }
    job.needs = needs.iter().map(ToString::to_string).collect();
    job.outputs = outputs(resolved);
    job.condition = written.when.as_ref().map(condition::when);
    if let Some(component) = component {
        grant_ready(component.written, &mut job.permissions);
    }
    grant_for(&written.steps, &mut job.permissions);
    grant_asked(written, &mut job.permissions);
    if let Work::Steps { runner, timeout, environment, strategy, env, container, services, .. } = &mut job.work {
        *runner = axes.runner;
        *strategy = written.matrix.as_ref().map(|matrix| matrix_of(matrix, &resolved.cells));
        *timeout = resolved.minutes;
        *environment = written.environment.as_ref().map(|name| Environment {
            name: name.into(),
            url: None,
            deployment: written.deployment,
        });
        *env = variables;
        *container = written.container.as_ref().map(|own| context.container(own, origin));
        *services = beside.services;
    }
    job
}

/// The checkout of a job that has one.
fn checkout(context: &Context<'_>, resolved: &resolve::Job<'_>, origin: &Origin) -> Option<Step> {
    let asked = match &resolved.written.checkout {
        Some(JobCheckout::None) => return None,
        Some(JobCheckout::Of(checkout)) => Some(checkout),
        None => resolved.component.as_ref().and_then(|component| component.written.checkout.as_ref()),
    };
    Some(context.checkout_as(asked, origin))
}

/// The permissions that a job without a checkout starts with.
fn without_checkout(written: &Written) -> Vec<Permission> {
    let mut permissions = Vec::new();
    let own = |step: &definition::Step| step.uses.as_deref().is_some_and(|uses| uses.starts_with("./"));
    if written.steps.iter().any(own) {
        grant(&mut permissions, "contents", Access::Read, "read the repository's own actions");
    }
    permissions
}

/// The outputs of a job that others read, each from its step.
fn outputs(resolved: &resolve::Job<'_>) -> Pairs {
    let output = |(output, id): &(&Output, &Name)| (output_name(output), step(id).output(&output.name));
    resolved.outputs.iter().map(output).collect()
}
