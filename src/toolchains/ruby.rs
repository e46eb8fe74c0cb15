//! Ruby, with Bundler.

use super::toolchain::{CacheUse, Installer, LockFile, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::supplies::Supplies;
use crate::workflow::{Step, pairs};

pub(crate) struct Ruby;

impl Toolchain for Ruby {
    fn key(&self) -> &'static str {
        "ruby"
    }

    fn title(&self) -> &'static str {
        "Ruby"
    }

    fn example(&self) -> &'static str {
        "3.4"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.ruby.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[Installer {
            key: "bundler",
            template: "steps/bundler.sh",
            lock: Some(LockFile {
                names: &["Gemfile.lock", "gems.locked"],
                installs: "bundle install with a frozen lock file",
                writes: "bundle lock",
                without: "bundle install",
            }),
            exec: &["bundle", "exec"],
            words: |install| install.bundler.as_ref(),
            ..Installer::BY_LOCK
        }]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["rb"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &[]
    }

    /// setup-ruby keeps the gems in a cache only if it installs them. It does so before the component's own steps, and
    /// without further arguments.
    ///
    /// Source: <https://github.com/ruby/setup-ruby/blob/v1.315.0/bundler.js>, `bundleInstall`
    fn installs(&self, component: &Component, cache: CacheUse) -> bool {
        let is_plain = component.install.bundler.as_ref().is_some_and(Vec::is_empty);
        is_plain && component.before.is_empty() && cache == CacheUse::Shared
    }

    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let mut with = pairs![("ruby-version", set_up.version)];
        if !set_up.folder.is_empty() {
            // It reads the version of Bundler from the lock file there.
            with.extend(pairs![("working-directory", set_up.folder)]);
        }
        if self.installs(set_up.component, set_up.cache) {
            with.extend(pairs![("bundler-cache", "true")]);
        }
        let installs = self.installs(set_up.component, set_up.cache);
        let title = if installs { "Set up Ruby and install dependencies" } else { "Set up Ruby" };
        vec![set_up.uses(title, "ruby/setup-ruby", with, supplies)]
    }
}
