//! `traffic` of an environment: canary and blue-green deployments.

use schemars::JsonSchema;
use serde::Deserialize;

use super::name::Name;
use super::units::{Duration, Percent};

/// A canary or blue-green deployment: traffic moves to the new version while the previous one still runs, and metrics
/// are checked.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Traffic {
    /// Workload whose traffic is shifted.
    ///
    /// Example: `"api"`
    #[schemars(extend("x-names" = "workloads"))]
    pub workload: Name,
    /// Provider that shifts the traffic: `"gateway-api"` for a canary, `"blue-green"` for a switch.
    ///
    /// Example: `"gateway-api"`
    #[schemars(extend("x-names" = "providers"))]
    pub provider: String,
    /// Route to patch.
    ///
    /// Default: the provider is not `"gateway-api"`.
    /// Example: `"httproute/atom"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^httproute/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub route: Option<String>,
    /// Service of the stable version.
    ///
    /// Default: the provider is not `"gateway-api"`.
    /// Example: `"service/atom"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^service/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub stable: Option<String>,
    /// Service of the canary.
    ///
    /// Default: the provider is not `"gateway-api"`.
    /// Example: `"service/atom-canary"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^service/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub canary: Option<String>,
    /// Kubernetes object that runs the canary.
    ///
    /// Default: the provider is not `"gateway-api"`.
    /// Example: `"deployment/atom-canary"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^(deployment|statefulset)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub canary_target: Option<String>,
    /// Service whose selector switches between the two workloads.
    ///
    /// Default: the provider is not `"blue-green"`.
    /// Example: `"service/atom"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^service/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub service: Option<String>,
    /// Kubernetes object that runs the other color; the workload's `target` runs the first one.
    ///
    /// Default: the provider is not `"blue-green"`.
    /// Example: `"deployment/atom-green"`
    #[serde(default)]
    #[schemars(regex(pattern = r"^(deployment|statefulset)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub green_target: Option<String>,
    /// Port of the Service, for smoke tests before the new version gets traffic.
    ///
    /// Example: `80`
    #[serde(default = "http")]
    #[schemars(range(min = 1))]
    pub port: u16,
    /// Shares of traffic of the canary, in order; promotion to 100% follows.
    ///
    /// Default: the provider is not `"gateway-api"`.
    /// Example: `["10%", "50%"]`
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub steps: Option<Percentages>,
    /// Duration of each step, or of the time after the switch, during which metrics are checked.
    ///
    /// Example: `"6m"`
    pub hold: Duration,
}

impl Traffic {
    /// Returns the keys that belong to one provider alone, and whether each is set.
    pub(crate) fn provider_keys(&self) -> [(&'static str, bool); 7] {
        [
            ("route", self.route.is_some()),
            ("stable", self.stable.is_some()),
            ("canary", self.canary.is_some()),
            ("canary-target", self.canary_target.is_some()),
            ("service", self.service.is_some()),
            ("green-target", self.green_target.is_some()),
            ("steps", self.steps.is_some()),
        ]
    }

    /// Returns the number of times that it holds to check metrics.
    pub(crate) fn holds(&self) -> u64 {
        self.steps.as_ref().map_or(1, |steps| u64::try_from(steps.len()).unwrap_or(1))
    }
}

/// Shares, one after the other.
pub type Percentages = Vec<Percent>;

fn http() -> u16 {
    80
}
