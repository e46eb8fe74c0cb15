//! `traffic` of an environment: canary deployments.

use schemars::JsonSchema;
use serde::Deserialize;

use super::name::Name;
use super::units::{Duration, Percent};

/// A canary deployment: traffic shifts to the new version in steps, and metrics are checked at each.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Traffic {
    /// Workload whose traffic is shifted.
    ///
    /// Example: `"api"`
    pub workload: Name,
    /// Provider that shifts the traffic.
    ///
    /// Example: `"gateway-api"`
    pub provider: String,
    /// Route to patch.
    ///
    /// Example: `"httproute/atom"`
    #[schemars(regex(pattern = r"^httproute/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub route: String,
    /// Service of the stable version.
    ///
    /// Example: `"service/atom"`
    #[schemars(regex(pattern = r"^service/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub stable: String,
    /// Service of the canary.
    ///
    /// Example: `"service/atom-canary"`
    #[schemars(regex(pattern = r"^service/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub canary: String,
    /// Kubernetes object that runs the canary.
    ///
    /// Example: `"deployment/atom-canary"`
    #[schemars(regex(pattern = r"^(deployment|statefulset)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub canary_target: String,
    /// Port of the canary's Service, for smoke tests before it gets traffic.
    ///
    /// Example: `80`
    #[serde(default = "http")]
    #[schemars(range(min = 1))]
    pub port: u16,
    /// Shares of traffic of the canary, in order; promotion to 100% follows.
    ///
    /// Example: `["10%", "50%"]`
    #[schemars(length(min = 1))]
    pub steps: Percentages,
    /// Duration of each step, during which metrics are checked.
    ///
    /// Example: `"6m"`
    pub hold: Duration,
}

/// Shares, one after the other.
pub type Percentages = Vec<Percent>;

fn http() -> u16 {
    80
}
