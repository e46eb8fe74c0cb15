//! One job per environment: everything from the first look to the verified version, and the way back.

use super::super::Context;
use super::super::context::single;
use super::super::steps::{env_of, grant_for, outside, set_env};
use super::cluster::kubeconfig;
use super::settings::{digest_variable, settings_variables, variable};
use super::{deploy_job, image_job, images_of, turn, waits_for};
use crate::definition::{self, Body, Duration, Environment as Written, Name, Outside, Smoke, SmokeLogin};
use crate::trace::{Effect, Origin};
use crate::workflow::{
    Access, Concurrency, Environment, Github, Job, Pairs, Property, Step, When, Work, grant, need, pairs, step,
};

/// The job that deploys to an environment.
pub(super) fn job(context: &Context<'_>, name: &Name, environment: &Written) -> Job {
    let origin = crate::at!["environments", name.as_str()];
    let mut steps = vec![context.checkout(&origin, None)];
    steps.extend(context.cluster(environment, &origin));
    steps.extend(changes(context, name, environment, &origin));
    steps.extend(way_back(context, environment, &origin));
    let mut job = context.job(&deploy_job(name), format!("Deploy to {name}"), origin, steps);
    job.needs = waits_for(context, environment);
    let mut waited = job.needs.clone();
    if environment.approval.is_some() {
        let approve = format!("approve-{name}");
        job.needs.push(approve.clone());
        waited.push(approve);
    }
    job.condition = Some(turn(context, name, &waited));
    grant_for(&environment.before, &mut job.permissions);
    grant_for(&environment.after, &mut job.permissions);
    let minutes = environment.timeout.map_or_else(|| longest(context, environment).minutes(), Duration::minutes);
    place(context, name, environment, &mut job, minutes);
    job
}

/// What the jobs of an environment share: its group, its secrets, its data.
pub(super) fn place(context: &Context<'_>, name: &Name, environment: &Written, job: &mut Job, minutes: u64) {
    Context::grant_cluster(environment, &mut job.permissions);
    if context.definition.notify.issue.is_some() {
        grant(&mut job.permissions, "issues", Access::Write, "open an issue when a version was taken back");
    }
    // One deploy at a time; those that wait have their turn, none is dropped.
    job.concurrency = Some(Concurrency {
        group: format!("{}-deploy-{name}", context.project()).into(),
        cancel: When::FALSE,
        queue: true,
    });
    if let Work::Steps { runner, timeout, environment: place, env, .. } = &mut job.work {
        if let Some(own) = &environment.runs_on {
            *runner = single(own);
        }
        *timeout = minutes;
        let url = environment.url.as_ref().and_then(definition::Value::outside).filter(|url| !url.secret).map(outside);
        *place = Some(Environment { name: name.as_str().into(), url, deployment: true });
        set_env(env, env_of(&environment.env));
        env.extend(settings_variables(context, name));
        for image in images_of(context, environment) {
            env.push((digest_variable(image), need(&image_job(image)).output("digest")));
        }
    }
}

/// From the first look to the verified version.
fn changes(context: &Context<'_>, name: &Name, environment: &Written, origin: &Origin) -> Vec<Step> {
    let judged = metrics_env(context, environment);
    let smoked = smoke_env(context, environment);
    let mut all = kubeconfig_env(environment);
    merge(&mut all, &judged);
    merge(&mut all, &smoked);
    merge(&mut all, &tell_env(context));
    all.extend(pairs![("PIPEWRIGHT_MANUAL", When::event("workflow_dispatch"))]);
    let script = |title: &str, words: &[&str], key: &str, effect: Effect, env: &Pairs| {
        let at = if key.is_empty() { origin.clone() } else { origin.clone().then(key) };
        context.python(title, "deploy.py", words, &at).env([kubeconfig()]).env(env.clone()).effect(effect)
    };
    let none = Pairs::new();
    let mut steps = vec![
        script("Preflight checks", &["preflight"], "", Effect::None, &all),
        script("Start the deployment", &["begin"], "", Effect::Changes, &none).id("begin"),
    ];
    steps.extend(context.steps(&environment.before, "", &origin.clone().then("before"), Effect::Unknown));
    if environment.backup.is_some() {
        steps.push(script("Back up", &["backup"], "backup", Effect::None, &none));
    }
    if let Some(migrate) = &environment.migrate {
        steps.push(script("Migrate", &["migrate"], "migrate", Effect::Changes, &none));
        if migrate.verify.is_some() {
            steps.push(script("Verify the migration", &["migrate-verify"], "migrate", Effect::Verifies, &none));
        }
    }
    let smoke = |title: &str, words: &[&str]| {
        context
            .python(title, "deploy.py smoke", words, &origin.clone().then("smoke"))
            .env([kubeconfig()])
            .env(smoked.clone())
            .effect(Effect::Verifies)
    };
    match &environment.traffic {
        Some(traffic) => {
            steps.push(script("Deploy the canary", &["apply"], "traffic", Effect::Changes, &none));
            if environment.smoke.is_some() {
                steps.push(smoke("Smoke-test the canary", &["--canary"]));
            }
            for percent in &traffic.steps {
                let share = percent.as_whole().unwrap_or(1).max(1).to_string();
                let title = format!("Shift {percent} of traffic to the canary");
                steps.push(script(&title, &["shift", "--to", &share], "traffic", Effect::Changes, &judged));
            }
            steps.push(script("Promote the canary", &["promote"], "traffic", Effect::Changes, &none));
        }
        None => steps.push(script("Apply", &["apply"], "deploy", Effect::Changes, &none)),
    }
    if environment.smoke.is_some() {
        steps.push(smoke(&format!("Smoke-test {name}"), &[]));
    }
    if !environment.limits.is_empty() {
        steps.push(script("Check metrics", &["judge"], "limits", Effect::Verifies, &judged));
    }
    steps.push(script("Mark the version as verified", &["verify"], "", Effect::Verifies, &none).id("verify"));
    steps.extend(context.steps(&environment.after, "", &origin.clone().then("after"), Effect::Unknown));
    steps
}

/// The way back, and the news. GitHub ends a cancelled step within seconds and the job after five minutes, so traffic
/// goes back first and is waited for after that.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation>
fn way_back(context: &Context<'_>, _environment: &Written, origin: &Origin) -> Vec<Step> {
    let shed = context
        .python("Roll back", "deploy.py", &["shed"], origin)
        .id("shed")
        .when(interrupted())
        .env([kubeconfig()])
        .effect(Effect::Restores);
    let confirm = context
        .python("Verify the rollback", "deploy.py", &["confirm"], origin)
        .id("confirm")
        .when(When::always().and(step("shed").output("changed").is("true")))
        .env([kubeconfig()])
        .effect(Effect::Restores);
    let mut steps = vec![shed, confirm];
    steps.extend(tell(context, origin, "confirm", When::always()));
    steps
}

/// Holds where a deploy began and did not get as far as a verified version.
fn interrupted() -> When {
    let began = step("begin").outcome().is_not("skipped");
    When::failure().or(When::cancelled()).and(began).and(step("verify").outcome().is_not("success"))
}

/// The step that tells how it ended, where anybody is told.
pub(super) fn tell(context: &Context<'_>, origin: &Origin, restored_by: &str, condition: When) -> Option<Step> {
    let notify = &context.definition.notify;
    let grafana = context.definition.monitoring.as_ref().and_then(|monitoring| monitoring.grafana.as_ref());
    if notify.slack.is_none() && notify.issue.is_none() && grafana.is_none() {
        return None;
    }
    let mut env = tell_env(context);
    if notify.issue.is_some() {
        env.extend(pairs![("GITHUB_TOKEN", Github::Token)]);
    }
    env.extend(pairs![
        ("PIPEWRIGHT_JOB_STATUS", Property::JobStatus),
        ("PIPEWRIGHT_RESTORED", step(restored_by).output("restored")),
    ]);
    let told = context.python("Notify", "deploy.py notify", &["auto"], origin);
    Some(told.when(condition).env(env).effect(Effect::Tells))
}

/// Variables by which the kubeconfig comes in; it is written to a file once.
pub(super) fn kubeconfig_env(environment: &Written) -> Pairs {
    pairs_of(environment.cluster.kubeconfig.as_ref().and_then(definition::Value::outside))
}

fn metrics_env(context: &Context<'_>, environment: &Written) -> Pairs {
    if environment.limits.is_empty() {
        return Pairs::new();
    }
    let prometheus = context.definition.monitoring.as_ref().and_then(|monitoring| monitoring.prometheus.as_ref());
    let asked =
        prometheus.into_iter().flat_map(|prometheus| [Some(&prometheus.url), prometheus.token.as_ref()]).flatten();
    let limits = environment.limits.values().map(|limit| &limit.max);
    pairs_of(asked.chain(limits).filter_map(definition::Value::outside))
}

/// Variables of an environment's smoke tests.
pub(in super::super) fn smoke_env(context: &Context<'_>, environment: &Written) -> Pairs {
    let mut found: Vec<&Outside> = environment.url.iter().filter_map(definition::Value::outside).collect();
    if let Some(smoke) = environment.smoke.as_ref().and_then(|smoke| context.definition.smoke.get(smoke)) {
        found.extend(outsides(smoke));
    }
    pairs_of(found)
}

fn outsides(smoke: &Smoke) -> Vec<&Outside> {
    let login = smoke.login.iter().flat_map(SmokeLogin::outsides);
    let probes = smoke.probes.iter().flat_map(|probe| {
        let sent = probe.json.iter().flat_map(Body::outsides);
        let expected = probe.expect.json.values().flat_map(Body::outsides);
        sent.chain(expected).chain(probe.headers.values().filter_map(definition::Value::outside))
    });
    login.chain(probes).collect()
}

fn tell_env(context: &Context<'_>) -> Pairs {
    let definition = context.definition;
    let slack = definition.notify.slack.iter().map(|slack| &slack.webhook);
    let grafana = definition.monitoring.iter().filter_map(|monitoring| monitoring.grafana.as_ref());
    let grafana = grafana.flat_map(|grafana| [&grafana.url, &grafana.token]);
    pairs_of(slack.chain(grafana).filter_map(definition::Value::outside))
}

/// Values from outside by their own names, each once. What holds where one is empty stands in the environment's file.
fn pairs_of<'a>(values: impl IntoIterator<Item = &'a Outside>) -> Pairs {
    let mut pairs = Pairs::new();
    for value in values {
        let bare = Outside { default: None, ..value.clone() };
        merge(&mut pairs, &vec![(variable(value), outside(&bare))]);
    }
    pairs
}

fn merge(pairs: &mut Pairs, more: &Pairs) {
    for (key, value) in more {
        if !pairs.iter().any(|(known, _)| known == key) {
            pairs.push((key.clone(), value.clone()));
        }
    }
}

/// The longest that a deploy can take when nothing is wrong, with room for the way back.
fn longest(context: &Context<'_>, environment: &Written) -> Duration {
    let minutes = |minutes: u32| Duration::from_seconds(minutes * 60);
    let mut sum = minutes(20) + environment.rollout * 2;
    sum = environment.backup.iter().fold(sum, |sum, backup| sum + backup.timeout);
    sum = environment.migrate.iter().fold(sum, |sum, migrate| sum + migrate.timeout * 2);
    let mut judged = u64::from(!environment.limits.is_empty());
    if let Some(traffic) = &environment.traffic {
        let steps = u64::try_from(traffic.steps.len()).unwrap_or(1);
        sum = sum + traffic.hold * steps + environment.rollout;
        judged += steps;
    }
    let metrics = environment.limits.keys().filter_map(|name| context.definition.metrics.get(name));
    let waited = metrics.map(|metric| metric.window.max(metric.when_few.extend.unwrap_or(metric.window))).max();
    let sum = waited.map_or(sum, |waited| sum + waited * judged);
    sum.min(minutes(6 * 60))
}
