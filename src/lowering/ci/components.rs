//! One job per component: its checks, as steps that all run.

use super::super::axes::Axes;
use super::super::context::Context;
use super::super::set_up::set_up;
use super::super::steps::{env_of, grant_for, grant_ready, set_env};
use super::ci_job::CiJob;
use crate::resolve::Component;
use crate::trace::Effect;
use crate::workflow::{self, Job, Script, Step, When, Work};

/// The jobs of all components that have checks.
pub(super) fn jobs(context: &Context<'_>) -> Vec<CiJob> {
    context
        .pipeline
        .components
        .values()
        .filter(|component| component.has_job())
        .map(|component| {
            let job = CiJob::new(job(context, component)).run_only_if_changed(context, component.name);
            job.run_only_when(component.written.when.as_ref())
        })
        .collect()
}

/// Id of the last setup step before the checks.
const READY: &str = "ready";

fn job(context: &Context<'_>, resolved: &Component<'_>) -> Job {
    let (name, component) = (resolved.name, resolved.written);
    let origin = crate::at!["components", name.as_str()];
    let folder = &resolved.folder;
    let axes = Axes::all(&resolved.axes);
    let mut steps = vec![context.checkout_as(component.checkout.as_ref(), &origin)];
    let cache = context.pipeline.cache_use();
    steps.extend(set_up(context, resolved, &axes, &origin, cache, &format!("checks-{name}")));
    let ready = steps.last_mut().filter(|_| component.checks.len() > 1);
    let ready = ready.map(|last| last.id.get_or_insert_with(|| READY.to_owned()).clone());
    for (index, (check, command)) in component.checks.iter().enumerate() {
        let mut step =
            Step::run(check.as_str(), Script::new(command), origin.clone().then("checks").then(check.as_str()))
                .folder(folder);
        if index > 0
            && let Some(ready) = &ready
        {
            step = step.when(When::not_cancelled().and(workflow::step(ready).outcome().is("success")));
        }
        steps.push(step);
    }
    steps.extend(context.steps(&component.after, folder, &origin.clone().then("after"), Effect::None));
    let mut job = context.job(name, axes.named(name), origin, steps);
    grant_ready(component, &mut job.permissions);
    grant_for(&component.after, &mut job.permissions);
    if let Work::Steps { runner, timeout, strategy, env, .. } = &mut job.work {
        *runner = axes.runner.clone();
        *timeout = resolved.minutes;
        *strategy = axes.strategy();
        set_env(env, env_of(&component.env));
    }
    job
}
