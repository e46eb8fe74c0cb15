//! One file per toolchain: its keys, the steps that set it up, what installs its packages.

mod bun;
mod deno;
mod dotnet;
mod go;
mod java;
mod node;
mod python;
mod ruby;
mod rust;
#[cfg(test)]
mod tests;
mod toolchain;
mod yarn;

pub(crate) use bun::Bun;
pub(crate) use deno::Deno;
pub(crate) use dotnet::Dotnet;
pub(crate) use go::Go;
pub(crate) use java::Java;
pub(crate) use node::Node;
pub(crate) use python::Python;
pub(crate) use ruby::Ruby;
pub(crate) use rust::Rust;
pub(crate) use toolchain::{CacheUse, Installer, InstallerFile, SetUp, Toolchain};
pub(crate) use yarn::Yarn;

use minijinja::context;

use crate::definition::{Component, VersionAxis};
use crate::supplies::Supplies;
use crate::trace::Origin;
use crate::workflow::{Script, Step};

/// Every toolchain, in the order in which a job sets them up.
pub(crate) const TOOLCHAINS: &[&dyn Toolchain] = &[&Python, &Node, &Bun, &Deno, &Rust, &Go, &Java, &Ruby, &Dotnet];

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

/// A component whose packages a job installs.
pub(crate) struct Installation<'a> {
    /// The component.
    pub(crate) component: &'a Component,
    /// Its folder from the root of the repository; empty at the root.
    pub(crate) folder: &'a str,
    /// Lock files of its installers, from the root.
    pub(crate) locks: &'a [InstallerFile],
    /// Wrappers of its installers, from the root.
    pub(crate) wrappers: &'a [InstallerFile],
    /// Yarn, where it is one of them.
    pub(crate) yarn: Yarn,
    /// The use of caches.
    pub(crate) cache: CacheUse,
    /// The place of the component.
    pub(crate) origin: &'a Origin,
}

/// Returns the steps that install a component's packages, those excepted that a setup installs.
pub(crate) fn install(installation: &Installation<'_>, supplies: &dyn Supplies) -> Vec<Step> {
    let component = installation.component;
    let at = installation.origin.clone().then("install");
    let step = |name, script: Script, key| Step::run(name, script, at.clone().then(key)).folder(installation.folder);
    let others = TOOLCHAINS.iter().filter(|toolchain| !toolchain.installs(component, installation.cache));
    let mut steps: Vec<Step> = others
        .flat_map(|toolchain| toolchain.installers())
        .filter_map(|installer| {
            let words = (installer.words)(&component.install)?;
            let values = context! {
                words => words.clone(),
                program => program(installer, installation),
                classic => installation.yarn.is_classic,
                locked => installation.locks.iter().any(|(key, _)| *key == installer.key),
            };
            Some(step(installer.step, supplies.short(installer.template, values), installer.key))
        })
        .collect();
    steps.extend(component.install.run.as_ref().map(|run| step("Install dependencies", Script::new(run), "run")));
    steps
}

/// The program of an installer: the wrapper of the repository from the component's folder, else the one on the path.
fn program(installer: &Installer, installation: &Installation<'_>) -> Option<String> {
    let program = installer.program.as_ref()?;
    let wrapper = installation.wrappers.iter().find(|(key, _)| *key == installer.key);
    Some(wrapper.map_or_else(|| program.name.to_owned(), |(_, file)| relative(installation.folder, file)))
}

/// A file in a folder or above it, from that folder.
fn relative(folder: &str, file: &str) -> String {
    let depth = |folder: &str| folder.split('/').filter(|part| !part.is_empty()).count();
    let (above, name) = file.rsplit_once('/').unwrap_or(("", file));
    match depth(folder).saturating_sub(depth(above)) {
        0 => format!("./{name}"),
        up => format!("{}{name}", "../".repeat(up)),
    }
}
