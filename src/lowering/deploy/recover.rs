//! *recover*: a further job, for a deploy whose runner was lost before it could put traffic back.

use super::super::Context;
use super::cluster::KUBECONFIG;
use super::environment::{kubeconfig_env, place, tell};
use super::{deploy_job, image_job, images_of};
use crate::definition::{Environment as Written, Name};
use crate::trace::Effect;
use crate::workflow::Job;

/// The job; it finds the truth in the cluster's marks, and does nothing where nothing was changed.
pub(super) fn job(context: &Context<'_>, name: &Name, environment: &Written) -> Job {
    let origin = crate::at!["environments", name.as_str()];
    let deploy = deploy_job(name);
    let mut steps = vec![context.checkout(&origin, None)];
    steps.extend(context.cluster(environment, &origin));
    steps.push(
        context
            .python("Roll back an interrupted deployment", "deploy.py", &["rescue"], &origin)
            .id("recover")
            .env([KUBECONFIG])
            .env(kubeconfig_env(environment))
            .effect(Effect::Restores),
    );
    steps.extend(tell(
        context,
        &origin,
        "recover",
        "always() && (failure() || steps.recover.outputs.restored == 'true')",
    ));
    let mut job = context.job(&format!("recover-{name}"), &format!("Recover {name}"), origin, steps);
    job.needs = images_of(context, environment).into_iter().map(|image| image_job(image)).collect();
    job.needs.push(deploy.clone());
    job.condition =
        Some(format!("always() && needs.{deploy}.result != 'success' && needs.{deploy}.result != 'skipped'"));
    place(context, name, environment, &mut job, (environment.rollout.minutes() * 2).max(15));
    job
}
