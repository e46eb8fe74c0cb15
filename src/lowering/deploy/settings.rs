//! Settings of all environments: one JSON file, with the names of secrets and variables instead of their values.

use serde_json::{Map, Value, json};

use super::super::context::Context;
use crate::definition::{
    Body, Cluster, Duration, Environment as Written, Event, ExternalValue, OnRollback, Outcome, Request, Unit,
    Value as Text,
};
use crate::resolve::{Environment, Limited};
use crate::{delivery, traffic};

/// Variables with the name of an environment and the file of its settings.
pub(in super::super) fn settings_variables(context: &Context<'_>, name: &str) -> [(String, crate::workflow::Value); 2] {
    let file = context.data("settings.json", || format!("{:#}\n", all(context)));
    [("PIPEWRIGHT_ENVIRONMENT".to_owned(), name.into()), ("PIPEWRIGHT_SETTINGS".to_owned(), file.into())]
}

/// The settings of every environment.
fn all(context: &Context<'_>) -> Value {
    let pipeline = context.pipeline;
    let settings = |environment| settings(context, environment);
    let environments = pipeline.environments.iter().map(|it: &Environment<'_>| (it.name.to_string(), settings(it)));
    json!({ "schema": 1, "project": pipeline.project(), "environments": environments.collect::<Map<_, _>>() })
}

fn settings(context: &Context<'_>, resolved: &Environment<'_>) -> Value {
    let (name, environment) = (resolved.name, resolved.written);
    let mut settings = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            settings.insert(key.to_owned(), value);
        }
    };
    put("url", environment.url.as_ref().map(text));
    put("cluster", environment.cluster.as_ref().map(|it| cluster(it, environment)));
    if environment.cluster.is_none() {
        put("marks", environment.marks.as_ref().map(|marks| json!({ "read": marks.read, "write": marks.write })));
        put("timeout", Some(seconds(environment.rollout).into()));
    }
    put("workloads", Some(workloads(context, resolved)));
    put(
        "backup",
        environment.backup.as_ref().map(|backup| {
            json!({
                "image": context.image(&backup.image, &crate::at!["environments", name.as_str(), "backup", "image"]),
                "run": backup.run, "env-from": [backup.env_from], "to": backup.to, "timeout": seconds(backup.timeout),
            })
        }),
    );
    put(
        "migrate",
        environment.migrate.as_ref().map(|migrate| {
            let mut settings = json!({ "workload": migrate.workload.as_str(), "run": migrate.run });
            if let Some(verify) = &migrate.verify {
                settings["verify"] = verify.as_str().into();
            }
            if let Some(current) = &migrate.current {
                settings["current"] = current.as_str().into();
            }
            settings["on-rollback"] = match &migrate.on_rollback {
                OnRollback::Keep => "keep".into(),
                OnRollback::Run(run) => json!({ "run": run }),
            };
            settings["timeout"] = seconds(migrate.timeout).into();
            settings
        }),
    );
    if !resolved.limits.is_empty() {
        put("monitoring", monitoring(context));
        let metrics =
            resolved.limits.iter().map(|limited| (limited.name.to_string(), metric(environment, name, limited)));
        put("metrics", Some(Value::Object(metrics.collect())));
        let limits = resolved.limits.iter().map(|Limited { name, limit, .. }| {
            let mut settings = json!({ "max": text(&limit.max) });
            if let Some(ceiling) = &limit.ceiling {
                settings["ceiling"] = ceiling.as_str().into();
            }
            (name.to_string(), settings)
        });
        put("limits", Some(Value::Object(limits.collect())));
    }
    put("smoke", resolved.smoke.map(smoke));
    put("notify", notify(context));
    Value::Object(settings)
}

fn cluster(cluster: &Cluster, environment: &Written) -> Value {
    let mut settings = json!({ "namespace": cluster.namespace, "timeout": seconds(environment.rollout) });
    if let Some(kubeconfig) = &cluster.kubeconfig {
        settings["kubeconfig"] = text(kubeconfig);
    }
    settings
}

fn workloads(context: &Context<'_>, environment: &Environment<'_>) -> Value {
    let monitoring = context.pipeline.definition.monitoring.as_ref();
    let label = monitoring.map_or("version", |monitoring| monitoring.version_label.as_str());
    environment
        .workloads
        .iter()
        .map(|workload| {
            let (name, written) = (workload.name, workload.written);
            let moved = environment.traffic_of(name);
            let to = delivery::Target { environment: environment.name, path: &|path| context.path(path), value: &text };
            json!({
                "name": name.as_str(),
                "image": {
                    "repository": workload.image.written.repository,
                    "digest-env": digest_variable(workload.image.name),
                },
                "version-label": label,
                "delivery": delivery::settings(workload.delivery.as_ref(), written, &to),
                "traffic": moved.map_or_else(traffic::all_at_once, |moved| moved.provider.settings(moved.written)),
            })
        })
        .collect()
}

/// The variable that carries an image's digest.
pub(super) fn digest_variable(image: &str) -> String {
    format!("PIPEWRIGHT_DIGEST_{}", image.to_uppercase().replace('-', "_"))
}

fn monitoring(context: &Context<'_>) -> Option<Value> {
    let monitoring = context.pipeline.definition.monitoring.as_ref()?;
    let mut settings = json!({ "scrape": seconds(monitoring.scrape) });
    if let Some(prometheus) = &monitoring.prometheus {
        let mut asked = json!({ "url": text(&prometheus.url) });
        if let Some(token) = &prometheus.token {
            asked["token"] = text(token);
        }
        asked["when-unset"] = word(prometheus.when_unset).into();
        asked["when-unreachable"] = word(prometheus.when_unreachable).into();
        asked["when-partial"] = word(prometheus.when_partial).into();
        settings["prometheus"] = asked;
    }
    Some(settings)
}

/// The metric as the environment judges it. A version and a window are known in the deploy alone.
fn metric(environment: &Written, name: &str, limited: &Limited<'_>) -> Value {
    let Limited { metric, limit, .. } = limited;
    let namespace = environment.cluster.as_ref().map_or("", |cluster| cluster.namespace.as_str());
    let filled = |query: &str| query.replace("$environment", name).replace("$namespace", namespace);
    let unit = match metric.unit {
        Unit::Ratio => "ratio",
        Unit::Seconds => "seconds",
        Unit::Count => "requests",
    };
    let mut settings = json!({ "unit": unit, "query": filled(&metric.query) });
    if let Some(samples) = &metric.samples {
        settings["samples"] =
            json!({ "query": filled(&samples.query), "at-least": limit.samples.unwrap_or(samples.at_least) });
    }
    settings["window"] = seconds(metric.window).into();
    settings["when-empty"] = word(metric.when_empty).into();
    settings["when-nan"] = word(metric.when_nan).into();
    let mut few = json!({ "then": word(metric.when_few.then) });
    if let Some(extend) = metric.when_few.extend {
        few["extend"] = seconds(extend).into();
    }
    settings["when-few"] = few;
    settings
}

fn smoke(smoke: &crate::definition::Smoke) -> Value {
    let mut settings = Map::new();
    if let Some(login) = &smoke.login {
        let Request { method, path } = &login.request;
        let mut asked = json!({ "method": method, "path": path });
        if let Some(sent) = &login.json {
            asked["json"] = body(sent);
        }
        if let Some(form) = &login.form {
            asked["form"] = form.iter().map(|(key, value)| (key.clone(), text(value))).collect();
        }
        if login.cookie {
            asked["cookie"] = true.into();
        } else {
            asked["token"] = login.token.as_deref().unwrap_or(".access_token").into();
        }
        settings.insert("login".to_owned(), asked);
    }
    let probes = smoke.probes.iter().map(|probe| {
        let Request { method, path } = &probe.request;
        let mut settings = json!({ "name": probe.name.as_str(), "method": method, "path": path });
        if let Some(sent) = &probe.json {
            settings["json"] = body(sent);
        }
        if !probe.headers.is_empty() {
            settings["headers"] = probe.headers.iter().map(|(key, value)| (key.clone(), text(value))).collect();
        }
        if probe.auth {
            settings["auth"] = true.into();
        }
        if probe.redirects.unwrap_or(smoke.redirects) {
            settings["redirects"] = true.into();
        }
        if let Some(retry) = probe.retry {
            settings["retry"] = seconds(retry).into();
        }
        let mut expect = json!({ "status": probe.expect.status });
        if !probe.expect.json.is_empty() {
            expect["json"] = probe.expect.json.iter().map(|(key, value)| (key.clone(), body(value))).collect();
        }
        if let Some(contains) = &probe.expect.contains {
            expect["contains"] = contains.as_str().into();
        }
        expect["within"] = seconds(probe.expect.within).into();
        settings["expect"] = expect;
        settings
    });
    settings.insert("probes".to_owned(), probes.collect());
    Value::Object(settings)
}

fn notify(context: &Context<'_>) -> Option<Value> {
    let notify = &context.pipeline.definition.notify;
    let mut settings = Map::new();
    if let Some(slack) = &notify.slack {
        settings.insert("slack".to_owned(), json!({ "webhook": text(&slack.webhook), "on": events(&slack.on) }));
    }
    if let Some(issue) = &notify.issue {
        settings.insert("issue".to_owned(), json!({ "labels": issue.labels, "on": events(&issue.on) }));
    }
    if let Some(grafana) =
        context.pipeline.definition.monitoring.as_ref().and_then(|monitoring| monitoring.grafana.as_ref())
    {
        let dashboards: Vec<String> = grafana.dashboards.iter().map(|path| context.path(path)).collect();
        let told = json!({
            "url": text(&grafana.url), "token": text(&grafana.token), "dashboards": dashboards,
            "on": ["success", "rollback"],
        });
        settings.insert("grafana".to_owned(), told);
    }
    (!settings.is_empty()).then_some(Value::Object(settings))
}

fn events(events: &[Event]) -> Vec<&'static str> {
    events
        .iter()
        .map(|event| match event {
            Event::Success => "success",
            Event::Failure => "failure",
            Event::Rollback => "rollback",
        })
        .collect()
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "fail",
        Outcome::Skip => "skip",
        Outcome::Pass => "pass",
    }
}

/// Formats a duration for the scripts, in one unit.
fn seconds(time: Duration) -> String {
    if time.milliseconds().is_multiple_of(1_000) {
        format!("{}s", time.seconds())
    } else {
        format!("{}ms", time.milliseconds())
    }
}

/// A value, or the name of the variable that carries it.
fn text(value: &Text) -> Value {
    match value {
        Text::Literal(text) => json!({ "literal": text }),
        Text::External(from) => external(from),
    }
}

fn external(external: &ExternalValue) -> Value {
    let source = if external.secret { "secret" } else { "var" };
    let mut settings = json!({ "env": variable(external), "source": source, "name": external.name });
    if let Some(default) = &external.default {
        settings["default"] = default.as_str().into();
    }
    settings
}

/// Returns the environment variable of a secret or variable: no other variable of a step has such a name.
pub(super) fn variable(external: &ExternalValue) -> String {
    format!("{}_{}", if external.secret { "SECRET" } else { "VAR" }, external.name)
}

fn body(written: &Body) -> Value {
    match written {
        Body::Bool(value) => (*value).into(),
        Body::Integer(value) => (*value).into(),
        Body::Float(value) => (*value).into(),
        Body::Text(text) => text.as_str().into(),
        Body::External(from) => json!({ "$value": external(from) }),
        Body::List(items) => items.iter().map(body).collect(),
        Body::Object(entries) => entries.iter().map(|(key, value)| (key.clone(), body(value))).collect(),
    }
}
