//! The language: one file per table of `pipeline.toml`.
//!
//! This room knows nothing of GitHub. What a key means stands in its doc comment, from which the schema, the language
//! reference and the editor's completion are derived; the line `Example:` of such a comment is a TOML value.

mod axis;
mod body;
mod components;
mod either;
mod environments;
mod gates;
mod images;
mod monitoring;
mod name;
mod notify;
mod project;
mod read;
mod schema;
mod services;
mod smoke;
mod steps;
mod suites;
mod test_run;
mod traffic;
pub mod units;
mod value;
mod workflows;
mod workloads;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use axis::{Axis, RunsOn};
pub use body::Body;
pub use components::{Component, Custom, Install};
pub use environments::{Aks, Backup, Cluster, Eks, Environment, Gke, Limit, Migrate, OnRollback, Undo};
pub use gates::{Gates, Order, Repeat};
pub use images::{Cache, Image, Login};
pub use monitoring::{Few, Grafana, Metric, Monitoring, Outcome, Prometheus, Samples, Unit};
pub use name::Name;
pub use notify::{Event, Issue, Notify, Slack};
pub use project::{Nightly, Project};
pub use read::{Read, read};
pub use schema::schema;
pub use services::{Health, Preset, Service};
pub use smoke::{Expect, Probe, Request, Smoke, SmokeLogin};
pub use steps::Step;
pub use suites::{Merge, Quarantine, Suite, SuiteEvent};
pub use test_run::{Coverage, Dist, Isolation, Split, TestRun, Workers};
pub use traffic::{Percentages, Traffic};
pub use units::{Cron, Date, Duration, Floor, Percent};
pub use value::{Outside, Value};
pub use workflows::{Access, Input, InputKind, Job, Manual, Triggers, Workflow};
pub use workloads::{Commands, Delivery, Workload};

/// Tables whose entries have names; they keep the order in which they are written.
pub type Table<T> = IndexMap<Name, T>;

/// One `pipeline.toml`: what is built, tested, published and deployed, in the order in which a change travels.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Definition {
    /// The version of the language; there is one so far.
    ///
    /// Example: `1`
    #[schemars(range(min = 1, max = 1))]
    pub version: u8,
    /// Another definition whose tables stand behind this one's: what both say, this one decides.
    ///
    /// Default: the definition stands alone.
    /// Example: `"../platform/pipeline-base.toml"`
    #[serde(default)]
    pub extends: Option<String>,
    /// What the pipeline is called, and what holds for all of it.
    ///
    /// Example: `{ name = "atom", branches = ["main"] }`
    pub project: Project,
    /// What is built: each component has a folder, a toolchain and its checks.
    ///
    /// Example: `{ backend = { path = "backend", python = ["3.11", "3.12"] } }`
    #[serde(default)]
    pub components: Table<Component>,
    /// What tests need beside them: containers, started and healthy before the tests.
    ///
    /// Example: `{ postgres = { image = "postgres:16-alpine", ports = [5432] } }`
    #[serde(default)]
    pub services: Table<Service>,
    /// Test runs: sharded over jobs, parallel within one.
    ///
    /// Example: `{ backend = { component = "backend", runner = "pytest", shards = 4 } }`
    #[serde(default)]
    pub tests: Table<TestRun>,
    /// Parts of a test run that need more than the others; each is left out of its run and has a workflow of its own.
    ///
    /// Example: `{ lancedb = { of = "backend", paths = ["tests/integration/episodes"] } }`
    #[serde(default)]
    pub suites: Table<Suite>,
    /// Tests that nobody runs for now, each with its reason and the day on which that ends.
    ///
    /// Example: `{ "tests/test_dashboard.py" = { reason = "needs a Grafana", until = 2027-03-31 } }`
    #[serde(default)]
    pub quarantine: IndexMap<String, Quarantine>,
    /// What every test run is judged by.
    ///
    /// Default: tests run in random order and all of them must pass; nothing else is judged.
    /// Example: `{ pass-rate = "100%", slowest = "30s", coverage = "80%" }`
    #[serde(default)]
    pub gates: Gates,
    /// Container images, built in CI and published by a deploy.
    ///
    /// Example: `{ backend = { context = "backend", repository = "ghcr.io/acme/backend" } }`
    #[serde(default)]
    pub images: Table<Image>,
    /// Smoke tests: requests that a running environment must answer.
    ///
    /// Example: `{ api = { public = true, probes = [{ name = "alive", request = "GET /health/live" }] } }`
    #[serde(default)]
    pub smoke: Table<Smoke>,
    /// Where metrics are read and deployments are drawn.
    ///
    /// Default: no metric is read, and nothing is drawn.
    /// Example: `{ prometheus = { url = { secret = "PROMETHEUS_URL" } } }`
    #[serde(default)]
    pub monitoring: Option<Monitoring>,
    /// Metrics by which a deployed version is judged.
    ///
    /// Example: `{ errors = { unit = "ratio", query = "…", window = "5m" } }`
    #[serde(default)]
    pub metrics: Table<Metric>,
    /// Who is told how a deploy ended.
    ///
    /// Default: nobody is told.
    /// Example: `{ slack = { webhook = { secret = "SLACK_WEBHOOK_URL" }, on = ["failure", "rollback"] } }`
    #[serde(default)]
    pub notify: Notify,
    /// What runs in a cluster, and how it is given a new image.
    ///
    /// Example: `{ api = { image = "backend", target = "deployment/atom", container = "atom", delivery = "image" } }`
    #[serde(default)]
    pub workloads: Table<Workload>,
    /// Where it runs; an environment comes after one that is declared above it.
    ///
    /// Example: `{ staging = { cluster = { kubeconfig = { secret = "KUBECONFIG" }, namespace = "staging" }, deploy = ["api"] } }`
    #[serde(default)]
    pub environments: Table<Environment>,
    /// Further jobs of `ci.yml`.
    ///
    /// Example: `{ docs = { steps = [{ run = "make docs" }] } }`
    #[serde(default)]
    pub jobs: Table<Job>,
    /// Further workflows, each a file of its own.
    ///
    /// Example: `{ release = { on = { tags = ["v*"] }, jobs = { publish = { steps = [{ run = "make release" }] } } } }`
    #[serde(default)]
    pub workflows: Table<Workflow>,
}
