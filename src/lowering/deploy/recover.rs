//! *recover*: rolls back a deploy whose runner was lost.

use super::super::context::Context;
use super::cluster::kubeconfig;
use super::conditions::is_roll_back;
use super::environment::{NOTIFIED, apply_environment, commit, notify};
use super::variables::{delivery_env, kubeconfig_env};
use crate::resolve::{Environment, names};
use crate::trace::Effect;
use crate::workflow::{Job, Value, When, need, pairs, step};

/// Returns the job. It reads the marks in the cluster, and does nothing without a change.
pub(super) fn job(context: &Context<'_>, environment: &Environment<'_>) -> Job {
    let name = environment.name;
    let origin = crate::at!["environments", name.as_str()];
    let mut steps = vec![context.checkout(&origin, None)];
    steps.extend(context.cluster(environment.written, &origin));
    steps.push(
        context
            .python("Roll back an interrupted deployment", "deploy.py", &["recover"], &origin)
            .id("recover")
            .env(kubeconfig(environment.written))
            .env(kubeconfig_env(environment.written))
            .env(delivery_env(environment))
            .effect(Effect::Restores),
    );
    let restored = step("recover").output("restored").is("true");
    // Without a mark, nothing was changed, and the commit is that of the image.
    let marked = step("recover").output("commit");
    let sent = pairs![
        ("PIPEWRIGHT_JOB_STATUS", "failure"),
        ("PIPEWRIGHT_COMMIT", commit(environment).into_iter().fold(marked, Value::or)),
        ("PIPEWRIGHT_ROLL_BACK", is_roll_back()),
    ];
    let changing = [environment.deploy_job(), names::roll_back_job(name)];
    // A runner that was lost before anything was changed has reported nothing.
    let untold = |id: &String| need(id).result().is("failure").and(need(id).output(NOTIFIED).is_not("success"));
    let unreported = changing.iter().map(untold).fold(When::failure().or(restored), When::or);
    let notify = notify(context, &origin, "recover", unreported);
    steps.extend(notify.map(|mut notify| {
        notify.id = None;
        notify.env.retain(|(key, _)| key != "PIPEWRIGHT_JOB_STATUS");
        notify.env(sent)
    }));
    let mut job = context.job(&format!("recover-{name}"), format!("Recover {name}"), origin, steps);
    job.needs = environment.images.iter().map(|image| image.job_id()).collect();
    let left = |id: &String| need(id).result().is_not("success").and(need(id).result().is_not("skipped"));
    let [deploy, roll_back] = changing.each_ref().map(left);
    job.needs.extend(changing);
    job.condition = Some(When::always().and(deploy.or(roll_back)));
    apply_environment(context, environment, &mut job, environment.recover_minutes);
    job
}
