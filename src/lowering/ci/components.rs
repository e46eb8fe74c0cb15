//! One job per component: its checks, as steps that all run.

use super::super::steps::{env_of, grant_for, grant_ready, set_env};
use super::super::{Axes, Context};
use super::{Listed, entry, trust};
use crate::definition::{Component, Name};
use crate::trace::Effect;
use crate::workflow::{self, Job, Script, Step, Strategy, When, Work};

/// The jobs of all components that have checks.
pub(super) fn jobs(context: &Context<'_>) -> Vec<Listed> {
    context
        .definition
        .components
        .iter()
        .filter(|(_, component)| !component.checks.is_empty() || !component.after.is_empty())
        .map(|(name, component)| Listed::new(job(context, name, component)).only_if_touched(context, name))
        .collect()
}

fn job(context: &Context<'_>, name: &Name, component: &Component) -> Job {
    let origin = entry("components", name);
    let folder = context.path(&component.path);
    let axes = Axes::of(context, component, None);
    let mut steps = vec![context.checkout(&origin, None)];
    steps.extend(context.ready(component, &axes, &origin, trust(context), &format!("checks-{name}")));
    if component.checks.len() > 1
        && let Some(last) = steps.last_mut()
    {
        last.id = Some("ready".to_owned());
    }
    for (index, (check, command)) in component.checks.iter().enumerate() {
        let mut step =
            Step::run(check.as_str(), Script::new(command), origin.clone().then("checks").then(check.as_str()))
                .folder(&folder);
        if index > 0 {
            step = step.when(When::not_cancelled().and(workflow::step("ready").outcome().is("success")));
        }
        steps.push(step);
    }
    steps.extend(context.steps(&component.after, &folder, &origin.clone().then("after"), Effect::None));
    let mut job = context.job(name, axes.named(name), origin, steps);
    grant_ready(component, &mut job.permissions);
    grant_for(&component.after, &mut job.permissions);
    if let Work::Steps { runner, timeout, strategy, env, .. } = &mut job.work {
        *runner = axes.runner.clone();
        *timeout = context.minutes(component.timeout);
        *strategy = (!axes.matrix.is_empty()).then(|| Strategy { axes: axes.matrix.clone() });
        set_env(env, env_of(&component.env));
    }
    job
}
