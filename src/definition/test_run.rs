//! `[tests.<name>]`: test runs.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::axis::RunsOn;
use super::condition::Condition;
use super::gates::Gates;
use super::name::Name;
use super::run_value::RunValue;
use super::steps::Step;
use super::units::Duration;

/// A test run of one component.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TestRun {
    /// Component under test.
    ///
    /// Example: `"backend"`
    #[schemars(extend("x-names" = "components"))]
    pub component: Name,
    /// Test runner.
    ///
    /// Example: `"pytest"`
    #[schemars(extend("x-names" = "runners"))]
    pub runner: String,
    /// Condition of the run: a table of events, branches, labels and changes, or a list of them. Where it does not hold, the
    /// tests and their gates are skipped and do not block a merge.
    ///
    /// Default: every run.
    /// Example: `[{ event = ["push", "merge-group"] }, { label = "browsers" }]`
    #[serde(default)]
    pub when: Option<Condition>,
    /// Command of the `command` runner. It reads `SHARD` and `SHARDS`, and writes a JUnit report to the path `JUNIT`.
    ///
    /// Default: none; the other runners have their own.
    /// Example: `"./run-tests --part $SHARD/$SHARDS --junit $JUNIT"`
    #[serde(default)]
    pub command: Option<String>,
    /// JUnit reports that the `command` writes in place of `JUNIT`, as globs relative to the component's folder. Files
    /// that were there before do not count, and a test that is in several files is several tests.
    ///
    /// Example: `["**/target/surefire-reports/TEST-*.xml"]`
    #[serde(default)]
    pub results: Vec<String>,
    /// Folders and files of the tests, relative to the component's folder; without any, the runner finds them. go takes
    /// folders of packages.
    ///
    /// Example: `["tests"]`
    #[serde(default)]
    pub paths: Vec<String>,
    /// Folders and files that are named like tests and are none, such as examples and templates, relative to the
    /// component's folder. No run may collect them.
    ///
    /// Example: `["docs_src"]`
    #[serde(default)]
    pub not_tests: Vec<String>,
    /// Further arguments of the runner. For tox and nox, those that choose environments are also given to the command
    /// that lists them.
    ///
    /// Example: `["-m", "not browser"]`
    #[serde(default)]
    pub args: Vec<String>,
    /// Number of jobs to spread the tests over.
    ///
    /// Example: `4`
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 256))]
    pub shards: u16,
    /// Split of the tests over shards: by recorded time, by number, or by file.
    ///
    /// Default: `"timings"`; `"count"` for nextest and `command`. vitest, jest and playwright are given whole files,
    /// django whole classes, tox and nox environments.
    /// Example: `"timings"`
    #[serde(default)]
    pub split: Option<Split>,
    /// Processes within one job: a number, or `"auto"` for one per processor. tox runs this number of environments.
    ///
    /// Example: `"auto"`
    #[serde(default)]
    pub workers: Workers,
    /// Distribution of tests over the processes of a job, as pytest-xdist's `--dist`.
    ///
    /// Default: pytest-xdist's own default, `"load"`.
    /// Example: `"loadscope"`
    #[serde(default)]
    pub dist: Option<Dist>,
    /// Number of times that a failed test is rerun, for tox and nox an environment. A test that passes on a rerun is
    /// reported as flaky.
    ///
    /// Example: `2`
    #[serde(default)]
    #[schemars(range(max = 10))]
    pub reruns: u8,
    /// Timeout of a single attempt of a test, fixtures included. A test that hangs fails, and the others still run.
    ///
    /// Default: none; a test that hangs is named when the shard times out.
    /// Example: `"60s"`
    #[serde(default)]
    pub test_timeout: Option<Duration>,
    /// Services that the tests need.
    ///
    /// Example: `["postgres"]`
    #[schemars(extend("x-names" = "services"))]
    #[serde(default)]
    pub services: Vec<Name>,
    /// Isolation of the processes of a job in a service that they share.
    ///
    /// Default: detected from the tests' fixtures.
    /// Example: `"worker"`
    #[serde(default)]
    pub isolation: Option<Isolation>,
    /// Coverage to measure.
    ///
    /// Default: none.
    /// Example: `{ source = ["core", "api"], version = "3.12" }`
    #[serde(default)]
    pub coverage: Option<Coverage>,
    /// Gates of this run, if stricter than `[gates]`.
    ///
    /// Default: those of `[gates]`.
    /// Example: `{ slowest = "10s" }`
    #[serde(default)]
    pub gates: Gates,
    /// Environment variables of the tests.
    ///
    /// Example: `{ LOG_LEVEL = "debug" }`
    #[serde(default)]
    pub env: IndexMap<String, RunValue>,
    /// GitHub environment that holds the run's secrets.
    ///
    /// Default: none; the tests get no secrets.
    /// Example: `"ci"`
    #[serde(default)]
    pub environment: Option<String>,
    /// Runner labels of the jobs; a list becomes an axis of the matrix.
    ///
    /// Default: those of the component.
    /// Example: `"ubuntu-24.04"`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// Timeout of a shard. Part of it is reserved for the steps before and after the tests.
    ///
    /// Default: `project.timeout`.
    /// Example: `"20m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Steps before the tests, once dependencies are installed and services are healthy.
    ///
    /// Example: `[{ run = "alembic upgrade head" }]`
    #[serde(default)]
    pub before: Vec<Step>,
    /// Steps after the tests, whether they passed or not.
    ///
    /// Example: `[{ run = "./tools/collect-logs" }]`
    #[serde(default)]
    pub after: Vec<Step>,
}

impl TestRun {
    /// The packages whose coverage is measured.
    pub fn measured(&self) -> &[String] {
        self.coverage.as_ref().map_or(&[], |coverage| &coverage.source)
    }

    /// The version of the matrix whose coverage counts, where the definition names one.
    pub fn coverage_version(&self) -> Option<&str> {
        self.coverage.as_ref()?.version.as_deref()
    }
}

fn one() -> u16 {
    1
}

/// Split of tests over shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// By recorded time, longest first onto the least loaded shard.
    Timings,
    /// The same number of tests each.
    Count,
    /// Whole files.
    Files,
}

impl Split {
    /// Its name in the definition.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timings => "timings",
            Self::Count => "count",
            Self::Files => "files",
        }
    }
}

/// Coverage that a test run measures.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Coverage {
    /// Packages to measure; folders or globs for vitest and jest, folders or patterns of packages for go.
    ///
    /// Example: `["core", "api"]`
    #[schemars(length(min = 1))]
    pub source: Vec<String>,
    /// Version of the matrix whose coverage counts.
    ///
    /// Default: the last one.
    /// Example: `"3.12"`
    #[serde(default)]
    pub version: Option<String>,
}

/// Distribution of tests over the processes of one job: pytest-xdist's values.
///
/// Source: <https://pytest-xdist.readthedocs.io/en/stable/distribution.html>.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Dist {
    /// One by one, to the next free process.
    Load,
    /// A class or module stays in one process.
    LoadScope,
    /// A file stays in one process.
    LoadFile,
    /// Tests of one group stay in one process.
    LoadGroup,
    /// An even share each, and an idle process takes from a busy one.
    WorkSteal,
}

impl Dist {
    /// The value of pytest-xdist's `--dist`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Load => "load",
            Self::LoadScope => "loadscope",
            Self::LoadFile => "loadfile",
            Self::LoadGroup => "loadgroup",
            Self::WorkSteal => "worksteal",
        }
    }
}

/// Isolation of the processes of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// The tests' fixtures give each process its own database, bucket or prefix.
    Worker,
    /// Each test creates its own data and cleans it up.
    Test,
}

/// Processes within one job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// One per processor.
    Auto,
    /// This number of processes.
    Count(u16),
}

impl Default for Workers {
    fn default() -> Self {
        Self::Count(1)
    }
}

impl Serialize for Workers {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => serializer.serialize_str("auto"),
            Self::Count(count) => serializer.serialize_u16(*count),
        }
    }
}

impl<'de> Deserialize<'de> for Workers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Workers;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number from 1 to 64, or \"auto\"")
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Workers, E> {
                u16::try_from(value)
                    .ok()
                    .filter(|count| (1..=64).contains(count))
                    .map(Workers::Count)
                    .ok_or_else(|| E::custom(format!("{value} is not a number from 1 to 64")))
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Workers, E> {
                if text == "auto" {
                    Ok(Workers::Auto)
                } else {
                    Err(E::custom(format!("`{text}` is not a number of processes: write a number, or \"auto\"")))
                }
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Workers {
    fn schema_name() -> Cow<'static, str> {
        "Workers".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A number of processes, or one per processor.",
            "anyOf": [
                { "type": "integer", "minimum": 1, "maximum": 64 },
                { "type": "string", "enum": ["auto"] }
            ]
        })
    }
}
