//! *recover*: a further job, for a deploy whose runner was lost before it could put traffic back.

use super::super::Context;
use super::cluster::kubeconfig;
use super::environment::{kubeconfig_env, place, tell};
use super::{deploy_job, image_job, images_of};
use crate::definition::{Environment as Written, Name};
use crate::trace::Effect;
use crate::workflow::{Job, When, need, step};

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
            .env([kubeconfig()])
            .env(kubeconfig_env(environment))
            .effect(Effect::Restores),
    );
    steps.extend(tell(context, &origin, "recover", When::failure().or(step("recover").output("restored").is("true"))));
    let mut job = context.job(&format!("recover-{name}"), format!("Recover {name}"), origin, steps);
    job.needs = images_of(context, environment).into_iter().map(|image| image_job(image)).collect();
    job.needs.push(deploy.clone());
    let result = || need(&deploy).result();
    job.condition = Some(When::always().and(result().is_not("success")).and(result().is_not("skipped")));
    place(context, name, environment, &mut job, (environment.rollout.minutes() * 2).max(15));
    job
}
