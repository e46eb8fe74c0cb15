//! The weights of an `HTTPRoute` divide users between two Services.
//!
//! Source: <https://gateway-api.sigs.k8s.io/guides/traffic-splitting/>

use serde_json::{Value, json};

use super::provider::Provider;
use crate::definition::Traffic;

pub(crate) struct GatewayApi;

impl Provider for GatewayApi {
    fn name(&self) -> &'static str {
        "gateway-api"
    }

    fn settings(&self, traffic: &Traffic) -> Value {
        json!({
            "kind": self.name(),
            "route": traffic.route,
            "stable": traffic.stable,
            "canary": traffic.canary,
            "canary-target": traffic.canary_target,
            "hold": unit(traffic.hold),
            "smoke": { "through": "port-forward", "port": traffic.port },
        })
    }
}

/// A time as the scripts read it, in one unit.
fn unit(time: crate::definition::Duration) -> String {
    format!("{}s", time.seconds())
}
