//! Every path stays within the repository.

use super::check::{Check, Subject};
use super::support::paths;
use crate::diagnostics::{Code, Diagnostic};
use crate::sources;

pub(crate) struct PathOutside;

const CODE: Code = Code("path-outside");

impl Check for PathOutside {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/path-outside.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        paths::each(subject, &mut |at, it| {
            if sources::join(it.base, it.text).is_none() {
                let why = if it.text.starts_with('/') {
                    "is absolute"
                } else if it.text.contains('\\') {
                    "is not written with `/`"
                } else {
                    "leaves the repository"
                };
                let message = format!("`{}` {why}", it.text);
                let help = format!("write a path from {}, with `/` between folders", it.from());
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            }
        });
    }
}
