//! `[components]`: folders from the root of the repository, and the axes of their jobs.

use super::axes::Axes;
use super::scope::Scope;
use crate::definition::{Component as Written, Name, RunsOn};
use crate::sources;
use crate::toolchains::{Installer, InstallerFile, TOOLCHAINS, Yarn, installers, versions};

/// A component.
#[derive(Debug)]
pub(crate) struct Component<'a> {
    /// Its name.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a Written,
    /// Its folder from the root of the repository; empty at the root.
    pub(crate) folder: String,
    /// Lock files that its installers read, each by the installer's key: in its folder, or above it, as of a workspace.
    pub(crate) locks: Vec<InstallerFile>,
    /// Scripts that its installers are run by, each by the installer's key: in its folder, or above it.
    pub(crate) wrappers: Vec<InstallerFile>,
    /// Files of the workspace that its toolchains read besides: in its folder, or above it.
    pub(crate) workspace: Vec<String>,
    /// Yarn, where it is an installer.
    pub(crate) yarn: Yarn,
    /// Axes of the component's job.
    pub(crate) axes: Axes<'a>,
    /// Time limit of the component's job, in minutes.
    pub(crate) minutes: u64,
}

impl<'a> Component<'a> {
    /// Returns the component; none for one outside of the repository.
    pub(super) fn of(scope: &Scope<'a>, name: &'a Name, written: &'a Written) -> Option<Self> {
        let versions = versions(written).max_by_key(|versions| versions.values.values.len());
        let machines = written.runs_on.as_ref().unwrap_or(&scope.definition.project.runs_on);
        let folder = scope.names.folder(&written.path)?;
        let used: Vec<&Installer> = installers().filter(|tool| (tool.words)(&written.install).is_some()).collect();
        let tree = scope.sources.tree.as_ref();
        let lock = |installer: &&Installer| {
            let shared = installer.lock.as_ref().and_then(|lock| sources::closest(tree, &folder, lock.names));
            let found = shared.or_else(|| find_below(tree, &folder, installer.inner_lock?))?;
            Some((installer.key, found))
        };
        let wrapper = |installer: &&Installer| {
            let name = installer.program.as_ref()?.wrapper;
            Some((installer.key, sources::closest(tree, &folder, &[name])?))
        };
        let locks: Vec<InstallerFile> = used.iter().filter_map(lock).collect();
        let set_up = TOOLCHAINS.iter().filter(|toolchain| toolchain.versions(written).is_some());
        let files = set_up.flat_map(|toolchain| toolchain.workspace_files());
        let yarn = locks.iter().find(|(key, _)| *key == "yarn");
        Some(Self {
            name,
            written,
            workspace: files.filter_map(|name| sources::closest(tree, &folder, &[*name])).collect(),
            yarn: yarn.map(|(_, lock)| Yarn::of(tree, lock)).unwrap_or_default(),
            locks,
            wrappers: used.iter().filter_map(wrapper).collect(),
            folder,
            axes: Axes { versions, machines },
            minutes: scope.minutes(written.timeout),
        })
    }

    /// Returns whether `ci.yml` has a job of it: it has checks, or steps after them.
    pub(crate) fn has_job(&self) -> bool {
        !self.written.checks.is_empty() || !self.written.after.is_empty()
    }

    /// Returns the lock files and files of workspaces outside of its folder: a change of one affects it.
    pub(crate) fn locks_above(&self) -> impl Iterator<Item = &str> {
        let inside = format!("{}/", self.folder);
        let locks = self.locks.iter().map(|(_, lock)| lock).chain(&self.workspace).map(String::as_str);
        locks.filter(move |lock| inside != "/" && !lock.starts_with(&inside))
    }

    /// Returns the axes of another job of the component, on machines that it may name itself.
    pub(crate) fn axes_on(&self, machines: Option<&'a RunsOn>) -> Axes<'a> {
        Axes { machines: machines.unwrap_or(self.axes.machines), ..self.axes.clone() }
    }

    /// Returns whether the jobs of a version may fail.
    pub(crate) fn may_fail(&self, version: &str) -> bool {
        versions(self.written).any(|versions| versions.values.optional.iter().any(|value| value == version))
    }

    /// Returns whether a version is one of the component's.
    pub(crate) fn has_version(&self, version: &str) -> bool {
        versions(self.written).any(|versions| versions.values.values.iter().any(|value| value == version))
    }
}

/// Folders that hold no sources of a project.
const NO_SOURCES: &[&str] = &["bin/", "obj/", "node_modules/"];

/// Depth of the folders in which a file is looked for.
const DEEPEST: usize = 6;

/// Returns a file of this name in a folder or below it.
fn find_below(tree: &dyn sources::Tree, folder: &str, name: &str) -> Option<String> {
    let mut waiting = vec![(folder.to_owned(), 0)];
    while let Some((here, depth)) = waiting.pop() {
        let file = sources::below(&here, name);
        if tree.exists(&file) {
            return Some(file);
        }
        let names = tree.list(&here).into_iter().rev().filter(|_| depth < DEEPEST);
        let folders = names.filter(|name| !name.starts_with('.') && !NO_SOURCES.contains(&name.as_str()));
        waiting.extend(folders.filter_map(|name| Some((sources::below(&here, name.strip_suffix('/')?), depth + 1))));
    }
    None
}
