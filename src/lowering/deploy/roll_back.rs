//! *roll back*: returns one environment to a version that was verified in it, on demand.

use super::super::context::Context;
use super::branch::BRANCH;
use super::cluster::kubeconfig;
use super::conditions::is_roll_back;
use super::environment::{apply_environment, interrupted, message_env, notified, rollback_steps, smoke_step};
use super::renewal::{renewed, timed};
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
        let step = context.python(title, "deploy.py", words, &origin).env(kubeconfig(written)).env(env.clone());
        timed(environment, words, step.effect(effect))
    };
    let smoke =
        |title: &str, words| smoke_step(context, environment, title, words).map(|it| timed(environment, words, it));
    let (begin, longest) = script("Start the rollback", &["begin"], Effect::Changes, &delivered);
    let mut changes =
        vec![script("Preflight checks", &["preflight"], Effect::None, &all), (begin.id("begin"), longest)];
    if let Some(stages) = environment.traffic.map(|traffic| traffic.provider.stages(traffic.written)) {
        changes.push(script(stages.apply, &["apply"], Effect::Changes, &delivered));
        changes.extend(smoke(stages.smoke, &["--canary"]));
        changes.push(script(stages.promote, &["promote"], Effect::Changes, &none));
    } else {
        changes.push(script("Apply", &["apply"], Effect::Changes, &delivered));
    }
    changes.extend(smoke(&format!("Smoke-test {name}"), &[]));
    let (verify, longest) = script("Mark the version as verified", &["verify"], Effect::Verifies, &none);
    changes.push((verify.id("verify"), longest));
    let log_in = || context.log_in_again(written, &origin);
    let mut steps = vec![context.checkout(&origin, None)];
    steps.extend(context.cluster(written, &origin));
    steps.extend(renewed(environment, changes, &log_in));
    if environment.login().is_some() {
        steps.extend(log_in().map(|step| step.when(interrupted())));
    }
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
