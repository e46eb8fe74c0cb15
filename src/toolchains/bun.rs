//! Bun, with its own package manager.

use super::toolchain::{Installer, LockFile, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::supplies::Supplies;
use crate::workflow::{Step, pairs};

pub(crate) struct Bun;

impl Toolchain for Bun {
    fn key(&self) -> &'static str {
        "bun"
    }

    fn title(&self) -> &'static str {
        "Bun"
    }

    fn example(&self) -> &'static str {
        "1.4"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.bun.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[Installer {
            key: "bun",
            template: "steps/bun.sh",
            lock: Some(LockFile {
                names: &["bun.lock", "bun.lockb"],
                installs: "bun install --frozen-lockfile",
                writes: "bun install",
                without: "bun install --no-frozen-lockfile",
            }),
            exec: &["bunx", "--no-install"],
            words: |install| install.bun.as_ref(),
            ..Installer::BY_LOCK
        }]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["js", "mjs", "ts"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &["port: "]
    }

    /// The action keeps the program itself in a cache, which a job that publishes leaves alone.
    ///
    /// Source: <https://github.com/oven-sh/setup-bun/blob/v2.2.0/action.yml>, `no-cache`
    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let mut with = pairs![("bun-version", set_up.version)];
        if !set_up.shares_cache() {
            with.extend(pairs![("no-cache", "true")]);
        }
        vec![set_up.uses("Set up Bun", "oven-sh/setup-bun", with, supplies)]
    }
}
