//! Node.js, with npm or pnpm.

use super::toolchain::{Installer, SetUp, Toolchain};
use crate::definition::{Axis, Component};
use crate::sources::below;
use crate::supplies::Supplies;
use crate::workflow::{Step, pairs};

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

    fn versions<'a>(&self, component: &'a Component) -> Option<&'a Axis> {
        component.node.as_ref()
    }

    fn installers(&self) -> &'static [Installer] {
        &[
            Installer {
                key: "npm",
                template: "steps/npm.sh",
                exec: &["npx", "--no", "--"],
                words: |install| install.npm.as_ref(),
            },
            Installer {
                key: "pnpm",
                template: "steps/pnpm.sh",
                exec: &["pnpm", "exec"],
                words: |install| install.pnpm.as_ref(),
            },
        ]
    }

    fn lock_files(&self) -> &'static [&'static str] {
        &["package-lock.json", "pnpm-lock.yaml", "yarn.lock"]
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
        let manager = match (&install.pnpm, &install.npm) {
            (Some(_), _) => Some(("pnpm", "pnpm-lock.yaml")),
            (None, Some(_)) => Some(("npm", "package-lock.json")),
            (None, None) => None,
        };
        if install.pnpm.is_some() {
            let with = pairs![("package_json_file", below(set_up.folder, "package.json"))];
            steps.push(set_up.uses("Set up pnpm", "pnpm/action-setup", with, supplies));
        }
        let mut with = pairs![("node-version", set_up.version)];
        match manager.filter(|_| set_up.shares_cache()) {
            Some((manager, lock)) => {
                with.extend(pairs![("cache", manager), ("cache-dependency-path", below(set_up.folder, lock))]);
            }
            None => with.extend(pairs![("package-manager-cache", "false")]),
        }
        steps.push(set_up.uses("Set up Node.js", "actions/setup-node", with, supplies));
        steps
    }
}
