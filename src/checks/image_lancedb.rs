//! `LanceDB` is a library, not a server.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct ImageLancedb;

const CODE: Code = Code("image-lancedb");

impl Check for ImageLancedb {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/image-lancedb.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "services", &subject.definition.services, &mut |at, _, service| {
            let Some(image) = &service.image else { return };
            let name = image.strip_prefix("docker.io/").unwrap_or(image);
            if name.split(['/', ':', '@']).next() == Some("lancedb") {
                let message = format!("`{image}` is no server: LanceDB runs in the process that uses it");
                let help = "write `preset = \"lancedb-object-store\"`, or `\"lancedb-embedded\"` for a folder";
                found.push(Diagnostic::error(CODE, at.key("image").at(), message).help(help));
            }
        });
    }
}
