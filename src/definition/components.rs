//! `[components.<name>]`: what is built.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Table;
use super::axis::RunsOn;
use super::checkout::{Checkout, Packages};
use super::condition::Condition;
use super::run_value::RunValue;
use super::steps::Step;
use super::units::Duration;
use super::versions::VersionAxis;

/// Part of the repository with a folder, a toolchain and checks.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Component {
    /// Folder of the component, relative to `pipeline.toml`.
    ///
    /// Example: `"services/backend"`
    #[serde(default = "here")]
    pub path: String,
    /// Files outside the folder that the component depends on, as globs.
    ///
    /// Example: `["schema/**"]`
    #[serde(default)]
    pub watch: Vec<String>,
    /// Files in the folder whose changes run no job, as globs relative to `pipeline.toml`. `watch` wins over `ignore`.
    ///
    /// Example: `["examples/**"]`
    #[serde(default)]
    pub ignore: Vec<String>,
    /// Python versions, as setup-python or uv reads them: `3.12`, `3.14t` without a global lock, `pypy-3.11`. A list becomes an axis of
    /// the matrix, and a version of it may be `optional`.
    ///
    /// Default: no Python is set up.
    /// Example: `["3.11", "3.14t", { version = "3.16", allow-prerelease = true, optional = true }]`
    #[serde(default)]
    pub python: Option<VersionAxis>,
    /// Node.js versions; a list becomes an axis of the matrix.
    ///
    /// Default: no Node.js is set up.
    /// Example: `"24"`
    #[serde(default)]
    pub node: Option<VersionAxis>,
    /// Bun versions; a list becomes an axis of the matrix.
    ///
    /// Default: no Bun is set up.
    /// Example: `"1.4"`
    #[serde(default)]
    pub bun: Option<VersionAxis>,
    /// Rust toolchains; a list becomes an axis of the matrix.
    ///
    /// Default: no Rust is set up.
    /// Example: `"1.95"`
    #[serde(default)]
    pub rust: Option<VersionAxis>,
    /// Go versions; a list becomes an axis of the matrix.
    ///
    /// Default: no Go is set up.
    /// Example: `"1.26"`
    #[serde(default)]
    pub go: Option<VersionAxis>,
    /// Java versions, as Eclipse Temurin; a list becomes an axis of the matrix.
    ///
    /// Default: no Java is set up.
    /// Example: `["21", "25"]`
    #[serde(default)]
    pub java: Option<VersionAxis>,
    /// Ruby versions; a list becomes an axis of the matrix.
    ///
    /// Default: no Ruby is set up.
    /// Example: `["3.4", "4.0"]`
    #[serde(default)]
    pub ruby: Option<VersionAxis>,
    /// .NET SDKs; a list becomes an axis of the matrix. Without a list, the newest SDK of the machine or that of
    /// `global.json` is used.
    ///
    /// Default: no .NET is set up.
    /// Example: `"10.0"`
    #[serde(default)]
    pub dotnet: Option<VersionAxis>,
    /// Deno versions; a list becomes an axis of the matrix.
    ///
    /// Default: no Deno is set up.
    /// Example: `"2.9"`
    #[serde(default)]
    pub deno: Option<VersionAxis>,
    /// Custom toolchain: the steps that set it up.
    ///
    /// Default: no further toolchain.
    /// Example: `{ steps = [{ run = "./tools/install-zig" }] }`
    #[serde(default)]
    pub custom: Option<Custom>,
    /// Installation of the dependencies.
    ///
    /// Default: nothing is installed.
    /// Example: `{ pip = ["requirements.txt"] }`
    #[serde(default)]
    pub install: Install,
    /// Environment variables of every job of the component.
    ///
    /// Example: `{ ENVIRONMENT = "test" }`
    #[serde(default)]
    pub env: IndexMap<String, RunValue>,
    /// Checkout of the component's jobs and tests.
    ///
    /// Default: `project.checkout`.
    /// Example: `{ depth = "full" }`
    #[serde(default)]
    pub checkout: Option<Checkout>,
    /// System packages, installed before everything else.
    ///
    /// Example: `{ apt = ["libpq-dev"] }`
    #[serde(default)]
    #[schemars(extend("default" = {}))]
    pub packages: Packages,
    /// Condition of the component's checks: a table of events, branches, labels and changes, or a list of them. Where it
    /// does not hold, they do not block a merge. Test runs have their own.
    ///
    /// Default: every run.
    /// Example: `{ event = ["push", "merge-group"] }`
    #[serde(default)]
    pub when: Option<Condition>,
    /// Commands that must succeed. Each is a separate step, and all of them run.
    ///
    /// Example: `{ lint = "ruff check .", types = "mypy ." }`
    #[serde(default)]
    pub checks: Table<String>,
    /// Runner labels of the component's jobs; a list becomes an axis of the matrix.
    ///
    /// Default: `project.runs-on`.
    /// Example: `["ubuntu-24.04", "macos-15"]`
    #[serde(default)]
    pub runs_on: Option<RunsOn>,
    /// Timeout of the component's job.
    ///
    /// Default: `project.timeout`.
    /// Example: `"20m"`
    #[serde(default)]
    pub timeout: Option<Duration>,
    /// Steps before the dependencies are installed.
    ///
    /// Example: `[{ run = "./tools/prepare" }]`
    #[serde(default)]
    pub before: Vec<Step>,
    /// Steps after the checks.
    ///
    /// Example: `[{ run = "./tools/report" }]`
    #[serde(default)]
    pub after: Vec<Step>,
}

fn here() -> String {
    ".".to_owned()
}

/// A toolchain that is not built in.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Custom {
    /// Steps that set the toolchain up.
    ///
    /// Example: `[{ run = "./tools/install-zig" }]`
    #[schemars(length(min = 1))]
    pub steps: Vec<Step>,
    /// Versions, which become an axis of the matrix; steps read the version from `VERSION`.
    ///
    /// Default: the steps run once, without a version.
    /// Example: `["0.15", "0.16"]`
    #[serde(default)]
    pub versions: Option<VersionAxis>,
}

/// Installation of dependencies, at the versions of the lock file.
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
    /// Default: uv is not run; an empty list installs the lock file.
    /// Example: `["--all-extras"]`
    #[serde(default)]
    pub uv: Option<Vec<String>>,
    /// Further arguments of `poetry install`.
    ///
    /// Default: poetry is not run; an empty list installs the lock file.
    /// Example: `["--with", "test"]`
    #[serde(default)]
    pub poetry: Option<Vec<String>>,
    /// Further arguments of `npm ci`.
    ///
    /// Default: npm is not run; an empty list installs the lock file.
    /// Example: `[]`
    #[serde(default)]
    pub npm: Option<Vec<String>>,
    /// Further arguments of `pnpm install --frozen-lockfile`.
    ///
    /// Default: pnpm is not run; an empty list installs the lock file.
    /// Example: `["--filter", "web"]`
    #[serde(default)]
    pub pnpm: Option<Vec<String>>,
    /// Further arguments of `yarn install --immutable`, or `--frozen-lockfile` where `yarn.lock` is of Yarn 1.
    ///
    /// Default: yarn is not run; an empty list installs the lock file.
    /// Example: `[]`
    #[serde(default)]
    pub yarn: Option<Vec<String>>,
    /// Further arguments of `bun install --frozen-lockfile`.
    ///
    /// Default: bun is not run; an empty list installs the lock file.
    /// Example: `[]`
    #[serde(default)]
    pub bun: Option<Vec<String>>,
    /// Further arguments of `mvn test-compile`, which downloads the dependencies and compiles. If the component's folder or
    /// a parent folder has the wrapper `mvnw`, it is used instead of `mvn`.
    ///
    /// Default: Maven is not run.
    /// Example: `["--activate-profiles", "ci"]`
    #[serde(default)]
    pub maven: Option<Vec<String>>,
    /// Further arguments of `gradle testClasses`, which downloads the dependencies and compiles. If the component's folder
    /// or a parent folder has the wrapper `gradlew`, it is used instead of `gradle`.
    ///
    /// Default: Gradle is not run.
    /// Example: `["--configuration-cache"]`
    #[serde(default)]
    pub gradle: Option<Vec<String>>,
    /// Further arguments of `bundle install`, with a frozen `Gemfile.lock`.
    ///
    /// Default: Bundler is not run; an empty list installs the lock file.
    /// Example: `[]`
    #[serde(default)]
    pub bundler: Option<Vec<String>>,
    /// Further arguments of `dotnet restore`, in locked mode where a project has a `packages.lock.json`.
    ///
    /// Default: nothing is restored before the first command that needs it.
    /// Example: `["--runtime", "linux-x64"]`
    #[serde(default)]
    pub dotnet: Option<Vec<String>>,
    /// Further arguments of `deno install --frozen`.
    ///
    /// Default: deno is not run; an empty list installs the lock file.
    /// Example: `[]`
    #[serde(default)]
    pub deno: Option<Vec<String>>,
    /// Custom command.
    ///
    /// Default: no command.
    /// Example: `"make deps"`
    #[serde(default)]
    pub run: Option<String>,
}
