//! `[monitoring]` and `[metrics.<name>]`: what a deployed version is judged by.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::units::Duration;
use super::value::Value;

/// Where metrics are read, and where deployments are drawn.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Monitoring {
    /// The Prometheus that is asked.
    ///
    /// Default: no metric can be judged.
    /// Example: `{ url = { secret = "PROMETHEUS_URL" } }`
    #[serde(default)]
    pub prometheus: Option<Prometheus>,
    /// The Grafana in which deployments are marked.
    ///
    /// Default: nothing is marked.
    /// Example: `{ url = { secret = "GRAFANA_URL" }, token = { secret = "GRAFANA_TOKEN" } }`
    #[serde(default)]
    pub grafana: Option<Grafana>,
    /// The Prometheus label, and the label of the pods, that carries the deployed version; queries name it as `$version`.
    ///
    /// Example: `"version"`
    #[serde(default = "version")]
    pub version_label: String,
    /// How often metrics are scraped: a hold looks at them that often.
    ///
    /// Example: `"15s"`
    #[serde(default = "a_minute")]
    pub scrape: Duration,
}

fn version() -> String {
    "version".to_owned()
}

fn a_minute() -> Duration {
    Duration::from_seconds(60)
}

/// The Prometheus that is asked.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Prometheus {
    /// Its address.
    ///
    /// Example: `{ secret = "PROMETHEUS_URL" }`
    pub url: Value,
    /// A bearer token, where it asks for one.
    ///
    /// Default: none is sent.
    /// Example: `{ secret = "PROMETHEUS_TOKEN" }`
    #[serde(default)]
    pub token: Option<Value>,
    /// What it means that the address is not set.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_unset: Outcome,
    /// What it means that it does not answer.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_unreachable: Outcome,
    /// Outcome of an answer with warnings, in which data may be missing.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_partial: Outcome,
}

/// What a missing answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The gate fails.
    #[default]
    Fail,
    /// The gate is not judged, and the summary says so.
    Skip,
    /// The gate passes.
    Pass,
}

/// The Grafana in which deployments are marked.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Grafana {
    /// Its address.
    ///
    /// Example: `{ secret = "GRAFANA_URL" }`
    pub url: Value,
    /// A service account's token that may write annotations.
    ///
    /// Example: `{ secret = "GRAFANA_TOKEN" }`
    pub token: Value,
    /// Dashboards that are brought up to date, as files.
    ///
    /// Example: `["grafana/deployments.json"]`
    #[serde(default)]
    pub dashboards: Vec<String>,
}

/// A metric by which a version is judged.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Metric {
    /// What its value counts.
    ///
    /// Example: `"ratio"`
    pub unit: Unit,
    /// `PromQL` that gives one number; `$version` and `$window` are filled in.
    ///
    /// Example: `'sum(rate(errors{version="$version"}[$window]))'`
    #[schemars(length(min = 1))]
    pub query: String,
    /// How many requests the value must rest on.
    ///
    /// Default: they are not counted.
    /// Example: `{ query = 'sum(increase(requests{version="$version"}[$window]))', at-least = 1000 }`
    #[serde(default)]
    pub samples: Option<Samples>,
    /// The time that the value is taken over; a hold must be longer.
    ///
    /// Example: `"5m"`
    pub window: Duration,
    /// What an empty answer means.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_empty: Outcome,
    /// What "not a number" means.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_nan: Outcome,
    /// What too few samples mean: how much longer is waited for them, and what follows then.
    ///
    /// Example: `{ extend = "30m", then = "fail" }`
    #[serde(default)]
    #[schemars(extend("default" = { "then": "fail" }))]
    pub when_few: Few,
}

/// What a metric's value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A share from 0 to 1; limits are written in percent.
    Ratio,
    /// A time in seconds; limits are written with their unit.
    Seconds,
    /// A number.
    Count,
}

/// How many requests a value must rest on.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Samples {
    /// `PromQL` that counts them.
    ///
    /// Example: `'sum(increase(requests{version="$version"}[$window]))'`
    pub query: String,
    /// The least that is enough.
    ///
    /// Example: `1000`
    #[schemars(range(min = 1))]
    pub at_least: u64,
}

/// What too few samples mean.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Few {
    /// How much longer is waited for them.
    ///
    /// Default: not at all.
    /// Example: `"30m"`
    #[serde(default)]
    pub extend: Option<Duration>,
    /// What follows then.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub then: Outcome,
}
