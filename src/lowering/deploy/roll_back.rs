//! *roll back*: returns one environment to a version that was verified in it, on demand.

use super::super::context::Context;
use super::branch::BRANCH;
use super::cluster::kubeconfig;
use super::conditions::is_roll_back;
use super::environment::{apply_environment, message_env, notified, rollback_steps, smoke_step};
use super::settings::digest_variable;
use super::variables::{delivery_env, kubeconfig_env, merge, smoke_env};
use crate::resolve::{Environment, names};
use crate::trace::Effect;
use crate::workflow::{Job, Pairs, Value, When, Work, pairs, step};

/// Returns the job. It builds nothing, migrates nothing, waits for no approval, and reads no metrics: those of an
/// environment that has to be rolled back are wrong already.
pub(super) fn job(context: &Context<'_>, environment: &Environment<'_>) -> Job {
    let (name, written) = (environment.name, environment.written);
    let origin = crate::at!["environments", name.as_str()];
    let smoked = smoke_env(environment);
    let delivered = delivery_env(environment);
    let mut all = kubeconfig_env(written);
    merge(&mut all, &delivered);
    merge(&mut all, &smoked);
    merge(&mut all, &message_env(context.pipeline.definition));
    let none = Pairs::new();
    let script = |title: &str, words: &[&str], effect: Effect, env: &Pairs| {
        context.python(title, "deploy.py", words, &origin).env(kubeconfig(written)).env(env.clone()).effect(effect)
    };
    let mut steps = vec![context.checkout(&origin, None)];
    steps.extend(context.cluster(written, &origin));
    steps.push(script("Preflight checks", &["preflight"], Effect::None, &all));
    steps.push(script("Start the rollback", &["begin"], Effect::Changes, &delivered).id("begin"));
    if let Some(stages) = environment.traffic.map(|traffic| traffic.provider.stages(traffic.written)) {
        steps.push(script(stages.apply, &["apply"], Effect::Changes, &delivered));
        steps.extend(smoke_step(context, environment, stages.smoke, &["--canary"]));
        steps.push(script(stages.promote, &["promote"], Effect::Changes, &delivered));
    } else {
        steps.push(script("Apply", &["apply"], Effect::Changes, &delivered));
    }
    steps.extend(smoke_step(context, environment, &format!("Smoke-test {name}"), &[]));
    steps.push(script("Mark the version as verified", &["verify"], Effect::Verifies, &none).id("verify"));
    let commit = [("PIPEWRIGHT_COMMIT", step("begin").output("commit"))];
    let titles = ["Undo the rollback", "Verify the version before"];
    let last = rollback_steps(context, environment, &origin, titles).into_iter();
    steps.extend(last.map(|step| if step.effect == Effect::Tells { step.env(commit.clone()) } else { step }));
    let id = names::roll_back_job(name);
    let mut job = context.job(&id, format!("Roll back {name}"), origin, steps);
    job.needs.push(BRANCH.to_owned());
    let chosen = Value::input("environment").is(name.as_str());
    job.condition = Some(When::not_failed().and(is_roll_back()).and(chosen));
    job.outputs = notified(context);
    apply_environment(context, environment, &mut job, environment.roll_back_minutes);
    if let Work::Steps { env, .. } = &mut job.work {
        for image in &environment.images {
            let given = (digest_variable(image.name), Value::input(names::digest_input(image.name)));
            env.retain(|(key, _)| *key != given.0);
            env.push(given);
        }
        env.extend(pairs![("PIPEWRIGHT_ROLL_BACK", "true")]);
    }
    job
}
