//! A rollback sends a notification.

use super::check::{Check, Subject};
use crate::at;
use crate::definition::Event;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct SilentRollback;

const CODE: Code = Code("silent-rollback");

impl Check for SilentRollback {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/silent-rollback.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let Some(environment) = definition.environments.keys().next() else { return };
        let notify = &definition.notify;
        let slack = notify.slack.as_ref().map(|slack| &slack.on);
        let issue = notify.issue.as_ref().map(|issue| &issue.on);
        if [slack, issue].into_iter().flatten().any(|on| on.contains(&Event::Rollback)) {
            return;
        }
        let (place, help) = match (slack, issue) {
            (Some(_), _) => (at!["notify", "slack", "on"], "add `\"rollback\"`"),
            (None, Some(_)) => (at!["notify", "issue", "on"], "add `\"rollback\"`"),
            (None, None) => (
                at!["environments", environment.as_str()].key(),
                "add `issue = { on = [\"rollback\"] }` or a `slack` webhook to `[notify]`",
            ),
        };
        let message = "a rollback would send no notification";
        found.push(Diagnostic::error(CODE, place, message).help(help));
    }
}
