//! Paths of the definition exist in the repository.

use super::check::{Check, Subject};
use super::support::paths::{self, Named};
use crate::diagnostics::{Code, Diagnostic, closest};
use crate::sources;

pub(crate) struct MissingPath;

const CODE: Code = Code("missing-path");

impl Check for MissingPath {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/missing-path.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        paths::each(subject, &mut |at, it| {
            if it.named == Named::Pattern {
                return;
            }
            let Some(path) = sources::join(it.base, it.text) else { return };
            if !subject.sources.tree.exists(&path) {
                let message = format!("there is no `{path}` in the repository");
                let help = nearby(subject, &path).map_or_else(
                    || "create it, or correct the path".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
        });
    }
}

/// Entry of the same folder with the most similar name.
fn nearby(subject: &Subject<'_>, path: &str) -> Option<String> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let names = subject.sources.tree.list(folder);
    let near = closest(name, names.iter().map(|name| name.trim_end_matches('/')))?;
    sources::join(folder, near)
}
