//! An image has a registry, and the log-in fits it.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries, items};
use crate::definition::{ImageTag, Login};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct RegistryLogin;

const CODE: Code = Code("registry-login");

impl Check for RegistryLogin {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/registry-login.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "images", &subject.definition.images, &mut |at, _, image| {
            repository(at, &image.repository, &image.login, found);
            items(at, "mirrors", &image.mirrors, &mut |at, mirror| {
                repository(at, &mirror.repository, &mirror.login, found);
                if mirror.repository == image.repository {
                    let message = format!("`{}` is the image's own repository", mirror.repository);
                    found.push(Diagnostic::error(CODE, at.key("repository").at(), message).help("remove the mirror"));
                }
            });
            if let Some(publish) = &image.publish
                && publish.names.iter().all(|name| *name == ImageTag::Latest)
            {
                let message = "`latest` alone moves, and a pre-release never has it";
                let help = "write `as = [\"semver\", \"latest\"]`";
                found.push(Diagnostic::error(CODE, at.key("publish").key("as").at(), message).help(help));
            }
        });
    }
}

/// One repository of an image, with its login.
fn repository(at: &Trail<'_>, repository: &str, login: &Login, found: &mut Vec<Diagnostic>) {
    let host = host(repository);
    let last = repository.rsplit('/').next().unwrap_or_default();
    if last.contains([':', '@']) {
        let message = format!("`{repository}` names a version, and the deploy chooses that itself");
        let bare = repository.split('@').next().unwrap_or_default();
        let bare = bare.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(bare, |(bare, _)| bare);
        let help = format!("write `\"{bare}\"`");
        found.push(Diagnostic::error(CODE, at.key("repository").at(), message).help(help));
    } else if repository.trim().is_empty() {
        // Reported by `empty-text`.
    } else if let Some(why) = wrong(repository) {
        let message = format!("`{}` is not the repository of an image: {why}", repository.escape_debug());
        let lower = repository.to_lowercase();
        let help = if lower != repository && wrong(&lower).is_none() {
            format!("write `\"{lower}\"`")
        } else {
            "write the registry, an owner and a name, as in `\"ghcr.io/acme/backend\"`".to_owned()
        };
        found.push(Diagnostic::error(CODE, at.key("repository").at(), message).help(help));
    } else if *login == Login::Github && host != Some("ghcr.io") {
        let message = format!("the job's own token opens `ghcr.io` alone, not `{}`", host.unwrap_or_default());
        let help =
            "add `login = { username = { var = \"REGISTRY_USER\" }, password = { secret = \"REGISTRY_PASSWORD\" } }`";
        found.push(Diagnostic::error(CODE, at.key("repository").at(), message).help(help));
    }
}

/// Why a text is not a registry and the parts of a name.
///
/// Source: <https://github.com/distribution/reference/blob/v0.6.0/reference.go>, the grammar.
fn wrong(repository: &str) -> Option<&'static str> {
    if repository.contains("://") {
        return Some("it has a scheme");
    }
    let Some(host) = host(repository) else { return Some("it names no registry") };
    let name = repository.get(host.len() + 1..).unwrap_or_default();
    let (domain, port) = host.split_once(':').unwrap_or((host, "443"));
    let label = |label: &str| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !label.is_empty() && label.bytes().all(letters) && !label.starts_with('-') && !label.ends_with('-')
    };
    if !domain.split('.').all(label) || port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some("its registry is not a host");
    }
    if repository.len() > 255 {
        return Some("it is longer than 255 characters");
    }
    (!name.split('/').all(is_part))
        .then_some("a name is made of lower-case letters and digits, with `.`, `_`, `-` between them")
}

/// Returns whether a part of a name is lower-case letters and digits, with one `.`, one or two `_`, or any number of
/// `-` between.
fn is_part(part: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    part.starts_with(plain)
        && part.ends_with(plain)
        && part
            .split(plain)
            .all(|between| matches!(between, "" | "." | "_" | "__") || between.bytes().all(|byte| byte == b'-'))
}

/// The registry of a repository; without one, Docker would mean its own.
fn host(repository: &str) -> Option<&str> {
    let (host, _) = repository.split_once('/')?;
    (host.contains(['.', ':']) || host == "localhost").then_some(host)
}
