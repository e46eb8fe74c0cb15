//! One file per way to move traffic: the settings of its script.

mod blue_green;
mod gateway_api;
mod provider;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

pub(crate) use provider::Provider;

/// Providers that `provider` can name.
pub(crate) const TRAFFIC: &[&dyn Provider] = &[&blue_green::BlueGreen, &gateway_api::GatewayApi];

/// Returns the provider of this name.
pub(crate) fn provider(name: &str) -> Option<&'static dyn Provider> {
    TRAFFIC.iter().copied().find(|provider| provider.name() == name)
}

/// Returns the settings of a workload whose users are not moved: all of them have the new version as soon as it runs.
pub(crate) fn all_at_once() -> Value {
    json!({ "kind": "all-at-once" })
}
