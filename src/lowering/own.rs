//! Custom workflows and jobs.

use super::axes::Axes;
use super::condition;
use super::context::Context;
use super::family::Family;
use super::jobs::{install_packages, scheduled};
use super::set_up::set_up;
use super::steps::{env_after, env_of, grant_for, grant_ready, output_name, set_env};
use crate::definition::{Access as Wanted, Cell as WrittenCell, Input, InputKind, Matrix, Name, Output};
use crate::resolve::{self, names};
use crate::toolchains::CacheUse;
use crate::trace::{Effect, Origin};
use crate::workflow::{
    ASKED_FOR, Access, Axis, Cell, Environment, Job, ManualInput, ManualKind, Pairs, Step, Strategy, Triggers, Value,
    When, Work, Workflow, grant, step,
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
        let mut job = own_job(context, job, &at, own.cache_use(), &format!("{name}-{}", job.name));
        for (input, _) in &on.manual.inputs {
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
    Workflow {
        file: context.pipeline.names.file(name),
        name: format!("{} {name}", context.pipeline.project()),
        about: Vec::new(),
        on: Triggers {
            pull_request: on.pull_request,
            push_branches: on.branches.clone(),
            push_tags: on.tags.clone(),
            paths: on.paths.clone(),
            release: on.release.iter().map(|kind| kind.as_str().to_owned()).collect(),
            schedule: on.schedule.all.iter().map(scheduled).collect(),
            manual: on
                .manual
                .allowed
                .then(|| on.manual.inputs.iter().map(|(name, input)| manual(name, input)).collect()),
            ..Triggers::default()
        },
        concurrency: context.each_run(name),
        env: Vec::new(),
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

/// Returns a custom job.
pub(super) fn own_job(
    context: &Context<'_>,
    resolved: &resolve::Job<'_>,
    origin: &Origin,
    cache: CacheUse,
    build: &str,
) -> Job {
    let (id, written) = (resolved.name, resolved.written);
    let needs = written.needs.as_slice();
    let component = resolved.component.as_deref();
    let checkout = written.checkout.as_ref().or(component.and_then(|component| component.written.checkout.as_ref()));
    let mut steps: Vec<Step> = vec![context.checkout_as(checkout, origin)];
    let beside = context.beside(&resolved.services);
    let mut variables = beside.env;
    let axes = Axes::of_job(resolved);
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
    let mut job = context.job(id, axes.named(&id.replace('-', " ")), origin.clone(), steps);
    job.needs = needs.iter().map(ToString::to_string).collect();
    job.outputs = outputs(resolved);
    job.condition = written.when.as_ref().map(condition::when);
    if let Some(component) = component {
        grant_ready(component.written, &mut job.permissions);
    }
    grant_for(&written.steps, &mut job.permissions);
    for (scope, access) in &written.permissions {
        let access = if *access == Wanted::Write { Access::Write } else { Access::Read };
        grant(&mut job.permissions, scope, access, ASKED_FOR);
    }
    if let Work::Steps { runner, timeout, environment, strategy, env, services, .. } = &mut job.work {
        *runner = axes.runner;
        *strategy = written.matrix.as_ref().map(|matrix| matrix_of(matrix, &resolved.cells));
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

/// The outputs of a job that others read, each from its step.
fn outputs(resolved: &resolve::Job<'_>) -> Pairs {
    let output = |(output, id): &(&Output, &Name)| (output_name(output), step(id).output(&output.name));
    resolved.outputs.iter().map(output).collect()
}

/// The matrix of a job, and the jobs that it makes.
fn matrix_of(matrix: &Matrix, cells: &[WrittenCell]) -> Strategy {
    let all = |cells: &[WrittenCell]| cells.iter().map(pairs_of).collect::<Vec<Cell>>();
    let decided = !matrix.include.is_empty() || !matrix.exclude.is_empty();
    Strategy {
        axes: matrix.axes.iter().map(|(name, values)| (name.to_string(), Axis::Texts(values.clone()))).collect(),
        include: all(&matrix.include),
        exclude: all(&matrix.exclude),
        optional: (!matrix.optional.is_empty()).then(|| When::Any(matrix.optional.iter().map(is_cell).collect())),
        cells: if decided { all(cells) } else { Vec::new() },
    }
}

fn pairs_of(cell: &WrittenCell) -> Cell {
    cell.iter().map(|(key, value)| (key.to_string(), value.clone())).collect()
}

/// The condition under which a job of a matrix has these values.
fn is_cell(cell: &WrittenCell) -> When {
    When::All(cell.iter().map(|(key, value)| Value::matrix(key.as_str()).is(value)).collect())
}
