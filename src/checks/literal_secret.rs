//! No secret is written into the definition.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, Trail, entries, items};
use crate::definition::{Body, Delivery, Login, Value};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct LiteralSecret;

const CODE: Code = Code("literal-secret");

impl Check for LiteralSecret {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/literal-secret.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut secret = |at: &Trail<'_>, value: &Value, name: &str| {
            // An expression is reported for itself.
            if value.literal().is_some_and(|text| !text.is_empty() && !text.contains("${{")) {
                found.push(literal(at, name));
            }
        };
        if let Some(monitoring) = &definition.monitoring {
            let at = ROOT.key("monitoring");
            if let Some(token) = monitoring.prometheus.as_ref().and_then(|it| it.token.as_ref()) {
                secret(&at.key("prometheus").key("token"), token, "PROMETHEUS_TOKEN");
            }
            if let Some(grafana) = &monitoring.grafana {
                secret(&at.key("grafana").key("token"), &grafana.token, "GRAFANA_TOKEN");
            }
        }
        if let Some(slack) = &definition.notify.slack {
            secret(&ROOT.key("notify").key("slack").key("webhook"), &slack.webhook, "SLACK_WEBHOOK_URL");
        }
        entries(&ROOT, "images", &definition.images, &mut |at, _, image| {
            if let Login::Password { password, .. } = &image.login {
                secret(&at.key("login").key("password"), password, "REGISTRY_PASSWORD");
            }
            items(at, "mirrors", &image.mirrors, &mut |at, mirror| {
                if let Login::Password { password, .. } = &mirror.login {
                    secret(&at.key("login").key("password"), password, "REGISTRY_PASSWORD");
                }
            });
        });
        walk::jobs(definition, &mut |at, _, job| {
            if let Some(credentials) = job.container.as_ref().and_then(|container| container.credentials.as_ref()) {
                let at = at.key("container");
                secret(&at.key("credentials").key("password"), &credentials.password, "REGISTRY_PASSWORD");
            }
        });
        entries(&ROOT, "workloads", &definition.workloads, &mut |at, _, workload| {
            if let Delivery::Gitops(gitops) = &workload.delivery {
                let at = at.key("delivery");
                secret(&at.key("gitops").key("token"), &gitops.token, "CONFIG_TOKEN");
            }
        });
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
            if let Some(kubeconfig) = environment.cluster.as_ref().and_then(|cluster| cluster.kubeconfig.as_ref()) {
                secret(&at.key("cluster").key("kubeconfig"), kubeconfig, "KUBECONFIG");
            }
        });
        entries(&ROOT, "smoke", &definition.smoke, &mut |at, _, smoke| {
            if let Some(login) = &smoke.login {
                let at = at.key("login");
                if let Some(json) = &login.json {
                    credentials(&at.key("json"), json, found);
                }
                let at = at.key("form");
                for (name, value) in login.form.iter().flatten() {
                    if is_credential(name) && value.literal().is_some_and(|text| !text.is_empty()) {
                        found.push(literal(&at.key(name), "SMOKE_PASSWORD"));
                    }
                }
            }
            items(at, "probes", &smoke.probes, &mut |at, probe| {
                let at = at.key("headers");
                for (name, value) in &probe.headers {
                    if is_credential(name) && value.literal().is_some_and(|text| !text.is_empty()) {
                        found.push(literal(&at.key(name), "SMOKE_TOKEN"));
                    }
                }
            });
        });
    }
}

fn literal(at: &Trail<'_>, name: &str) -> Diagnostic {
    Diagnostic::error(CODE, at.at(), "a secret is written in the repository, where anyone with read access can see it")
        .help(format!("write `{{ secret = \"{name}\" }}`, and replace the secret itself"))
}

/// Texts of a log-in's body that are secret by their key.
fn credentials(at: &Trail<'_>, body: &Body, found: &mut Vec<Diagnostic>) {
    match body {
        Body::Object(entries) => {
            for (key, value) in entries {
                match value {
                    Body::Text(text) if is_credential(key) && !text.is_empty() => {
                        found.push(literal(&at.key(key), "SMOKE_PASSWORD"));
                    }
                    _ => credentials(&at.key(key), value, found),
                }
            }
        }
        Body::List(items) => {
            for (index, item) in items.iter().enumerate() {
                credentials(&at.index(index), item, found);
            }
        }
        _ => {}
    }
}

fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace(['-', '_'], "");
    ["password", "passwd", "secret", "token", "apikey", "authorization", "cookie"]
        .iter()
        .any(|word| name.ends_with(word))
}
