//! Restoring never waits for a person.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, entries};
use crate::definition::Definition;
use crate::diagnostics::{Code, Diagnostic, Location};

pub(crate) struct RollbackNeedsApproval;

const CODE: Code = Code("rollback-needs-approval");

impl Check for RollbackNeedsApproval {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/rollback-needs-approval.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "environments", &definition.environments, &mut |at, name, environment| {
            let Some(approval) = &environment.approval else { return };
            let Some((owner, place)) = holder(definition, approval) else { return };
            let message = if owner.eq_ignore_ascii_case(name) {
                format!("reviewers of `{approval}` would be asked before `{name}` could be restored")
            } else {
                format!("reviewers of `{approval}` would be asked wherever its secrets are used")
            };
            let help = format!("put the reviewers on a separate environment: `approval = \"{name}-approval\"`");
            let diagnostic = Diagnostic::error(CODE, at.key("approval").at(), message);
            found.push(diagnostic.related(place, "it holds secrets here").help(help));
        });
    }
}

/// Tables that keep secrets in a GitHub environment of this name; GitHub ignores case.
fn holder(definition: &Definition, approval: &str) -> Option<(String, Location)> {
    let mut found: Option<(String, Location)> = None;
    let mut holds = |name: &str, at: &dyn Fn() -> Location| {
        if found.is_none() && name.eq_ignore_ascii_case(approval) {
            found = Some((name.to_owned(), at()));
        }
    };
    entries(&ROOT, "environments", &definition.environments, &mut |at, name, _| holds(name, &|| at.at().key()));
    let mut named = |at: &walk::Trail<'_>, environment: Option<&String>| {
        if let Some(environment) = environment {
            holds(environment, &|| at.key("environment").at());
        }
    };
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| named(at, it.environment.as_ref()));
    entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| named(at, it.environment.as_ref()));
    entries(&ROOT, "images", &definition.images, &mut |at, _, it| named(at, it.environment.as_ref()));
    walk::jobs(definition, &mut |at, _, it| named(at, it.environment.as_ref()));
    found
}
