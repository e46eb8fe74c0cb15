//! A service has an image.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::definition::Preset;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct ServiceImage;

const CODE: Code = Code("service-image");

impl Check for ServiceImage {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/service-image.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "services", &subject.definition.services, &mut |at, name, service| {
            if service.preset.is_none() && service.image.as_deref().is_none_or(|image| image.trim().is_empty()) {
                let message = format!("`{name}` has neither an image nor a preset");
                let help = "add `image = \"postgres:16-alpine\"`, or a `preset`";
                found.push(Diagnostic::error(CODE, at.at().key(), message).help(help));
            }
            if service.preset == Some(Preset::LancedbEmbedded) && service.image.is_some() {
                let message = "LanceDB runs in the test's own process here, so that no image is started";
                let help = "remove `image`, or write `preset = \"lancedb-object-store\"`";
                found.push(Diagnostic::error(CODE, at.key("image").at(), message).help(help));
            }
        });
    }
}
