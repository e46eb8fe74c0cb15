//! `ignore` leaves a component something that touches it.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};
use crate::sources;

pub(crate) struct AllIgnored;

const CODE: Code = Code("all-ignored");

impl Check for AllIgnored {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/all-ignored.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let base = subject.sources.folder();
        entries(&ROOT, "components", &subject.definition.components, &mut |at, name, component| {
            // A component of the files in `watch` alone is one that ignores the rest.
            if !component.watch.is_empty() {
                return;
            }
            let Some(folder) = sources::join(base, &component.path) else { return };
            let whole = |glob: &String| sources::join(base, glob).is_some_and(|glob| is_whole(&glob, &folder));
            if let Some(index) = component.ignore.iter().position(whole) {
                let message = format!("`ignore` leaves nothing in the folder of `{name}` that touches it");
                let diagnostic = Diagnostic::error(CODE, at.key("ignore").index(index).at(), message);
                found.push(diagnostic.help("ignore less, or name in `watch` what touches it"));
            }
        });
    }
}

/// Returns whether a glob matches every file in a folder, by the folder's name or that of one around it.
fn is_whole(glob: &str, folder: &str) -> bool {
    let Some(outer) = glob.strip_suffix("**/*").or_else(|| glob.strip_suffix("**")) else { return false };
    let within = |outer: &str| folder.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    outer.is_empty() || outer.strip_suffix('/').is_some_and(within)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_globs_of_a_whole_folder() {
        for (glob, folder, whole) in [
            ("**", "", true),
            ("**/*", "services/shop", true),
            ("services/**", "services/shop", true),
            ("services/shop/**/*", "services/shop", true),
            ("services/shop/*", "services/shop", false),
            ("services/shop/a/**", "services/shop", false),
            ("services/sh/**", "services/shop", false),
            ("services/shop**", "services/shop", false),
            ("examples/**", "", false),
            ("*", "", false),
        ] {
            assert_eq!(is_whole(glob, folder), whole, "{glob} in {folder:?}");
        }
    }
}
