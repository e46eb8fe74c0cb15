//! .NET.

use super::toolchain::{Installer, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::sources::below;
use crate::supplies::Supplies;
use crate::workflow::{Step, Value, pairs};

pub(crate) struct Dotnet;

impl Toolchain for Dotnet {
    fn key(&self) -> &'static str {
        "dotnet"
    }

    fn title(&self) -> &'static str {
        ".NET"
    }

    fn example(&self) -> &'static str {
        "10.0"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.dotnet.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[Installer {
            key: "dotnet",
            template: "steps/dotnet.sh",
            inner_lock: Some("packages.lock.json"),
            words: |install| install.dotnet.as_ref(),
            ..Installer::BY_LOCK
        }]
    }

    fn other_locks(&self) -> &'static [&'static str] {
        &["packages.lock.json"]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["cs", "fs"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &[]
    }

    /// The newest SDK of the machine wins, and GitHub's have several: with a list of versions, each is installed to a
    /// folder without others. A single one stays beside those of the machine, whose runtimes older targets need.
    ///
    /// The action's cache is keyed by lock files, and fails without one.
    ///
    /// Source: <https://github.com/actions/setup-dotnet/blob/v6.0.0/README.md>, `DOTNET_INSTALL_DIR`, and
    /// `src/cache-restore.ts`
    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let mut with = pairs![("dotnet-version", set_up.version)];
        let has_lock = set_up.locks.iter().any(|(key, _)| *key == "dotnet");
        if has_lock && set_up.shares_cache() {
            let files = below(set_up.folder, "**/packages.lock.json");
            with.extend(pairs![("cache", "true"), ("cache-dependency-path", files)]);
        }
        let step = set_up.uses("Set up .NET", "actions/setup-dotnet", with, supplies);
        let is_alone = set_up.component.dotnet.as_ref().is_some_and(|versions| versions.is_matrix());
        vec![if is_alone { step.env([("DOTNET_INSTALL_DIR", Value::temp("dotnet"))]) } else { step }]
    }
}
