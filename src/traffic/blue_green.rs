//! The selector of a Service switches between two workloads.
//!
//! Source: <https://kubernetes.io/blog/2018/04/30/zero-downtime-deployment-kubernetes-jenkins/>, blue/green deployments.

use serde_json::{Value, json};

use super::provider::{Provider, Stages, seconds};
use crate::definition::Traffic;

pub(crate) struct BlueGreen;

impl Provider for BlueGreen {
    fn name(&self) -> &'static str {
        "blue-green"
    }

    fn keys(&self) -> &'static [(&'static str, &'static str)] {
        &[("service", "\"service/atom\""), ("green-target", "\"deployment/atom-green\"")]
    }

    fn settings(&self, traffic: &Traffic) -> Value {
        json!({
            "kind": self.name(),
            "service": traffic.service,
            "green-target": traffic.green_target,
            "hold": seconds(traffic.hold),
            "port": traffic.port,
        })
    }

    fn stages(&self, _: &Traffic) -> Stages {
        let switch = "Switch traffic to the new version";
        Stages {
            apply: "Deploy the preview",
            smoke: "Smoke-test the preview",
            shifts: vec![(switch.to_owned(), "100".to_owned())],
            promote: switch,
        }
    }
}
