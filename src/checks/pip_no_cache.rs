//! A cache that a Dockerfile mounts is used.

use super::check::{Check, Subject};
use super::support::dockerfile;
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct PipNoCache;

const CODE: Code = Code("pip-no-cache");

impl Check for PipNoCache {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/pip-no-cache.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "images", &subject.definition.images, &mut |at, _, image| {
            let Some((path, instructions)) = dockerfile::read(subject, image) else { return };
            let mut switched_off = false;
            for it in &instructions {
                let mounts = it.word == "RUN" && it.rest.contains("--mount=type=cache") && it.rest.contains("pip");
                let flag = it.rest.contains("--no-cache-dir");
                if mounts && (flag || switched_off) {
                    let what = if flag { "--no-cache-dir" } else { "PIP_NO_CACHE_DIR" };
                    let message =
                        format!("line {} of `{path}` mounts a cache that `{what}` keeps pip from using", it.line);
                    let place = if image.dockerfile.is_some() { at.key("dockerfile") } else { at.key("context") };
                    let help = format!("remove `{what}`: what is mounted never becomes part of the image");
                    found.push(Diagnostic::warning(CODE, place.at(), message).help(help));
                }
                match it.word.as_str() {
                    "FROM" => switched_off = false,
                    "ENV" | "ARG" if it.rest.contains("PIP_NO_CACHE_DIR") => switched_off = true,
                    _ => {}
                }
            }
        });
    }
}
