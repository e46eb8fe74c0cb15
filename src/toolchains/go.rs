//! Go.

use super::toolchain::{Installer, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::sources::below;
use crate::supplies::Supplies;
use crate::workflow::{Step, pairs};

pub(crate) struct Go;

/// Files of a workspace.
const GO_FILES: &[&str] = &["go.work", "go.work.sum"];

impl Toolchain for Go {
    fn key(&self) -> &'static str {
        "go"
    }

    fn title(&self) -> &'static str {
        "Go"
    }

    fn example(&self) -> &'static str {
        "1.26"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.go.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[]
    }

    fn other_locks(&self) -> &'static [&'static str] {
        &["go.sum"]
    }

    fn workspace_files(&self) -> &'static [&'static str] {
        GO_FILES
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["go"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &["\":", "\"0.0.0.0:"]
    }

    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let mut with = pairs![("go-version", set_up.version)];
        if set_up.shares_cache() {
            with.extend(pairs![("cache-dependency-path", dependencies(set_up).join("\n"))]);
        } else {
            with.extend(pairs![("cache", "false")]);
        }
        vec![set_up.uses("Set up Go", "actions/setup-go", with, supplies)]
    }
}

/// The files that name the dependencies of a module, or of all modules of a workspace.
fn dependencies(set_up: &SetUp<'_>) -> Vec<String> {
    let is_root = set_up.workspace.contains(&below(set_up.folder, "go.work"));
    let modules = below(set_up.folder, if is_root { "**/go.mod" } else { "go.mod" });
    let of_go = |file: &&String| GO_FILES.iter().any(|name| file.ends_with(name));
    std::iter::once(modules).chain(set_up.workspace.iter().filter(of_go).cloned()).collect()
}
