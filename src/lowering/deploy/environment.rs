//! The job that deploys to an environment, from the preflight checks to the verified version, and its rollback.

use super::super::context::Context;
use super::super::jobs::single;
use super::super::steps::{env_of, external, grant_for, set_env};
use super::cluster::kubeconfig;
use super::conditions::run_condition;
use super::renewal::{Timed, renewed, timed};
use super::settings::{digest_variable, settings_variables};
use super::variables::{delivery_env, kubeconfig_env, merge, metrics_env, notify_env, smoke_env};
use crate::definition::{Definition, Value};
use crate::resolve::{self, names};
use crate::trace::{Effect, Origin};
use crate::workflow::{
    Access, Concurrency, Environment, Github, Job, Pairs, Property, Step, When, Work, grant, need, pairs, step,
};

/// The job that deploys to an environment.
pub(super) fn job(context: &Context<'_>, resolved: &resolve::Environment<'_>) -> Job {
    let (name, environment) = (resolved.name, resolved.written);
    let origin = crate::at!["environments", name.as_str()];
    let mut steps = vec![context.checkout(&origin, None)];
    steps.extend(context.cluster(environment, &origin));
    let log_in = || context.log_in_again(environment, &origin);
    steps.extend(renewed(resolved, changes(context, resolved, &origin), &log_in));
    if resolved.login().is_some() {
        steps.extend(log_in().map(|step| step.when(interrupted())));
    }
    steps.extend(rollback_steps(context, resolved, &origin, ["Roll back", "Verify the rollback"]));
    let mut job = context.job(&resolved.deploy_job(), format!("Deploy to {name}"), origin, steps);
    job.needs = resolved.waits_for();
    let mut waited = job.needs.clone();
    if environment.approval.is_some() {
        let approve = names::approval_job(name);
        job.needs.push(approve.clone());
        waited.push(approve);
    }
    job.condition = Some(run_condition(context.pipeline, resolved, &waited));
    grant_for(&environment.before, &mut job.permissions);
    grant_for(&environment.after, &mut job.permissions);
    apply_environment(context, resolved, &mut job, resolved.deploy_minutes);
    job.outputs = notified(context);
    if let Work::Steps { env, .. } = &mut job.work {
        env.extend(commit(resolved).map(|commit| ("PIPEWRIGHT_COMMIT".to_owned(), commit)));
    }
    job
}

/// Returns the commit of a digest that was given, which its attestation names, or else the run's.
pub(super) fn commit(resolved: &resolve::Environment<'_>) -> Option<crate::workflow::Value> {
    let attested = resolved.images.iter().filter(|image| image.written.attest);
    let given = attested.map(|image| need(&image.job_id()).output("commit")).reduce(crate::workflow::Value::or)?;
    Some(given.or(Github::Sha))
}

/// Common parts of an environment's jobs: concurrency group, secrets, settings.
pub(super) fn apply_environment(
    context: &Context<'_>,
    resolved: &resolve::Environment<'_>,
    job: &mut Job,
    minutes: u64,
) {
    let (name, environment) = (resolved.name, resolved.written);
    Context::grant_cluster(environment, &mut job.permissions);
    if context.pipeline.definition.notify.issue.is_some() {
        grant(&mut job.permissions, "issues", Access::Write, "open an issue when a version was taken back");
    }
    // One deploy at a time; pending ones queue, none is dropped.
    job.concurrency = Some(Concurrency {
        group: format!("{}-deploy-{name}", context.pipeline.project()).into(),
        cancel: When::FALSE,
        queue: true,
    });
    if let Work::Steps { runner, timeout, environment: place, env, .. } = &mut job.work {
        *runner = single(resolved.machine);
        *timeout = minutes;
        let url = environment.url.as_ref().and_then(Value::external).filter(|url| !url.secret).map(external);
        *place = Some(Environment { name: name.as_str().into(), url, deployment: true });
        set_env(env, env_of(&environment.env));
        env.extend(settings_variables(context, name));
        for image in &resolved.images {
            env.push((digest_variable(image.name), need(&image.job_id()).output("digest")));
        }
    }
}

/// Returns the steps from the preflight checks to the verified version, each with its longest time.
fn changes(context: &Context<'_>, resolved: &resolve::Environment<'_>, origin: &Origin) -> Vec<Timed> {
    let (name, environment) = (resolved.name, resolved.written);
    let definition = context.pipeline.definition;
    let delivered = delivery_env(resolved);
    let judged = metrics_env(definition, environment);
    let smoked = smoke_env(resolved);
    let mut all = kubeconfig_env(environment);
    merge(&mut all, &delivered);
    merge(&mut all, &judged);
    merge(&mut all, &smoked);
    merge(&mut all, &message_env(definition));
    all.extend(pairs![("PIPEWRIGHT_MANUAL", When::event("workflow_dispatch"))]);
    let script = |title: &str, words: &[&str], key: &str, effect: Effect, env: &Pairs| {
        let at = if key.is_empty() { origin.clone() } else { origin.clone().then(key) };
        let step = context.python(title, "deploy.py", words, &at).env(kubeconfig(environment)).env(env.clone());
        timed(resolved, words, step.effect(effect))
    };
    let own = |steps, key| {
        let steps = context.steps(steps, "", &origin.clone().then(key), Effect::Unknown);
        steps.into_iter().map(|step| timed(resolved, &[], step)).collect::<Vec<_>>()
    };
    let smoke = |title: &str, words| smoke_step(context, resolved, title, words).map(|it| timed(resolved, words, it));
    let none = Pairs::new();
    let (begin, longest) = script("Start the deployment", &["begin"], "", Effect::Changes, &delivered);
    let mut steps =
        vec![script("Preflight checks", &["preflight"], "", Effect::None, &all), (begin.id("begin"), longest)];
    steps.extend(own(&environment.before, "before"));
    if environment.backup.is_some() {
        steps.push(script("Back up", &["backup"], "backup", Effect::None, &none));
    }
    if let Some(migrate) = &environment.migrate {
        steps.push(script("Migrate", &["migrate"], "migrate", Effect::Changes, &none));
        if migrate.verify.is_some() {
            steps.push(script("Verify the migration", &["migrate-verify"], "migrate", Effect::Verifies, &none));
        }
    }
    match resolved.traffic.map(|traffic| traffic.provider.stages(traffic.written)) {
        Some(stages) => {
            steps.push(script(stages.apply, &["apply"], "traffic", Effect::Changes, &delivered));
            steps.extend(smoke(stages.smoke, &["--canary"]));
            for (title, percent) in &stages.shifts {
                steps.push(script(title, &["shift", "--to", percent], "traffic", Effect::Changes, &judged));
            }
            if !stages.shift_all() {
                steps.push(script(stages.promote, &["promote"], "traffic", Effect::Changes, &none));
            }
        }
        None => steps.push(script("Apply", &["apply"], "deploy", Effect::Changes, &delivered)),
    }
    steps.extend(smoke(&format!("Smoke-test {name}"), &[]));
    if !environment.limits.is_empty() {
        steps.push(script("Check metrics", &["judge"], "limits", Effect::Verifies, &judged));
    }
    let (verify, longest) = script("Mark the version as verified", &["verify"], "", Effect::Verifies, &none);
    steps.push((verify.id("verify"), longest));
    steps.extend(own(&environment.after, "after"));
    steps
}

/// Variables of a step that sends messages. Preflight checks sends one about a run that was lost before it could report its
/// rollback.
pub(super) fn message_env(definition: &Definition) -> Pairs {
    let mut env = notify_env(definition);
    if definition.notify.issue.is_some() {
        env.extend(pairs![("GITHUB_TOKEN", Github::Token)]);
    }
    env
}

/// Returns the step that sends the probes, if there are any.
pub(super) fn smoke_step(
    context: &Context<'_>,
    resolved: &resolve::Environment<'_>,
    title: &str,
    words: &[&str],
) -> Option<Step> {
    resolved.smoke?;
    let origin = crate::at!["environments", resolved.name.as_str(), "smoke"];
    let step = context.python(title, "deploy.py smoke", words, &origin).env(kubeconfig(resolved.written));
    let step = step.env(smoke_env(resolved));
    Some(step.effect(Effect::Verifies))
}

/// Returns the steps of the rollback and the notification. GitHub ends a cancelled step within seconds and the job after
/// five minutes, so traffic returns first, and a later step waits for it.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation>
pub(super) fn rollback_steps(
    context: &Context<'_>,
    resolved: &resolve::Environment<'_>,
    origin: &Origin,
    titles: [&str; 2],
) -> Vec<Step> {
    let [first, then] = titles;
    let roll_back = context
        .python(first, "deploy.py", &["roll-back"], origin)
        .id("roll-back")
        .when(interrupted())
        .env(kubeconfig(resolved.written))
        .env(delivery_env(resolved))
        .effect(Effect::Restores);
    let verify_rollback = context
        .python(then, "deploy.py", &["verify-rollback"], origin)
        .id("verify-rollback")
        .when(When::always().and(step("roll-back").output("changed").is("true")))
        .env(kubeconfig(resolved.written))
        .effect(Effect::Restores);
    let mut steps = vec![roll_back, verify_rollback];
    steps.extend(notify(context, origin, "verify-rollback", When::always()));
    steps
}

/// Holds if a deploy started and did not reach a verified version.
pub(super) fn interrupted() -> When {
    let began = step("begin").outcome().is_not("skipped");
    When::failure().or(When::cancelled()).and(began).and(step("verify").outcome().is_not("success"))
}

/// Name of the output of a job that has sent its notifications; one whose runner was lost has none.
pub(super) const NOTIFIED: &str = "notified";

/// Returns the output of a job that notifies, if there is something to notify.
pub(super) fn notified(context: &Context<'_>) -> Pairs {
    if notifies(context) { pairs![(NOTIFIED, step("notify").outcome())] } else { Pairs::new() }
}

/// Returns whether there is a channel for notifications.
pub(super) fn notifies(context: &Context<'_>) -> bool {
    let definition = context.pipeline.definition;
    let grafana = definition.monitoring.as_ref().and_then(|monitoring| monitoring.grafana.as_ref());
    definition.notify.slack.is_some() || definition.notify.issue.is_some() || grafana.is_some()
}

/// Returns the step that sends notifications, if there are any.
pub(super) fn notify(context: &Context<'_>, origin: &Origin, restored_by: &str, condition: When) -> Option<Step> {
    let definition = context.pipeline.definition;
    if !notifies(context) {
        return None;
    }
    let mut env = message_env(definition);
    env.extend(pairs![
        ("PIPEWRIGHT_JOB_STATUS", Property::JobStatus),
        ("PIPEWRIGHT_RESTORED", step(restored_by).output("restored")),
    ]);
    let told = context.python("Notify", "deploy.py notify", &["auto"], origin);
    Some(told.id("notify").when(condition).env(env).effect(Effect::Tells))
}
