//! Deno.

use super::toolchain::{Installer, LockFile, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::supplies::Supplies;
use crate::workflow::{Step, pairs};

pub(crate) struct Deno;

impl Toolchain for Deno {
    fn key(&self) -> &'static str {
        "deno"
    }

    fn title(&self) -> &'static str {
        "Deno"
    }

    fn example(&self) -> &'static str {
        "2.9"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.deno.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[Installer {
            key: "deno",
            template: "steps/deno.sh",
            lock: Some(LockFile {
                names: &["deno.lock"],
                installs: "deno install --frozen",
                writes: "deno install",
                without: "deno install --frozen=false",
            }),
            words: |install| install.deno.as_ref(),
            ..Installer::BY_LOCK
        }]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["ts", "js", "mjs"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &["port: "]
    }

    /// The cache holds what was downloaded, by the hash of every `deno.lock`.
    ///
    /// Source: <https://github.com/denoland/setup-deno/blob/v2.0.4/src/cache.ts>
    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let mut with = pairs![("deno-version", set_up.version)];
        if set_up.shares_cache() && set_up.component.install.deno.is_some() {
            with.extend(pairs![("cache", "true")]);
        }
        vec![set_up.uses("Set up Deno", "denoland/setup-deno", with, supplies)]
    }
}
