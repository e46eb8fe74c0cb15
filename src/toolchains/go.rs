//! Go.

use super::toolchain::{Installer, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::sources::below;
use crate::supplies::Supplies;
use crate::workflow::{Step, pairs};

pub(crate) struct Go;

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

    fn extensions(&self) -> &'static [&'static str] {
        &["go"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &["\":", "\"0.0.0.0:"]
    }

    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let mut with = pairs![("go-version", set_up.version)];
        if set_up.shares_cache() {
            with.extend(pairs![("cache-dependency-path", below(set_up.folder, "go.mod"))]);
        } else {
            with.extend(pairs![("cache", "false")]);
        }
        vec![set_up.uses("Set up Go", "actions/setup-go", with, supplies)]
    }
}
