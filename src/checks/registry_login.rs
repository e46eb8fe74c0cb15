//! An image has a registry, and the log-in fits it.

use super::support::walk::{ROOT, entries};
use super::{Check, Subject};
use crate::definition::Login;
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
            let repository = image.repository.as_str();
            let host = host(repository);
            let last = repository.rsplit('/').next().unwrap_or_default();
            if last.contains([':', '@']) {
                let message = format!("`{repository}` names a version, and the deploy chooses that itself");
                let bare = repository.split('@').next().unwrap_or_default();
                let bare = bare.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')).map_or(bare, |(bare, _)| bare);
                let help = format!("write `\"{bare}\"`");
                found.push(Diagnostic::error(CODE, at.key("repository").at(), message).help(help));
            } else if host.is_none()
                || repository.ends_with('/')
                || repository.bytes().any(|byte| byte.is_ascii_uppercase() || byte == b' ')
            {
                let message = format!("`{repository}` is not a registry, an owner and a name in lower case");
                let help = "write all of them, as in `\"ghcr.io/acme/backend\"`";
                found.push(Diagnostic::error(CODE, at.key("repository").at(), message).help(help));
            } else if image.login == Login::Github && host != Some("ghcr.io") {
                let message = format!("the job's own token opens `ghcr.io` alone, not `{}`", host.unwrap_or_default());
                let help = "add `login = { username = { var = \"REGISTRY_USER\" }, password = { secret = \"REGISTRY_PASSWORD\" } }`";
                found.push(Diagnostic::error(CODE, at.key("repository").at(), message).help(help));
            }
        });
    }
}

/// The registry of a repository; without one, Docker would mean its own.
fn host(repository: &str) -> Option<&str> {
    let (host, name) = repository.split_once('/')?;
    ((host.contains(['.', ':']) || host == "localhost") && !name.is_empty()).then_some(host)
}
