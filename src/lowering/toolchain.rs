//! Language set-up and dependencies: the steps that make a job ready for a component.

use super::{Axes, Context};
use crate::definition::{Axis, Component};
use crate::trace::{Effect, Origin};
use crate::workflow::{Pairs, Runner, Script, Step, Value, When, pairs};
use minijinja::context;

/// Whether a job publishes: caches that others can write are then left alone.
///
/// Source: <https://docs.zizmor.sh/audits/#cache-poisoning>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// It builds and tests.
    Builds,
    /// It publishes.
    Publishes,
}

impl Context<'_> {
    /// The steps that set a component's toolchain up and install its dependencies.
    ///
    /// `build` names what the job builds: builds of other kinds do not share a cache.
    pub(crate) fn ready(
        &self,
        component: &Component,
        axes: &Axes,
        origin: &Origin,
        trust: Trust,
        build: &str,
    ) -> Vec<Step> {
        let folder = self.path(&component.path);
        let mut steps = Vec::new();
        if let Some(versions) = &component.python {
            self.python_toolchain(component, versions, axes, origin, trust, &mut steps);
        }
        if let Some(versions) = &component.node {
            self.node_toolchain(component, &chosen(axes, "node", versions), origin, trust, &mut steps);
        }
        if let Some(versions) = &component.rust {
            steps.push(self.rust_toolchain(&folder, &chosen(axes, "rust", versions), origin));
            if trust == Trust::Builds {
                steps.push(self.rust_cache(&folder, &chosen(axes, "rust", versions), origin, build));
            }
        }
        if let Some(versions) = &component.go {
            let mut with = pairs![("go-version", chosen(axes, "go", versions))];
            match trust {
                Trust::Builds => with.extend(pairs![("cache-dependency-path", within(&folder, "go.mod"))]),
                Trust::Publishes => with.extend(pairs![("cache", "false")]),
            }
            steps.push(Step::uses("Set up Go", self.action("actions/setup-go", with, origin), origin.clone()));
        }
        if let Some(custom) = &component.custom {
            let at = origin.clone().then("custom").then("steps");
            let mut own = self.steps(&custom.steps, &folder, &at, Effect::None);
            if let Some(versions) = &custom.versions {
                let version = chosen(axes, "version", versions);
                for step in own.iter_mut().filter(|step| step.env.iter().all(|(name, _)| name != "VERSION")) {
                    step.env.push(("VERSION".to_owned(), version.clone()));
                }
            }
            steps.extend(own);
        }
        steps.extend(self.steps(&component.before, &folder, &origin.clone().then("before"), Effect::None));
        steps.extend(self.install(component, &folder, origin));
        steps
    }

    fn python_toolchain(
        &self,
        component: &Component,
        versions: &Axis,
        axes: &Axes,
        origin: &Origin,
        trust: Trust,
        steps: &mut Vec<Step>,
    ) {
        let folder = self.path(&component.path);
        let version = &chosen(axes, "python", versions);
        if component.install.uv.is_some() {
            let uv = self.tool("uv", origin);
            let mut with = pairs![("version", &uv.version), ("python-version", version)];
            // On any other machine the action compares with the hashes that it carries itself.
            if let Some(hash) = platform(&axes.runner).and_then(|platform| uv.sha256(platform)) {
                with.extend(pairs![("checksum", hash)]);
            }
            let cache = if trust == Trust::Builds { "true" } else { "false" };
            with.extend(pairs![("enable-cache", cache), ("cache-dependency-glob", within(&folder, "uv.lock"))]);
            steps.push(Step::uses("Set up uv", self.action("astral-sh/setup-uv", with, origin), origin.clone()));
            return;
        }
        let mut with = pairs![("python-version", version)];
        if component.install.poetry.is_some() {
            let poetry = self.tool("poetry", origin);
            let install = self.script("steps/poetry.sh", context! { version => poetry.version });
            steps.push(Step::run("Install Poetry", install, origin.clone()));
        }
        if trust == Trust::Builds {
            let locks = if let Some(files) = &component.install.pip {
                files.iter().map(|file| within(&folder, file)).collect::<Vec<_>>().join("\n")
            } else {
                within(&folder, "poetry.lock")
            };
            let cache = if component.install.poetry.is_some() { "poetry" } else { "pip" };
            if component.install.pip.is_some() || component.install.poetry.is_some() {
                with.extend(pairs![("cache", cache), ("cache-dependency-path", locks)]);
            }
        }
        steps.push(Step::uses("Set up Python", self.action("actions/setup-python", with, origin), origin.clone()));
    }

    fn node_toolchain(
        &self,
        component: &Component,
        version: &Value,
        origin: &Origin,
        trust: Trust,
        steps: &mut Vec<Step>,
    ) {
        let folder = self.path(&component.path);
        let mut with = pairs![("node-version", version)];
        let (manager, lock) = match (&component.install.pnpm, &component.install.npm) {
            (Some(_), _) => (Some("pnpm"), "pnpm-lock.yaml"),
            (None, Some(_)) => (Some("npm"), "package-lock.json"),
            (None, None) => (None, ""),
        };
        if manager == Some("pnpm") {
            let with = pairs![("package_json_file", within(&folder, "package.json"))];
            steps.push(Step::uses("Set up pnpm", self.action("pnpm/action-setup", with, origin), origin.clone()));
        }
        match (manager, trust) {
            (Some(manager), Trust::Builds) => {
                with.extend(pairs![("cache", manager), ("cache-dependency-path", within(&folder, lock))]);
            }
            _ => with.extend(pairs![("package-manager-cache", "false")]),
        }
        steps.push(Step::uses("Set up Node.js", self.action("actions/setup-node", with, origin), origin.clone()));
    }

    fn rust_toolchain(&self, folder: &str, version: &Value, origin: &Origin) -> Step {
        let script = self.script("steps/rust.sh", context! { folders => folders_up(folder) });
        Step::run("Set up Rust", script, origin.clone()).env([("RUST_VERSION", version)])
    }

    /// A cache for one kind of build: a key that exists is never saved again, so the first job that saved it decides
    /// what all others restore.
    ///
    /// Source: <https://github.com/Swatinem/rust-cache/blob/v2.9.2/src/save.ts>, `isCacheUpToDate`
    fn rust_cache(&self, folder: &str, version: &Value, origin: &Origin, build: &str) -> Step {
        let mut with: Pairs = Vec::new();
        if !folder.is_empty() {
            with.extend(pairs![("workspaces", folder)]);
        }
        let key = Value::from(self.project()) + "_" + build + "_" + version;
        with.extend(pairs![("shared-key", key), ("save-if", self.restorable())]);
        Step::uses("Restore build cache", self.action("Swatinem/rust-cache", with, origin), origin.clone())
    }

    /// The condition under which a cache can be restored by other branches: on those that pull requests go to.
    ///
    /// Source: <https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching>, restrictions for
    /// accessing a cache
    fn restorable(&self) -> When {
        let exact = |branch: &&String| !branch.contains(['*', '?', '[', ']', '!', '+']);
        let branches = &self.definition.project.branches;
        let named: Vec<When> = branches.iter().filter(exact).map(|branch| When::branch(branch)).collect();
        if named.is_empty() { When::branch(self.deploying_branch()) } else { When::Any(named) }
    }

    fn install(&self, component: &Component, folder: &str, origin: &Origin) -> Vec<Step> {
        let at = origin.clone().then("install");
        let install = &component.install;
        let mut steps = Vec::new();
        let mut push = |template: &str, words: &[String], key: &str| {
            let script = self.script(template, context! { words => words.to_vec() });
            steps.push(Step::run("Install dependencies", script, at.clone().then(key)).folder(folder));
        };
        let ways = [
            ("pip", "steps/pip.sh", &install.pip),
            ("uv", "steps/uv.sh", &install.uv),
            ("poetry", "steps/poetry-install.sh", &install.poetry),
            ("npm", "steps/npm.sh", &install.npm),
            ("pnpm", "steps/pnpm.sh", &install.pnpm),
        ];
        for (key, template, words) in ways {
            if let Some(words) = words {
                push(template, words, key);
            }
        }
        if let Some(run) = &install.run {
            steps.push(Step::run("Install dependencies", Script::new(run), at.then("run")).folder(folder));
        }
        steps
    }
}

/// The version of a toolchain in a job: the axis, or the one there is.
fn chosen(axes: &Axes, name: &str, versions: &Axis) -> Value {
    if axes.matrix.iter().any(|(axis, _)| axis == name) {
        Value::matrix(name)
    } else if versions.values.iter().any(|version| axes.label.is_text(version)) {
        axes.label.clone()
    } else {
        versions.last().into()
    }
}

/// The platform of a machine, as the lock names it; none for one that the lock has no hashes for, or that is an axis.
fn platform(runner: &Runner) -> Option<&'static str> {
    let Runner::Label(label) = runner else { return None };
    let ubuntu = label.literal()?.strip_prefix("ubuntu-")?;
    Some(if ubuntu.ends_with("-arm") { "linux-arm64" } else { "linux-amd64" })
}

/// A folder and all above it, the nearest first.
fn folders_up(folder: &str) -> Vec<String> {
    let mut folders = Vec::new();
    let mut rest = folder;
    while !rest.is_empty() {
        folders.push(format!("./{rest}"));
        rest = rest.rsplit_once('/').map_or("", |(above, _)| above);
    }
    folders.push(".".to_owned());
    folders
}

/// A file in a folder, from the root of the repository.
pub(crate) fn within(folder: &str, file: &str) -> String {
    if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") }
}
