//! A build argument is one name and one line.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries, values};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct BuildArg;

const CODE: Code = Code("build-arg");

impl Check for BuildArg {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/build-arg.md")
    }

    /// The action reads one argument a line, and cuts blanks off both ends.
    ///
    /// Source: <https://github.com/docker/actions-toolkit/blob/v0.62.1/src/util.ts>, `getList`.
    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "images", &subject.definition.images, &mut |at, _, image| {
            values(at, "build-args", &image.build_args, &mut |at, value| {
                let given = value.literal().or_else(|| value.externals().find_map(|from| from.default.as_deref()));
                let Some(text) = given else { return };
                let (message, help) = if text.contains(char::is_control) {
                    ("a build argument is one line, and this one has a line break or another control character", {
                        "pass what has several lines as a file of the build's context"
                    })
                } else if text.trim() != text {
                    ("the blanks around this build argument would be lost", "remove them")
                } else {
                    return;
                };
                found.push(Diagnostic::error(CODE, at.at(), message).help(help));
            });
        });
    }
}
