//! Environment variables that pass secrets and variables to the scripts of an environment.

use super::super::steps::external;
use super::settings::variable;
use crate::definition::{Body, Definition, Environment as Written, ExternalValue, Smoke, SmokeLogin, Value};
use crate::resolve::Environment;
use crate::workflow::Pairs;

/// Variables of the kubeconfig, which is written to a file once.
pub(super) fn kubeconfig_env(environment: &Written) -> Pairs {
    pairs_of(environment.cluster.iter().filter_map(|cluster| cluster.kubeconfig.as_ref()?.external()))
}

/// Variables of the deliveries, such as the token of a repository.
pub(super) fn delivery_env(environment: &Environment<'_>) -> Pairs {
    pairs_of(environment.workloads.iter().flat_map(|workload| workload.delivery.external_values()))
}

/// Variables of the metrics and their limits.
pub(super) fn metrics_env(definition: &Definition, environment: &Written) -> Pairs {
    if environment.limits.is_empty() {
        return Pairs::new();
    }
    let prometheus = definition.monitoring.as_ref().and_then(|monitoring| monitoring.prometheus.as_ref());
    let asked =
        prometheus.into_iter().flat_map(|prometheus| [Some(&prometheus.url), prometheus.token.as_ref()]).flatten();
    let limits = environment.limits.values().map(|limit| &limit.max);
    pairs_of(asked.chain(limits).filter_map(Value::external))
}

/// Variables of an environment's smoke tests.
pub(in super::super) fn smoke_env(environment: &Environment<'_>) -> Pairs {
    let url = environment.written.url.iter().filter_map(Value::external);
    pairs_of(url.chain(environment.smoke.into_iter().flat_map(external_values)))
}

fn external_values(smoke: &Smoke) -> Vec<&ExternalValue> {
    let login = smoke.login.iter().flat_map(SmokeLogin::external_values);
    let probes = smoke.probes.iter().flat_map(|probe| {
        let sent = probe.json.iter().flat_map(Body::external_values);
        let expected = probe.expect.json.values().flat_map(Body::external_values);
        sent.chain(expected).chain(probe.headers.values().filter_map(Value::external))
    });
    login.chain(probes).collect()
}

/// Variables of the step that notifies.
pub(super) fn notify_env(definition: &Definition) -> Pairs {
    let slack = definition.notify.slack.iter().map(|slack| &slack.webhook);
    let grafana = definition.monitoring.iter().filter_map(|monitoring| monitoring.grafana.as_ref());
    let grafana = grafana.flat_map(|grafana| [&grafana.url, &grafana.token]);
    pairs_of(slack.chain(grafana).filter_map(Value::external))
}

/// Returns secrets and variables by name, each once. Their defaults are in the environment's settings.
fn pairs_of<'a>(values: impl IntoIterator<Item = &'a ExternalValue>) -> Pairs {
    let mut pairs = Pairs::new();
    for value in values {
        let bare = ExternalValue { default: None, ..value.clone() };
        merge(&mut pairs, &vec![(variable(value), external(&bare))]);
    }
    pairs
}

/// Adds missing variables.
pub(super) fn merge(pairs: &mut Pairs, more: &Pairs) {
    for (key, value) in more {
        if !pairs.iter().any(|(known, _)| known == key) {
            pairs.push((key.clone(), value.clone()));
        }
    }
}
