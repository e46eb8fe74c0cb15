//! A package manager that installs by its lock file has one.

use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::definition::Install;
use crate::diagnostics::{Code, Diagnostic};
use crate::sources::join;

pub(crate) struct MissingLock;

const CODE: Code = Code("missing-lock");

/// A package manager: its lock files, the command that stops without one, that which writes one, and an installation that
/// needs none.
struct Manager {
    key: &'static str,
    locks: &'static [&'static str],
    installs: &'static str,
    writes: &'static str,
    without: &'static str,
}

/// Returns whether a component installs its packages with a manager.
type IsUsed = fn(&Install) -> bool;

const MANAGERS: &[(IsUsed, Manager)] = &[
    (
        |install| install.npm.is_some(),
        Manager {
            key: "npm",
            locks: &["package-lock.json", "npm-shrinkwrap.json"],
            installs: "npm ci",
            writes: "npm install",
            without: "npm install",
        },
    ),
    (
        |install| install.pnpm.is_some(),
        Manager {
            key: "pnpm",
            locks: &["pnpm-lock.yaml"],
            installs: "pnpm install --frozen-lockfile",
            writes: "pnpm install",
            without: "pnpm install --no-frozen-lockfile",
        },
    ),
    (
        |install| install.bun.is_some(),
        Manager {
            key: "bun",
            locks: &["bun.lock", "bun.lockb"],
            installs: "bun install --frozen-lockfile",
            writes: "bun install",
            without: "bun install --no-frozen-lockfile",
        },
    ),
    (
        |install| install.uv.is_some(),
        Manager { key: "uv", locks: &["uv.lock"], installs: "uv sync --locked", writes: "uv lock", without: "uv sync" },
    ),
];

impl Check for MissingLock {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/missing-lock.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "components", &subject.definition.components, &mut |at, name, component| {
            for (uses, manager) in MANAGERS {
                // A step before the installation may write the file.
                let may_be_written = !component.before.is_empty();
                if !uses(&component.install) || may_be_written || has_lock(subject, &component.path, manager.locks) {
                    continue;
                }
                let message = format!("`{name}` has no {}: `{}` would fail", manager.locks[0], manager.installs);
                let at = at.key("install").key(manager.key).at().key();
                let help = format!(
                    "run `{}` and commit the file, or write `install = {{ run = \"{}\" }}`",
                    manager.writes, manager.without
                );
                found.push(Diagnostic::error(CODE, at, message).help(help));
            }
        });
    }
}

/// Returns whether a component's folder or one above it, as of a workspace, has one of these files.
fn has_lock(subject: &Subject<'_>, path: &str, locks: &[&str]) -> bool {
    let Some(own) = join(subject.sources.folder(), path) else { return true };
    // A folder that is missing is reported for itself.
    if !own.is_empty() && !subject.sources.tree.exists(&own) {
        return true;
    }
    let mut folder = own.as_str();
    loop {
        if locks.iter().any(|lock| join(folder, lock).is_some_and(|file| subject.sources.tree.exists(&file))) {
            return true;
        }
        if folder.is_empty() {
            return false;
        }
        folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
    }
}
