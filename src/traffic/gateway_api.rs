//! The weights of an `HTTPRoute` divide users between two Services.
//!
//! Source: <https://gateway-api.sigs.k8s.io/guides/traffic-splitting/>

use serde_json::{Value, json};

use super::provider::{Provider, Stages, seconds};
use crate::definition::Traffic;

pub(crate) struct GatewayApi;

impl Provider for GatewayApi {
    fn name(&self) -> &'static str {
        "gateway-api"
    }

    fn keys(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("route", "\"httproute/atom\""),
            ("stable", "\"service/atom\""),
            ("canary", "\"service/atom-canary\""),
            ("canary-target", "\"deployment/atom-canary\""),
            ("steps", "[\"10%\", \"50%\"]"),
        ]
    }

    fn settings(&self, traffic: &Traffic) -> Value {
        json!({
            "kind": self.name(),
            "route": traffic.route,
            "stable": traffic.stable,
            "canary": traffic.canary,
            "canary-target": traffic.canary_target,
            "hold": seconds(traffic.hold),
            "smoke": { "through": "port-forward", "port": traffic.port },
        })
    }

    fn stages(&self, traffic: &Traffic) -> Stages {
        let shift = |percent: &crate::definition::units::Percent| {
            let share = percent.as_whole().unwrap_or(1).max(1).to_string();
            (format!("Shift {percent} of traffic to the canary"), share)
        };
        Stages {
            apply: "Deploy the canary",
            smoke: "Smoke-test the canary",
            shifts: traffic.steps.iter().flatten().map(shift).collect(),
            promote: "Promote the canary",
        }
    }
}
