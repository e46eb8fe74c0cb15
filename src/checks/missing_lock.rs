//! A package manager that installs by its lock file has one.

use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::diagnostics::{Code, Diagnostic};
use crate::sources::{closest, join};
use crate::toolchains;

pub(crate) struct MissingLock;

const CODE: Code = Code("missing-lock");

impl Check for MissingLock {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/missing-lock.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "components", &subject.definition.components, &mut |at, name, component| {
            for installer in toolchains::installers() {
                // A step before the installation may write the file.
                let may_be_written = !component.before.is_empty();
                let Some(lock) = installer.lock.as_ref().filter(|_| !may_be_written) else { continue };
                if (installer.words)(&component.install).is_none() || has_lock(subject, &component.path, lock.names) {
                    continue;
                }
                let usual = lock.names.first().copied().unwrap_or_default();
                let message = format!("`{name}` has no {usual}: `{}` would fail", lock.installs);
                let at = at.key("install").key(installer.key).at().key();
                let help = format!(
                    "run `{}` and commit the file, or write `install = {{ run = \"{}\" }}`",
                    lock.writes, lock.without
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
    closest(subject.sources.tree.as_ref(), &own, locks).is_some()
}
