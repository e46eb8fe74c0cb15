//! Parts of a repository that were found; answers of the user may change any of them.

use std::fmt;

pub use super::test_run::{TestRunner, Tests};
use super::walk::join;
use crate::day::Day;
use crate::definition::Name;
use crate::toolchains;

/// A repository, as detected from its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Project {
    /// Name of the pipeline.
    pub name: Name,
    /// The branch that deploys.
    pub branch: String,
    /// Start of the names of generated files, where the project has workflows of the usual names.
    pub prefix: Option<Name>,
    /// Repository on GitHub, if there is one.
    pub repository: Option<Repository>,
    /// Components.
    pub components: Vec<Component>,
    /// Services.
    pub services: Vec<Service>,
    /// Parts of test runs that have a separate workflow.
    pub suites: Vec<Suite>,
    /// Tests that its own configuration leaves out.
    pub quarantine: Vec<Quarantine>,
    /// Container images.
    pub images: Vec<Image>,
    /// Workloads.
    pub workloads: Vec<Workload>,
    /// Environments.
    pub environments: Vec<Environment>,
    /// `true` if there are manifests of workloads or a chart, with any image.
    pub has_manifests: bool,
    /// Probes of the workloads' own manifests: a name and a path each.
    pub probes: Vec<(Name, String)>,
    /// Files in `.github/workflows`.
    pub workflows: Vec<String>,
    /// Notes for the user, one sentence each.
    pub notes: Vec<String>,
}

impl Project {
    /// Returns whether something that tests, checks or builds was recognised.
    pub fn is_tested(&self) -> bool {
        let mut components = self.components.iter();
        components.any(|component| component.tests.is_some() || !component.checks.is_empty())
            || self.images.iter().any(|image| image.repository.is_some())
    }

    /// Leaves out everything that is deployed; images stay.
    pub fn without_deploys(&mut self) {
        self.workloads.clear();
        self.environments.clear();
        self.probes.clear();
    }
}

/// A repository on GitHub.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// The user or organisation.
    pub owner: String,
    /// Its name.
    pub name: String,
}

/// A language and its tools.
#[derive(Clone, Copy)]
pub struct Toolchain(&'static dyn toolchains::Toolchain);

impl Toolchain {
    /// Python.
    pub const PYTHON: Self = Self(&toolchains::Python);
    /// Node.js.
    pub const NODE: Self = Self(&toolchains::Node);
    /// Rust.
    pub const RUST: Self = Self(&toolchains::Rust);
    /// Go.
    pub const GO: Self = Self(&toolchains::Go);
    /// Bun.
    pub const BUN: Self = Self(&toolchains::Bun);
    /// Deno.
    pub const DENO: Self = Self(&toolchains::Deno);
    /// Java.
    pub const JAVA: Self = Self(&toolchains::Java);
    /// Ruby.
    pub const RUBY: Self = Self(&toolchains::Ruby);
    /// .NET.
    pub const DOTNET: Self = Self(&toolchains::Dotnet);

    /// Returns the key of `[components.<name>]` that sets its version.
    pub fn key(self) -> &'static str {
        self.0.key()
    }

    /// Its name for people.
    pub fn title(self) -> &'static str {
        self.0.title()
    }

    /// Returns the toolchain that is registered.
    pub(super) fn known(self) -> &'static dyn toolchains::Toolchain {
        self.0
    }
}

impl PartialEq for Toolchain {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Toolchain {}

impl fmt::Debug for Toolchain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

/// A folder that is built and checked as one.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its name.
    pub name: Name,
    /// Its folder; empty at the root.
    pub path: String,
    /// Its language.
    pub toolchain: Toolchain,
    /// Versions of the language; none where a further toolchain is all that is set up.
    pub versions: Versions,
    /// A further toolchain, and its version.
    pub also: Option<(Toolchain, Versions)>,
    /// Installation of its dependencies.
    pub install: Option<Install>,
    /// Commands that must succeed.
    pub checks: Vec<(Name, String)>,
    /// Commands that may not succeed yet, each with the reason; they become comments.
    pub unsure: Vec<(Name, String, String)>,
    /// Its tests, where a runner was found.
    pub tests: Option<Tests>,
    /// Dependencies, by the names of its registry.
    pub dependencies: Vec<String>,
    /// `true` if folders below belong to it: a workspace.
    pub workspace: bool,
    /// Start command, if it could be detected.
    pub start: Option<Start>,
    /// Comments for the reader of its table.
    pub hints: Vec<String>,
    /// Further facts from the project's own workflows.
    pub stated: Stated,
}

/// Facts that the project's own workflows state about a component.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stated {
    /// Environment variables of its tests and checks.
    pub env: Vec<(String, String)>,
    /// Labels of the runners that its tests run on, where some are of another system than Ubuntu; they become a comment.
    pub systems: Vec<String>,
    /// System packages.
    pub packages: Vec<String>,
    /// Commands that make a file before the dependencies are installed.
    pub files: Vec<String>,
    /// Further arguments of its test runner.
    pub args: Vec<String>,
    /// Commands before its tests.
    pub before: Vec<String>,
    /// File and line of each key that was taken.
    pub places: Vec<(String, String)>,
}

impl Stated {
    /// Records the place that a key was taken from.
    pub(super) fn took(&mut self, key: &str, place: &dyn fmt::Display) {
        self.places.push((key.to_owned(), place.to_string()));
    }

    /// Returns the place that a key was taken from.
    pub(super) fn place(&self, key: &str) -> Option<&str> {
        self.places.iter().find(|(known, _)| known == key).map(|(_, place)| place.as_str())
    }
}

/// Checks that hold, and those that are only proposed, each with its reason.
pub(super) type Checks = (Vec<(Name, String)>, Vec<(Name, String, String)>);

/// Versions of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    /// The versions, oldest first.
    pub list: Vec<String>,
    /// The file that declares it; none for a guess.
    pub from: Option<String>,
}

/// Installation of dependencies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Install {
    /// Requirement files.
    Pip(Vec<String>),
    /// Further arguments of `uv sync`.
    Uv(Vec<String>),
    /// Further arguments of `poetry install`.
    Poetry(Vec<String>),
    /// By `package-lock.json`.
    Npm,
    /// By `pnpm-lock.yaml`.
    Pnpm,
    /// By `yarn.lock`.
    Yarn,
    /// By `bun.lock`.
    Bun,
    /// By `deno.lock`.
    Deno,
    /// By Maven.
    Maven,
    /// By Gradle.
    Gradle,
    /// By `Gemfile.lock`.
    Bundler,
    /// By `dotnet restore`.
    Dotnet,
    /// A command.
    Run(String),
}

/// Start of a component, for its Dockerfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Program and arguments.
    pub command: Vec<String>,
    /// Target to build: a binary or a package.
    pub build: Option<String>,
}

/// A container beside the tests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its name.
    pub name: Name,
    /// Kind.
    pub kind: ServiceKind,
    /// Environment variables for the tests.
    pub provides: Vec<(String, String)>,
    /// User, password and database of a database.
    pub access: Access,
    /// The image that the compose file names, where it is not the one that is used.
    pub other_image: Option<String>,
}

/// Log-in of a database in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The user.
    pub user: String,
    /// The password.
    pub password: String,
    /// The database.
    pub database: String,
}

impl Default for Access {
    fn default() -> Self {
        let test = || "test".to_owned();
        Self { user: test(), password: test(), database: test() }
    }
}

/// Services that can be written without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceKind {
    /// `PostgreSQL`.
    Postgres,
    /// Redis.
    Redis,
    /// `LanceDB` in the tests' own process.
    LancedbEmbedded,
    /// `LanceDB` on an object store.
    LancedbObjectStore,
}

/// A part of a test run with a separate workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suite {
    /// Its name.
    pub name: Name,
    /// The test run.
    pub of: Name,
    /// Its folders and files, from the component's folder.
    pub paths: Vec<String>,
    /// Services that it needs.
    pub services: Vec<Name>,
}

/// A test that the project's own configuration leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantine {
    /// Its path, from the component's folder.
    pub path: String,
    /// The test run; every one where two components leave out the same path.
    pub of: Option<Name>,
    /// Place that leaves it out.
    pub reason: String,
    /// The day on which that ends.
    pub until: Day,
}

/// A container image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Its name.
    pub name: Name,
    /// The folder that is sent to the builder; empty at the root.
    pub context: String,
    /// The Dockerfile from there, where it is not `Dockerfile`.
    pub dockerfile: Option<String>,
    /// Repository to publish to.
    pub repository: Option<String>,
}

impl Image {
    /// Returns whether it builds a component: from its folder, or by a Dockerfile in it.
    pub(super) fn builds(&self, component: &Component) -> bool {
        self.context == component.path || crate::sources::folder(&self.dockerfile_path()) == component.path
    }

    /// The path of its Dockerfile, from the definition's folder.
    pub(super) fn dockerfile_path(&self) -> String {
        join(&self.context, self.dockerfile.as_deref().unwrap_or("Dockerfile"))
    }
}

/// A workload of a cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    /// Its name.
    pub name: Name,
    /// The image that it runs.
    pub image: Name,
    /// Kind and name of the object.
    pub target: String,
    /// The container in its pods.
    pub container: String,
}

/// A place that it runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Its name.
    pub name: Name,
    /// The environment before it.
    pub after: Option<Name>,
    /// The namespace.
    pub namespace: String,
    /// `true` if a manifest names the namespace.
    pub guessed: bool,
    /// Workloads that are deployed.
    pub deploy: Vec<Name>,
    /// The canary, where the manifests have one.
    pub traffic: Option<Traffic>,
    /// The workload whose image migrates the database.
    pub migrate: Option<Name>,
    /// The backup before a migration.
    pub backup: Option<Backup>,
}

/// A backup of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// The Secret with the URL of the database.
    pub secret: String,
    /// The volume claim that it is written to.
    pub claim: String,
}

/// A canary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Traffic {
    /// The workload whose users are moved.
    pub workload: Name,
    /// The route, by its name.
    pub route: String,
    /// The Service in front of the stable version.
    pub stable: String,
    /// The Service in front of the new version.
    pub canary: String,
    /// Kind and name of the object that runs the new version.
    pub canary_target: String,
}
