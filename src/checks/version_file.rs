//! The versions of a component fit those that files of the repository name.

use super::check::{Check, Subject};
use super::support::version_files::{Named, Wanted, named, older, same};
use super::support::walk::{ROOT, Trail};
use crate::diagnostics::{Code, Diagnostic};
use crate::toolchains::{Versions, toolchain, versions};

pub(crate) struct VersionFile;

const CODE: Code = Code("version-file");

impl Check for VersionFile {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/version-file.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let table = ROOT.key("components");
        for component in subject.pipeline.components.values() {
            let at = table.key(component.name);
            for asked in versions(component.written) {
                for named in named(subject.sources.tree.as_ref(), &component.folder, asked.key) {
                    found.extend(contradiction(&at, component.name, asked, &named));
                }
            }
        }
    }
}

/// Reports versions of which none, or not every one, fits a file.
fn contradiction(at: &Trail<'_>, name: &str, asked: Versions<'_>, named: &Named) -> Option<Diagnostic> {
    let Named { file, version, wanted } = named;
    let (key, all) = (asked.key, &asked.values.values);
    let title = toolchain(key).map_or(key, |toolchain| toolchain.title());
    let counted = || all.iter().filter(|version| !asked.values.optional.contains(version));
    let message = match wanted {
        Wanted::Same if all.iter().any(|own| same(own, version)) => return None,
        Wanted::Same => format!("`{name}` runs on {title} {}, and `{file}` names {version}", all.join(", ")),
        Wanted::AnyFrom if all.iter().any(|own| !older(own, version)) => return None,
        Wanted::AnyFrom => format!("`{file}` names {title} {version}, and `{name}` runs on {}", all.join(", ")),
        Wanted::AllFrom => {
            let old = counted().find(|own| older(own, version))?;
            format!("`{file}` needs {title} {version} or newer, and `{name}` runs on {old}")
        }
    };
    let help = format!("write `{key} = \"{version}\"`, or change `{file}`");
    Some(Diagnostic::warning(CODE, at.key(key).at(), message).help(help))
}
