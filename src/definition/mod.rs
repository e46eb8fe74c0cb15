//! The language: one file per table of `pipeline.toml`.
//!
//! Nothing in this module depends on GitHub. The doc comment of a key is its documentation: the schema, the language
//! reference and the completion of editors are derived from it. Its line `Example:` is a TOML value, and `x-names` in its
//! schema is the table whose names it takes.

mod axis;
mod body;
mod calls;
mod checkout;
mod clusters;
mod components;
mod condition;
mod container;
mod coverage;
mod either;
mod environments;
mod gates;
mod images;
mod inputs;
mod keys;
mod matrix;
mod meaning;
mod monitoring;
mod name;
mod notify;
mod project;
mod publish;
mod read;
mod run_value;
mod schema;
mod services;
mod smoke;
mod steps;
mod suites;
mod test_run;
mod traffic;
pub mod units;
mod value;
mod versions;
mod workflows;
mod workloads;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

pub use axis::{Axis, RunsOn};
pub use body::Body;
pub use calls::{Call, CallValue};
pub use checkout::{Checkout, Depth, JobCheckout, Package, Packages, Submodules};
pub use clusters::{Aks, Aws, Azure, CloudLogin, Cluster, Eks, Gcp, Gke};
pub use components::{Component, Custom, Install};
pub use condition::{Case, Condition, JobResult, RunEvent, WhenResult};
pub use container::{Container, ImageLogin};
pub use coverage::{CoverageReports, CoverageService};
pub use environments::{Backup, Environment, Limit, Marks, Migrate, OnRollback, Start, Undo};
pub use gates::{Gates, Order, Repeat};
pub use images::{Cache, Image, Login, Mirror};
pub use inputs::{Input, InputKind};
pub use keys::{Key, documentation, keys, names, names_of_keys, values};
pub use matrix::{Cell, JobRunsOn, Matrix, fits};
pub use meaning::meaning;
pub use monitoring::{Few, Grafana, Metric, Monitoring, Outcome, Prometheus, QUERY_VARIABLES, Samples, Unit};
pub use name::Name;
pub use notify::{Event, Issue, Notify, Slack};

pub use project::{Nightly, Project, Schedules};
pub use publish::{ImageTag, Publish};
pub use read::{Read, read};
pub use run_value::{GithubValue, Output, RunValue};
pub use schema::schema;
pub use services::{Health, Preset, Service};
pub use smoke::{Expect, Probe, Request, Smoke, SmokeLogin};
pub use steps::Step;
pub use suites::{Merge, Quarantine, Suite, SuiteEvent};
pub use test_run::{Coverage, Dist, Isolation, Split, TestRun, Workers};
pub use traffic::{Percentages, Traffic};
pub use units::{Cron, Date, Duration, Floor, Percent};
pub use value::{ExternalValue, Value};
pub use versions::VersionAxis;
pub use workflows::{Access, CalledFirst, Job, Manual, Triggers, Workflow};
pub use workloads::{Commands, Delivery, Gitops, Helm, Workload};

/// Tables whose entries have names; they keep the order in which they are written.
pub type Table<T> = IndexMap<Name, T>;

/// One `pipeline.toml`. Its tables are in the order in which a change travels: build, test, publish, deploy.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Definition {
    /// Version of the language; 1 is the only one.
    ///
    /// Example: `1`
    #[schemars(range(min = 1, max = 1))]
    pub version: u8,
    /// A base definition to inherit from. Where both set a key, this file wins.
    ///
    /// Default: no base.
    /// Example: `"../platform/pipeline-base.toml"`
    #[serde(default)]
    pub extends: Option<String>,
    /// Name and settings of the whole pipeline.
    ///
    /// Example: `{ name = "atom", branches = ["main"] }`
    pub project: Project,
    /// Components: parts of the repository, each with a folder, a toolchain and checks.
    ///
    /// Example: `{ backend = { path = "backend", python = ["3.11", "3.12"] } }`
    #[serde(default)]
    pub components: Table<Component>,
    /// Service containers, healthy before the tests start.
    ///
    /// Example: `{ postgres = { image = "postgres:16-alpine", ports = [5432] } }`
    #[serde(default)]
    pub services: Table<Service>,
    /// Test runs, sharded over jobs and parallel within a job.
    ///
    /// Example: `{ backend = { component = "backend", runner = "pytest", shards = 4 } }`
    #[serde(default)]
    pub tests: Table<TestRun>,
    /// Integration suites: parts of a test run that need other services, each in a separate workflow.
    ///
    /// Example: `{ lancedb = { of = "backend", paths = ["tests/integration/episodes"] } }`
    #[serde(default)]
    pub suites: Table<Suite>,
    /// Tests that are skipped for now, each with a reason and a last day.
    ///
    /// Example: `{ "tests/test_dashboard.py" = { reason = "needs a Grafana", until = 2027-03-31 } }`
    #[serde(default)]
    pub quarantine: IndexMap<String, Quarantine>,
    /// Quality gates of every test run.
    ///
    /// Default: tests run in random order and all of them must pass; no further gate.
    /// Example: `{ pass-rate = "100%", slowest = "30s", coverage = "80%" }`
    #[serde(default)]
    pub gates: Gates,
    /// Reports of the merged coverage.
    ///
    /// Default: the summary of the run alone.
    /// Example: `{ artifact = true, upload = "codecov" }`
    #[serde(default)]
    pub coverage: CoverageReports,
    /// Container images: built in CI, published by a deploy.
    ///
    /// Example: `{ backend = { context = "backend", repository = "ghcr.io/acme/backend" } }`
    #[serde(default)]
    pub images: Table<Image>,
    /// Smoke tests: requests that a running environment has to answer.
    ///
    /// Example: `{ api = { public = true, probes = [{ name = "alive", request = "GET /health/live" }] } }`
    #[serde(default)]
    pub smoke: Table<Smoke>,
    /// Prometheus, which metrics are read from, and Grafana, where deployments are annotated.
    ///
    /// Default: neither.
    /// Example: `{ prometheus = { url = { secret = "PROMETHEUS_URL" } } }`
    #[serde(default)]
    pub monitoring: Option<Monitoring>,
    /// Metrics that decide whether a deployed version is kept.
    ///
    /// Example: `{ errors = { unit = "ratio", query = "…", window = "5m" } }`
    #[serde(default)]
    pub metrics: Table<Metric>,
    /// Notifications about the end of a deploy.
    ///
    /// Default: none.
    /// Example: `{ slack = { webhook = { secret = "SLACK_WEBHOOK_URL" }, on = ["failure", "rollback"] } }`
    #[serde(default)]
    pub notify: Notify,
    /// Workloads of the cluster and the delivery of their images.
    ///
    /// Example: `{ api = { image = "backend", target = "deployment/atom", container = "atom", delivery = "image" } }`
    #[serde(default)]
    pub workloads: Table<Workload>,
    /// Environments to deploy to. An environment `needs` one that is declared above it.
    ///
    /// Example: `{ staging = { cluster = { kubeconfig = { secret = "KUBECONFIG" }, namespace = "staging" }, deploy = ["api"] } }`
    #[serde(default)]
    pub environments: Table<Environment>,
    /// Further jobs of `ci.yml`.
    ///
    /// Example: `{ docs = { steps = [{ run = "make docs" }] } }`
    #[serde(default)]
    pub jobs: Table<Job>,
    /// Further workflows, each in a separate file.
    ///
    /// Example: `{ release = { on = { tags = ["v*"] }, jobs = { publish = { steps = [{ run = "make release" }] } } } }`
    #[serde(default)]
    pub workflows: Table<Workflow>,
    /// Warnings that are accepted: the rule, and the reason. Errors cannot be allowed.
    ///
    /// Default: every warning is reported.
    /// Example: `{ dockerfile-order = "the base image is rebuilt every week" }`
    #[serde(default)]
    pub allow: IndexMap<String, String>,
}
