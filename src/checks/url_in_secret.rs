//! The address of an environment is not a secret.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct UrlInSecret;

const CODE: Code = Code("url-in-secret");

impl Check for UrlInSecret {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/url-in-secret.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "environments", &subject.definition.environments, &mut |at, name, environment| {
            if let Some(url) = environment.url.as_ref().and_then(|url| url.external()).filter(|url| url.secret) {
                let message = format!("GitHub shows the address of `{name}`, and shows no secret");
                let help = format!("write `url = {{ var = \"{}\" }}`", url.name);
                found.push(Diagnostic::error(CODE, at.key("url").at(), message).help(help));
            }
        });
    }
}
