//! No secret is built into an image.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries, values};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SecretInBuildArg;

const CODE: Code = Code("secret-in-build-arg");

impl Check for SecretInBuildArg {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/secret-in-build-arg.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "images", &subject.definition.images, &mut |at, _, image| {
            values(at, "build-args", &image.build_args, &mut |at, value| {
                if let Some(secret) = value.externals().find(|value| value.secret) {
                    let message = format!("`{}` could be read from the published image", secret.name);
                    let help = "fetch what needs it in a step of `before`, and copy the result into the image";
                    found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                }
            });
        });
    }
}
