//! One file per toolchain: its keys, the steps that set it up, what installs its packages.

mod bun;
mod go;
mod node;
mod python;
mod rust;
#[cfg(test)]
mod tests;
mod toolchain;

pub(crate) use bun::Bun;
pub(crate) use go::Go;
pub(crate) use node::Node;
pub(crate) use python::Python;
pub(crate) use rust::Rust;
pub(crate) use toolchain::{CacheUse, Installer, SetUp, Toolchain};

use minijinja::context;

use crate::definition::{Component, VersionAxis};
use crate::supplies::Supplies;
use crate::trace::Origin;
use crate::workflow::{Script, Step};

/// Every toolchain, in the order in which a job sets them up.
pub(crate) const TOOLCHAINS: &[&dyn Toolchain] = &[&Python, &Node, &Bun, &Rust, &Go];

/// Versions of a toolchain in a component.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Versions<'a> {
    /// The key that lists them.
    pub(crate) key: &'static str,
    /// Name of their axis.
    pub(crate) axis: &'static str,
    /// The versions, oldest first by convention.
    pub(crate) values: &'a VersionAxis,
}

/// Returns the versions that a component lists: those of its toolchains, then those of `custom`.
pub(crate) fn versions(component: &Component) -> impl Iterator<Item = Versions<'_>> {
    let known = TOOLCHAINS.iter().filter_map(|toolchain| {
        let key = toolchain.key();
        toolchain.versions(component).map(|values| Versions { key, axis: key, values })
    });
    let custom = component.custom.as_ref().and_then(|custom| custom.versions.as_ref());
    known.chain(custom.map(|values| Versions { key: "custom", axis: "version", values }))
}

/// Returns the toolchain of this key.
pub(crate) fn toolchain(key: &str) -> Option<&'static dyn Toolchain> {
    TOOLCHAINS.iter().copied().find(|toolchain| toolchain.key() == key)
}

/// Returns the installer of this key.
pub(crate) fn installer(key: &str) -> Option<&'static Installer> {
    installers().find(|installer| installer.key == key)
}

/// Returns every installer, in the order of their toolchains.
pub(crate) fn installers() -> impl Iterator<Item = &'static Installer> {
    TOOLCHAINS.iter().flat_map(|toolchain| toolchain.installers())
}

/// Returns the names of a toolchain's lock files.
pub(crate) fn lock_files(toolchain: &dyn Toolchain) -> impl Iterator<Item = &'static str> {
    let locks = toolchain.installers().iter().filter_map(|installer| installer.lock.as_ref());
    locks.flat_map(|lock| lock.names).chain(toolchain.other_locks()).copied()
}

/// Returns the words before a program among a component's packages.
pub(crate) fn exec(component: &Component, toolchains: &[&str]) -> Vec<&'static str> {
    let needed = TOOLCHAINS.iter().filter(|toolchain| toolchains.contains(&toolchain.key()));
    let mut installers = needed.flat_map(|toolchain| toolchain.installers());
    let used = installers.find(|installer| (installer.words)(&component.install).is_some());
    used.map_or(Vec::new(), |installer| installer.exec.to_vec())
}

/// Returns the steps that install a component's packages.
pub(crate) fn install(component: &Component, folder: &str, origin: &Origin, supplies: &dyn Supplies) -> Vec<Step> {
    let at = origin.clone().then("install");
    let step = |script: Script, key| Step::run("Install dependencies", script, at.clone().then(key)).folder(folder);
    let mut steps: Vec<Step> = installers()
        .filter_map(|installer| {
            let words = (installer.words)(&component.install)?;
            Some(step(supplies.short(installer.template, context! { words => words.clone() }), installer.key))
        })
        .collect();
    steps.extend(component.install.run.as_ref().map(|run| step(Script::new(run), "run")));
    steps
}
