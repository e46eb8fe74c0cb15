//! `traffic` of an environment: how a new version is given users.

use schemars::JsonSchema;
use serde::Deserialize;

use super::name::Name;
use super::units::{Duration, Percent};

/// A canary: the new version is given users step by step, and judged at each.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Traffic {
    /// The workload whose users are moved.
    ///
    /// Example: `"api"`
    pub workload: Name,
    /// Provider that shifts the traffic.
    ///
    /// Example: `"gateway-api"`
    pub provider: String,
    /// The route that is patched.
    ///
    /// Example: `"httproute/atom"`
    #[schemars(regex(pattern = r"^httproute/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub route: String,
    /// The Service in front of the stable version.
    ///
    /// Example: `"service/atom"`
    #[schemars(regex(pattern = r"^service/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub stable: String,
    /// The Service in front of the new version.
    ///
    /// Example: `"service/atom-canary"`
    #[schemars(regex(pattern = r"^service/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub canary: String,
    /// The workload object that runs the new version.
    ///
    /// Example: `"deployment/atom-canary"`
    #[schemars(regex(pattern = r"^(deployment|statefulset)/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$"))]
    pub canary_target: String,
    /// The port of that Service, by which the new version is smoked before it has users.
    ///
    /// Example: `80`
    #[serde(default = "http")]
    #[schemars(range(min = 1))]
    pub port: u16,
    /// Shares of the users that the new version has, one after the other; all of them follow.
    ///
    /// Example: `["10%", "50%"]`
    #[schemars(length(min = 1))]
    pub steps: Percentages,
    /// How long each share is held and judged.
    ///
    /// Example: `"6m"`
    pub hold: Duration,
}

/// Shares, one after the other.
pub type Percentages = Vec<Percent>;

fn http() -> u16 {
    80
}
