//! The trait of toolchains, and what their steps are made from.

use super::yarn::Yarn;
use crate::definition::{Component, Install, VersionAxis};
use crate::sources::below;
use crate::supplies::Supplies;
use crate::trace::Origin;
use crate::workflow::{Pairs, Step, Value, When};

/// A language with its tools.
pub(crate) trait Toolchain: Sync {
    /// Its key in `[components.<name>]`, which is the name of its axis, too.
    fn key(&self) -> &'static str;
    /// Its name for people.
    fn title(&self) -> &'static str;
    /// The example of a version, for the help of errors.
    fn example(&self) -> &'static str;
    /// Its versions in a component.
    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis>;
    /// Tools that install its packages.
    fn installers(&self) -> &'static [Installer];
    /// Lock files of tools that are no installer of it: `init` knows by them that a folder has its own dependencies.
    fn other_locks(&self) -> &'static [&'static str] {
        &[]
    }
    /// Files in a folder or above it that choose the versions of its dependencies, besides lock files of installers.
    fn workspace_files(&self) -> &'static [&'static str] {
        &[]
    }
    /// Endings of its sources.
    fn extensions(&self) -> &'static [&'static str];
    /// Texts of its sources before the port that a server listens on.
    fn port_signs(&self) -> &'static [&'static str];
    /// Returns whether the action that sets it up installs the packages as well, with their cache.
    fn installs(&self, _component: &Component, _cache: CacheUse) -> bool {
        false
    }
    /// The steps that set it up, with their caches.
    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step>;
}

/// A tool that installs packages from its lock file.
pub(crate) struct Installer {
    /// Its key in `install`.
    pub(crate) key: &'static str,
    /// The template of its step.
    pub(crate) template: &'static str,
    /// Name of its step.
    pub(crate) step: &'static str,
    /// Its lock file, where it needs one.
    pub(crate) lock: Option<LockFile>,
    /// Lock file of each project below the folder, which it can do without.
    pub(crate) inner_lock: Option<&'static str>,
    /// Its program, and the wrapper that a repository may have in its place.
    pub(crate) program: Option<Program>,
    /// The words before a program that it installed; none where the program is on the path.
    pub(crate) exec: &'static [&'static str],
    /// Its words in a component, where the component uses it.
    pub(crate) words: fn(&Install) -> Option<&Vec<String>>,
}

impl Installer {
    /// An installer by a lock file, which is its only step.
    pub(super) const BY_LOCK: Self = Self {
        key: "",
        template: "",
        step: "Install dependencies",
        lock: None,
        inner_lock: None,
        program: None,
        exec: &[],
        words: |_| None,
    };
}

/// A program that a repository may bring as a script.
pub(crate) struct Program {
    /// Its name on the path.
    pub(crate) name: &'static str,
    /// The script.
    pub(crate) wrapper: &'static str,
}

/// A file of an installer, by the installer's key.
pub(crate) type InstallerFile = (&'static str, String);

/// The lock file of an installer that stops without one.
pub(crate) struct LockFile {
    /// Its names; the first is the usual one.
    pub(crate) names: &'static [&'static str],
    /// The command that stops without it.
    pub(crate) installs: &'static str,
    /// The command that writes it.
    pub(crate) writes: &'static str,
    /// The command that installs without it.
    pub(crate) without: &'static str,
}

/// The use of caches that other jobs can write.
///
/// Source: <https://docs.zizmor.sh/audits/#cache-poisoning>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CacheUse {
    /// A job that builds and tests shares them.
    Shared,
    /// A job that publishes leaves them alone.
    Isolated,
}

impl CacheUse {
    /// Returns the use of caches in a job that publishes, or in one that does not.
    pub(crate) fn of(publishes: bool) -> Self {
        if publishes { Self::Isolated } else { Self::Shared }
    }
}

/// A component in a job.
pub(crate) struct SetUp<'a> {
    /// The component.
    pub(crate) component: &'a Component,
    /// Its folder from the root of the repository; empty at the root.
    pub(crate) folder: &'a str,
    /// Lock files of its installers, from the root, each by the installer's key.
    pub(crate) locks: &'a [InstallerFile],
    /// Files of the workspace that the folder belongs to, from the root.
    pub(crate) workspace: &'a [String],
    /// Yarn, where it installs the packages.
    pub(crate) yarn: Yarn,
    /// The version, or that of the job's axis.
    pub(crate) version: &'a Value,
    /// Platform of the machine, as the lock names it; none for one that the lock has no hashes for.
    pub(crate) platform: Option<&'static str>,
    /// The use of caches.
    pub(crate) cache: CacheUse,
    /// Name of what the job builds: builds of other kinds do not share a cache.
    pub(crate) build: &'a str,
    /// The condition under which other branches can restore a cache.
    pub(crate) restorable: &'a When,
    /// The place of the component.
    pub(crate) origin: &'a Origin,
}

impl SetUp<'_> {
    /// Returns the lock file of an installer: the one that it reads, else the one that a step writes to the folder.
    pub(crate) fn lock(&self, key: &str, usual: &str) -> String {
        let read = self.locks.iter().find(|(installer, _)| *installer == key);
        read.map_or_else(|| below(self.folder, usual), |(_, lock)| lock.clone())
    }

    /// Returns a step that runs an action.
    pub(crate) fn uses(&self, title: &str, action: &str, with: Pairs, supplies: &dyn Supplies) -> Step {
        Step::uses(title, supplies.action(action, with, self.origin), self.origin.clone())
    }

    /// Returns whether caches are shared.
    pub(crate) fn shares_cache(&self) -> bool {
        self.cache == CacheUse::Shared
    }
}
