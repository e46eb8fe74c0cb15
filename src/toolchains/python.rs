//! Python, by setup-python or by uv.

use minijinja::context;

use super::toolchain::{Installer, LockFile, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::sources::below;
use crate::supplies::Supplies;
use crate::workflow::{Pairs, Step, Value, pairs};

pub(crate) struct Python;

impl Toolchain for Python {
    fn key(&self) -> &'static str {
        "python"
    }

    fn title(&self) -> &'static str {
        "Python"
    }

    fn example(&self) -> &'static str {
        "3.12"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.python.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[
            Installer {
                key: "pip",
                template: "steps/pip.sh",
                lock: None,
                exec: &[],
                words: |install| install.pip.as_ref(),
                ..Installer::BY_LOCK
            },
            Installer {
                key: "uv",
                template: "steps/uv.sh",
                lock: Some(LockFile {
                    names: &["uv.lock"],
                    installs: "uv sync --locked",
                    writes: "uv lock",
                    without: "uv sync",
                }),
                exec: &["uv", "run", "--no-sync"],
                words: |install| install.uv.as_ref(),
                ..Installer::BY_LOCK
            },
            Installer {
                key: "poetry",
                template: "steps/poetry-install.sh",
                // Without one, it resolves the dependencies itself.
                lock: None,
                exec: &["poetry", "run"],
                words: |install| install.poetry.as_ref(),
                ..Installer::BY_LOCK
            },
        ]
    }

    fn other_locks(&self) -> &'static [&'static str] {
        &["poetry.lock", "requirements.txt"]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["py"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &[]
    }

    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        if set_up.component.install.uv.is_some() { vec![uv(set_up, supplies)] } else { python(set_up, supplies) }
    }
}

fn uv(set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Step {
    let uv = supplies.tool("uv", set_up.origin);
    let mut with = Pairs::new();
    with.extend(uv.iter().map(|uv| ("version".to_owned(), Value::from(&uv.version))));
    with.extend(pairs![("python-version", set_up.version)]);
    // On any other machine the action compares with the hashes that it carries itself.
    let platform = set_up.platform;
    let hash = uv.as_ref().and_then(|uv| platform.and_then(|platform| uv.sha256(platform)));
    with.extend(hash.map(|hash| ("checksum".to_owned(), Value::from(hash))));
    let cache = if set_up.shares_cache() { "true" } else { "false" };
    with.extend(pairs![("enable-cache", cache), ("cache-dependency-glob", set_up.lock("uv", "uv.lock"))]);
    set_up.uses("Set up uv", "astral-sh/setup-uv", with, supplies)
}

/// Returns whether a pre-release counts until there is a release; uv falls back to one by itself.
///
/// Source: <https://github.com/actions/setup-python/blob/v7.0.0/docs/advanced-usage.md#allow-pre-releases>
fn prerelease(set_up: &SetUp<'_>) -> Option<Value> {
    let allowed = &set_up.component.python.as_ref()?.prerelease;
    match set_up.version.literal() {
        Some(version) => allowed.iter().any(|other| other == version).then(|| "true".into()),
        None if allowed.is_empty() => None,
        None => Some(set_up.version.clone().is_one_of(allowed).into()),
    }
}

fn python(set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
    let install = &set_up.component.install;
    let mut steps = Vec::new();
    let mut with = pairs![("python-version", set_up.version)];
    if install.poetry.is_some() {
        let version = supplies.tool("poetry", set_up.origin).map(|poetry| poetry.version);
        let script = supplies.short("steps/poetry.sh", context! { version });
        steps.push(Step::run("Install Poetry", script, set_up.origin.clone()));
    }
    with.extend(prerelease(set_up).map(|allowed| ("allow-prereleases".to_owned(), allowed)));
    if set_up.shares_cache() {
        let cache = if install.poetry.is_some() { "poetry" } else { "pip" };
        let files = match (&install.pip, &install.poetry) {
            (Some(files), _) => {
                Some(files.iter().map(|file| below(set_up.folder, file)).collect::<Vec<_>>().join("\n"))
            }
            (None, Some(_)) => Some(below(set_up.folder, "poetry.lock")),
            (None, None) => None,
        };
        if let Some(files) = files {
            with.extend(pairs![("cache", cache), ("cache-dependency-path", files)]);
        }
    }
    steps.push(set_up.uses("Set up Python", "actions/setup-python", with, supplies));
    steps
}
