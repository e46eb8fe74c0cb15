//! Every image is named by its digest.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::workflow::{Value, Work};

pub(crate) struct ImagePin;

impl Rule for ImagePin {
    fn code(&self) -> Code {
        Code("image-pin")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/image-pin.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        let mut wrong = |image: &str, at: &Location, help: String| {
            let message = format!("the image `{image}` is not named by its digest");
            found.push(Diagnostic::error(self.code(), at.clone(), message).help(help));
        };
        for (_, job) in set.jobs() {
            let Work::Steps { container, services, .. } = &job.work else { continue };
            let images = services.iter().map(|service| &service.image).chain(container.iter().map(|it| &it.image));
            for image in images.filter(|image| !is_pinned(image)) {
                let reference = image.split('@').next().unwrap_or_default();
                let help = format!("run `pipewright pins add '{reference}@sha256:<digest>'`");
                wrong(image, &job.origin, help);
            }
        }
        // Two actions start images that their inputs name, and without them a moving one.
        for used in &set.actions {
            let (image, add) = if used.is("docker/setup-qemu-action") {
                (used.input("image").map_or_else(|| "tonistiigi/binfmt".to_owned(), ToString::to_string), "image = \"")
            } else if used.is("docker/setup-buildx-action") && is_container(used.input("driver")) {
                let options = used.input("driver-opts").map(ToString::to_string).unwrap_or_default();
                let image = options.split(['\n', ',']).find_map(|option| option.trim().strip_prefix("image="));
                (image.unwrap_or("moby/buildkit").to_owned(), "driver-opts = \"image=")
            } else {
                continue;
            };
            if !is_pinned(&image) {
                let reference = image.split('@').next().unwrap_or_default();
                wrong(&image, &used.step.origin, format!("write `{add}{reference}@sha256:<digest>\"`"));
            }
        }
    }
}

fn is_container(driver: Option<&Value>) -> bool {
    driver.is_none_or(|driver| driver.is_text("docker-container"))
}

fn is_pinned(image: &str) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let digest = image.split_once("@sha256:").map_or("", |(_, digest)| digest);
    digest.len() == 64 && digest.bytes().all(digit) && digest.bytes().any(|byte| byte != b'0')
}

#[cfg(test)]
mod tests {
    use super::super::tests::{action, breaks, clean, passes, service, steps};

    #[test]
    fn a_service_by_its_tag() {
        let digest = format!("postgres:16-alpine@sha256:{}", "5".repeat(64));
        for (image, pinned) in [(digest.as_str(), true), ("postgres:16-alpine", false), ("postgres@sha256:12", false)] {
            let mut workflow = clean();
            service(&mut workflow, image);
            if pinned {
                passes(&workflow);
            } else {
                breaks("image-pin", &workflow);
            }
        }
    }

    #[test]
    fn images_that_actions_start() {
        let digest = "a".repeat(64);
        let options = format!("network=host\nimage=moby/buildkit:v0.32.2@sha256:{digest}");
        let mut workflow = clean();
        steps(&mut workflow).push(action("docker/setup-buildx-action", &[("driver-opts", &options)]));
        passes(&workflow);
        steps(&mut workflow).push(action("docker/setup-qemu-action", &[]));
        breaks("image-pin", &workflow);
        let mut workflow = clean();
        steps(&mut workflow).push(action("docker/setup-buildx-action", &[]));
        breaks("image-pin", &workflow);
    }
}
