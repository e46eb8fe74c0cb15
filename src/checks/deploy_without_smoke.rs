//! A deploy is smoke tested.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic, listed};

pub(crate) struct DeployWithoutSmoke;

const CODE: Code = Code("deploy-without-smoke");

impl Check for DeployWithoutSmoke {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/deploy-without-smoke.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            if environment.smoke.is_none() {
                let message = format!("a version of `{name}` counts as verified without having answered a request");
                let smoke: Vec<&str> = definition.smoke.keys().map(crate::definition::Name::as_str).collect();
                let help = match smoke.as_slice() {
                    [] => "declare `[smoke.api]`, and add `smoke = \"api\"` here".to_owned(),
                    [only] => format!("add `smoke = \"{only}\"`"),
                    several => format!("add `smoke` with one of {}", listed(several)),
                };
                found.push(Diagnostic::warning(CODE, at.at().key(), message).help(help));
            }
        });
    }
}
