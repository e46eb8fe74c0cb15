//! `[components.<name>]`: what is built.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use super::axis::{Axis, RunsOn};
use super::steps::Step;
use super::units::Duration;
use super::value::Value;

/// A part of the repository that is built and checked as one.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Component {
    /// Its folder, from the definition's own folder.
    ///
    /// Example: `"services/backend"`
    #[serde(default = "here")]
    pub path: String,
    /// Files outside its folder that it depends on, as globs.
    ///
    /// Example: `["schema/**"]`
    #[serde(default)]
    pub watch: Vec<String>,
    /// Files in its folder that do not touch it, as globs from the definition's own folder; `watch` wins over it.
    ///
    /// Example: `["examples/**"]`
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Python versions; a list is an axis of the matrix.
    ///
    /// Default: no Python is set up.
    /// Example: `["3.11", "3.12"]`
    #[serde(default)]
    pub python: Option<Axis>,
    /// Node.js versions; a list is an axis of the matrix.
    ///
    /// Default: no Node.js is set up.
    /// Example: `"24"`
    #[serde(default)]
    pub node: Option<Axis>,
    /// Rust toolchains; a list is an axis of the matrix.
    ///
    /// Default: no Rust is set up.
    /// Example: `"1.95"`
    #[serde(default)]
    pub rust: Option<Axis>,
    /// Go versions; a list is an axis of the matrix.
    ///
    /// Default: no Go is set up.
    /// Example: `"1.26"`
    #[serde(default)]
    pub go: Option<Axis>,
    /// A toolchain of your own: the steps that set it up.
    ///
    /// Default: nothing else is set up.
    /// Example: `{ steps = [{ run = "./tools/install-zig" }] }`
    #[serde(default)]
    pub custom: Option<Custom>,
    /// How its dependencies are installed.
    ///
    /// Default: nothing is installed.
    /// Example: `{ pip = ["requirements.txt"] }`
    #[serde(default)]
    pub install: Install,
    /// Environment variables of everything that runs in it.
    ///
    /// Example: `{ ENVIRONMENT = "test" }`
    #[serde(default)]
    pub env: IndexMap<String, Value>,
    /// Commands that must succeed; all of them run, and each is a step of its own.
    ///
    /// Example: `{ lint = "ruff check .", types = "mypy ." }`
    #[serde(default)]
    pub checks: Table<String>,
    /// Machines of its jobs; a list is an axis of the matrix.
    ///
    /// Default: `project.runs-on`.
    /// Example: `["ubuntu-24.04", "macos-15"]`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// The longest that its job may take.
    ///
    /// Default: `project.timeout`.
    /// Example: `"20m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Steps before its dependencies are installed.
    ///
    /// Example: `[{ run = "./tools/prepare" }]`
    #[serde(default)]
    pub before: Vec<Step>,
    /// Steps after its checks.
    ///
    /// Example: `[{ run = "./tools/report" }]`
    #[serde(default)]
    pub after: Vec<Step>,
}

fn here() -> String {
    ".".to_owned()
}

/// A toolchain that Pipewright does not know.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Custom {
    /// What sets the toolchain up.
    ///
    /// Example: `[{ run = "./tools/install-zig" }]`
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// Versions, an axis of the matrix; the steps see the version in `VERSION`.
    ///
    /// Default: the steps run once, without a version.
    /// Example: `["0.15", "0.16"]`
    #[serde(default)]
    pub versions: Option<Axis>,
}

/// How dependencies are installed: always as the lock file says.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Install {
    /// Requirement files for `pip install -r`.
    ///
    /// Default: pip installs nothing.
    /// Example: `["requirements.txt", "requirements-test.txt"]`
    #[serde(default)]
    pub pip: Option<Vec<String>>,
    /// Further arguments of `uv sync --locked`.
    ///
    /// Default: uv installs nothing; with an empty list it installs what the lock file says.
    /// Example: `["--all-extras"]`
    #[serde(default)]
    pub uv: Option<Vec<String>>,
    /// Further arguments of `poetry install`.
    ///
    /// Default: poetry installs nothing; with an empty list it installs what the lock file says.
    /// Example: `["--with", "test"]`
    #[serde(default)]
    pub poetry: Option<Vec<String>>,
    /// Further arguments of `npm ci`.
    ///
    /// Default: npm installs nothing; with an empty list it installs what the lock file says.
    /// Example: `[]`
    #[serde(default)]
    pub npm: Option<Vec<String>>,
    /// Further arguments of `pnpm install --frozen-lockfile`.
    ///
    /// Default: pnpm installs nothing; with an empty list it installs what the lock file says.
    /// Example: `["--filter", "web"]`
    #[serde(default)]
    pub pnpm: Option<Vec<String>>,
    /// A command of your own.
    ///
    /// Default: no command is run.
    /// Example: `"make deps"`
    #[serde(default)]
    pub run: Option<String>,
}
