//! An environment that answers requests has an address.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SmokeWithoutUrl;

const CODE: Code = Code("smoke-without-url");

impl Check for SmokeWithoutUrl {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/smoke-without-url.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "environments", &subject.definition.environments, &mut |at, name, environment| {
            if environment.smoke.is_some() && environment.url.is_none() {
                let message = format!("`{name}` has no address that its smoke tests could be sent to");
                let variable = name.to_ascii_uppercase().replace('-', "_");
                let help = format!("add `url = {{ var = \"{variable}_URL\" }}`");
                found.push(Diagnostic::error(CODE, at.key("smoke").at(), message).help(help));
            }
        });
    }
}
