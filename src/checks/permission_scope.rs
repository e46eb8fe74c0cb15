//! A job asks for permissions that a token can have.

use super::check::{Check, Subject};
use super::support::walk;
use crate::definition::Access;
use crate::diagnostics::{Code, Diagnostic, Fix, did_you_mean, misspelt};

pub(crate) struct PermissionScope;

const CODE: Code = Code("permission-scope");

impl Check for PermissionScope {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/permission-scope.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        walk::jobs(subject.definition, &mut |at, _, job| {
            let at = at.key("permissions");
            for (scope, access) in &job.permissions {
                let Some((_, most)) = SCOPES.iter().find(|(name, _)| name == scope) else {
                    let message = format!("a token has no permission `{scope}`");
                    let help = did_you_mean(scope, SCOPES.iter().map(|(name, _)| *name));
                    let place = at.key(scope).at().key();
                    let near = misspelt(scope, SCOPES.iter().map(|(name, _)| *name));
                    let fix = near.map(|near| Fix::rename(place.clone(), near));
                    found.push(Diagnostic::error(CODE, place, message).help(help).fix(fix));
                    continue;
                };
                let (wrong, right) = match (most, access) {
                    (Only::Read, Access::Write) => ("write", "read"),
                    (Only::Write, Access::Read) => ("read", "write"),
                    _ => continue,
                };
                let message = format!("`{scope}` cannot be `{wrong}`");
                found.push(Diagnostic::error(CODE, at.key(scope).at(), message).help(format!("write `\"{right}\"`")));
            }
        });
    }
}

/// Highest access that GitHub offers for a scope.
#[derive(Clone, Copy)]
enum Only {
    Any,
    Read,
    Write,
}

/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#permissions>.
const SCOPES: [(&str, Only); 19] = [
    ("actions", Only::Any),
    ("artifact-metadata", Only::Any),
    ("attestations", Only::Any),
    ("checks", Only::Any),
    ("code-quality", Only::Any),
    ("contents", Only::Any),
    ("copilot-requests", Only::Any),
    ("deployments", Only::Any),
    ("discussions", Only::Any),
    ("drives", Only::Any),
    ("id-token", Only::Write),
    ("issues", Only::Any),
    ("models", Only::Read),
    ("packages", Only::Any),
    ("pages", Only::Any),
    ("pull-requests", Only::Any),
    ("security-events", Only::Any),
    ("statuses", Only::Any),
    ("vulnerability-alerts", Only::Read),
];
