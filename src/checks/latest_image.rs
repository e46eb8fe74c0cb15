//! An image is named with a version.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, Trail, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct LatestImage;

const CODE: Code = Code("latest-image");

impl Check for LatestImage {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/latest-image.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut image = |at: &Trail<'_>, image: &str| {
            let last = image.rsplit('/').next().unwrap_or_default();
            if image.contains('@') || image.trim().is_empty() {
                return;
            }
            let message = match last.split_once(':') {
                None => format!("`{image}` names no version"),
                Some((_, "latest")) => format!("`{image}` is a moving tag: each pull may get another image"),
                Some(_) => return,
            };
            let name = image.strip_suffix(":latest").unwrap_or(image);
            let help = format!("name the version that you mean, as in `\"{name}:1.2\"`");
            found.push(Diagnostic::warning(CODE, at.at(), message).help(help));
        };
        entries(&ROOT, "services", &definition.services, &mut |at, _, service| {
            image(&at.key("image"), service.image.as_deref().unwrap_or_default());
        });
        walk::jobs(definition, &mut |at, _, job| {
            if let Some(container) = &job.container {
                image(&at.key("container"), &container.image);
            }
        });
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
            if let Some(backup) = &environment.backup {
                image(&at.key("backup").key("image"), &backup.image);
            }
        });
    }
}
