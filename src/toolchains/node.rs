//! Node.js, with npm, pnpm or yarn.

use super::toolchain::{Installer, LockFile, SetUp, Toolchain};
use crate::definition::{Component, VersionAxis};
use crate::sources::{below, folder};
use crate::supplies::Supplies;
use crate::workflow::{Script, Step, pairs};

pub(crate) struct Node;

impl Toolchain for Node {
    fn key(&self) -> &'static str {
        "node"
    }

    fn title(&self) -> &'static str {
        "Node.js"
    }

    fn example(&self) -> &'static str {
        "24"
    }

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a VersionAxis> {
        component.node.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[
            Installer {
                key: "npm",
                template: "steps/npm.sh",
                lock: Some(LockFile {
                    names: &["package-lock.json", "npm-shrinkwrap.json"],
                    installs: "npm ci",
                    writes: "npm install",
                    without: "npm install",
                }),
                exec: &["npx", "--no", "--"],
                words: |install| install.npm.as_ref(),
                ..Installer::BY_LOCK
            },
            Installer {
                key: "pnpm",
                template: "steps/pnpm.sh",
                lock: Some(LockFile {
                    names: &["pnpm-lock.yaml"],
                    installs: "pnpm install --frozen-lockfile",
                    writes: "pnpm install",
                    without: "pnpm install --no-frozen-lockfile",
                }),
                exec: &["pnpm", "exec"],
                words: |install| install.pnpm.as_ref(),
                ..Installer::BY_LOCK
            },
            Installer {
                key: "yarn",
                template: "steps/yarn.sh",
                lock: Some(LockFile {
                    names: &["yarn.lock"],
                    installs: "yarn install --immutable",
                    writes: "yarn install",
                    without: "yarn install",
                }),
                // Yarn 1 prints a header into the output of a program, unless it is silent.
                exec: &["yarn", "run", "--silent"],
                words: |install| install.yarn.as_ref(),
                ..Installer::BY_LOCK
            },
        ]
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["js", "mjs", "cjs", "ts"]
    }

    fn port_signs(&self) -> &'static [&'static str] {
        &[".listen("]
    }

    fn set_up(&self, set_up: &SetUp<'_>, supplies: &dyn Supplies) -> Vec<Step> {
        let install = &set_up.component.install;
        let mut steps = Vec::new();
        let manager = self.installers().iter().find(|installer| (installer.words)(install).is_some());
        let cached = manager.and_then(|manager| Some((manager.key, *manager.lock.as_ref()?.names.first()?)));
        if install.pnpm.is_some() {
            // `packageManager` is in the root of a workspace, beside its lock file.
            let lock = set_up.lock("pnpm", "pnpm-lock.yaml");
            let with = pairs![("package_json_file", below(folder(&lock), "package.json"))];
            steps.push(set_up.uses("Set up pnpm", "pnpm/action-setup", with, supplies));
        }
        if install.yarn.is_some() && set_up.yarn.needs_corepack {
            // setup-node asks yarn for its cache, so this comes first.
            let at = set_up.origin.clone().then("install").then("yarn");
            steps.push(Step::run("Enable Corepack", Script::new("corepack enable yarn"), at));
        }
        let mut with = pairs![("node-version", set_up.version)];
        match cached.filter(|_| set_up.shares_cache()) {
            Some((manager, lock)) => {
                with.extend(pairs![("cache", manager), ("cache-dependency-path", set_up.lock(manager, lock))]);
            }
            None => with.extend(pairs![("package-manager-cache", "false")]),
        }
        steps.push(set_up.uses("Set up Node.js", "actions/setup-node", with, supplies));
        steps
    }
}
