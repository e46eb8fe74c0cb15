//! The runner `command` has a command and reports, and no other runner has them.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, entries};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct CommandMissing;

const CODE: Code = Code("command-missing");

impl Check for CommandMissing {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/command-missing.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        entries(&ROOT, "tests", &subject.definition.tests, &mut |at, name, run| {
            let given = run.command.as_deref().is_some_and(|command| !command.trim().is_empty());
            if run.runner == "command" && !given {
                let message = format!("`{name}` has no command to run");
                let help = "add `command = \"./run-tests --part $SHARD/$SHARDS --junit $JUNIT\"`";
                found.push(Diagnostic::error(CODE, at.key("runner").at(), message).help(help));
            } else if run.runner != "command" && run.command.is_some() {
                let message = format!("`{}` builds its own command", run.runner);
                let help = "remove `command` and pass the rest as `args`, or write `runner = \"command\"`";
                found.push(Diagnostic::error(CODE, at.key("command").at(), message).help(help));
            }
            if run.runner != "command" && !run.results.is_empty() {
                let message = format!("`{}` writes its own report", run.runner);
                let help = "remove `results`, or write `runner = \"command\"` and its `command`";
                found.push(Diagnostic::error(CODE, at.key("results").at(), message).help(help));
            }
        });
    }
}
