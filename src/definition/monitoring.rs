//! `[monitoring]` and `[metrics.<name>]`: metrics of a deployed version.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::units::Duration;
use super::value::Value;

/// Prometheus, which metrics are read from, and Grafana, where deployments are annotated.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Monitoring {
    /// Prometheus server to query.
    ///
    /// Default: none; metrics need one.
    /// Example: `{ url = { secret = "PROMETHEUS_URL" } }`
    #[serde(default)]
    pub prometheus: Option<Prometheus>,
    /// Grafana in which deployments are annotated.
    ///
    /// Default: none.
    /// Example: `{ url = { secret = "GRAFANA_URL" }, token = { secret = "GRAFANA_TOKEN" } }`
    #[serde(default)]
    pub grafana: Option<Grafana>,
    /// Label of pods and of Prometheus series that carries the deployed version; queries use it as `$version`.
    ///
    /// Example: `"version"`
    #[serde(default = "version")]
    pub version_label: String,
    /// Scrape interval of Prometheus; a hold evaluates the limits this often.
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

/// Prometheus server to query.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Prometheus {
    /// URL of the server.
    ///
    /// Example: `{ secret = "PROMETHEUS_URL" }`
    pub url: Value,
    /// Bearer token of the server.
    ///
    /// Default: none.
    /// Example: `{ secret = "PROMETHEUS_TOKEN" }`
    #[serde(default)]
    pub token: Option<Value>,
    /// Outcome if the URL is empty.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_unset: Outcome,
    /// Outcome if the server does not answer.
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

/// Outcome of a missing answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The gate fails.
    #[default]
    Fail,
    /// The gate is skipped, and the summary reports it.
    Skip,
    /// The gate passes.
    Pass,
}

/// Grafana in which deployments are annotated.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Grafana {
    /// URL of the server.
    ///
    /// Example: `{ secret = "GRAFANA_URL" }`
    pub url: Value,
    /// Token of a service account that may write annotations.
    ///
    /// Example: `{ secret = "GRAFANA_TOKEN" }`
    pub token: Value,
    /// Dashboards to update, as files.
    ///
    /// Example: `["grafana/deployments.json"]`
    #[serde(default)]
    pub dashboards: Vec<String>,
}

/// Variables that a deploy fills in in the queries of metrics, each written with `$`.
pub const QUERY_VARIABLES: [&str; 4] = ["version", "window", "environment", "namespace"];

/// A metric of a deployed version.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Metric {
    /// Unit of the value.
    ///
    /// Example: `"ratio"`
    pub unit: Unit,
    /// `PromQL` query that returns one number; `$version`, `$window`, `$environment` and `$namespace` are filled in.
    ///
    /// Example: `'sum(rate(errors{version="$version"}[$window]))'`
    #[schemars(length(min = 1))]
    pub query: String,
    /// Minimum number of samples.
    ///
    /// Default: samples are not counted.
    /// Example: `{ query = 'sum(increase(requests{version="$version"}[$window]))', at-least = 1000 }`
    #[serde(default)]
    pub samples: Option<Samples>,
    /// Window of the query; a hold has to be longer.
    ///
    /// Example: `"5m"`
    pub window: Duration,
    /// Outcome of an answer without a series.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_empty: Outcome,
    /// Outcome of NaN.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub when_nan: Outcome,
    /// Outcome of too few samples: extra time to wait, then the result.
    ///
    /// Example: `{ extend = "30m", then = "fail" }`
    #[serde(default)]
    #[schemars(extend("default" = { "then": "fail" }))]
    pub when_few: Few,
}

/// Unit of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// A share from 0 to 1; limits are written in percent.
    Ratio,
    /// A time in seconds; limits are written with their unit.
    Seconds,
    /// A number without a unit.
    Count,
}

/// Minimum number of samples of a metric.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Samples {
    /// `PromQL` query that counts the samples.
    ///
    /// Example: `'sum(increase(requests{version="$version"}[$window]))'`
    pub query: String,
    /// Lowest count that is enough.
    ///
    /// Example: `1000`
    #[schemars(range(min = 1))]
    pub at_least: u64,
}

/// Outcome of too few samples.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Few {
    /// Extra time to wait for samples.
    ///
    /// Default: none.
    /// Example: `"30m"`
    #[serde(default)]
    pub extend: Option<Duration>,
    /// Result once the extra time is over.
    ///
    /// Example: `"fail"`
    #[serde(default)]
    pub then: Outcome,
}
