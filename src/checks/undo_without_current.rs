//! A migration that a rollback undoes has a command that prints the revision of the schema.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::definition::OnRollback;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct UndoWithoutCurrent;

const CODE: Code = Code("undo-without-current");

impl Check for UndoWithoutCurrent {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/undo-without-current.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "environments", &subject.definition.environments, &mut |at, _, environment| {
            let Some(migrate) = &environment.migrate else { return };
            if matches!(migrate.on_rollback, OnRollback::Run(_)) && migrate.current.is_none() {
                let message = "a rollback would undo a migration without knowing whether there was one";
                let diagnostic = Diagnostic::error(CODE, at.key("migrate").key("on-rollback").at(), message);
                let help = "add `current = \"…\"`, a command that prints the revision of the schema, and use `$REVISION` \
                            in the command of `on-rollback`";
                found.push(diagnostic.help(help));
            }
        });
    }
}
