//! A step runs a command or uses an action.

use super::check::{Check, Subject};
use super::support::walk;
use crate::definition::Step;
use crate::diagnostics::{Code, Diagnostic, Location};

pub(crate) struct StepKind;

const CODE: Code = Code("step-kind");

impl Check for StepKind {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/step-kind.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        walk::steps(subject.definition, &mut |at, step| {
            let kind = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.trim().is_empty());
            match (kind(&step.run), kind(&step.uses)) {
                (true, true) => found.push(
                    Diagnostic::error(CODE, at.key("uses").at(), "a step cannot both run a command and use an action")
                        .related(at.key("run").at(), "the command")
                        .help("make two steps of it"),
                ),
                (false, false) => found.push(
                    Diagnostic::error(
                        CODE,
                        at.at(),
                        "a step runs a command or uses an action, and this one does neither",
                    )
                    .help("add `run = \"…\"` or `uses = \"owner/action\"`"),
                ),
                (true, false) => for_actions(step, |key| at.key(key).at(), found),
                (false, true) => {
                    for_commands(step, |key| at.key(key).at(), found);
                    if let Some((name, version)) = step.uses.as_deref().and_then(|uses| uses.split_once('@')) {
                        let message =
                            format!("the version of an action is in `pipeline.lock`, and `@{version}` is one");
                        let help = format!("write `uses = \"{name}\"`");
                        found.push(Diagnostic::error(CODE, at.key("uses").at(), message).help(help));
                    }
                }
            }
        });
    }
}

fn for_actions(step: &Step, at: impl Fn(&str) -> Location, found: &mut Vec<Diagnostic>) {
    if !step.with.is_empty() {
        let diagnostic = Diagnostic::error(CODE, at("with"), "a command has no inputs");
        found.push(diagnostic.help("hand the values to it by `env`"));
    }
}

fn for_commands(step: &Step, at: impl Fn(&str) -> Location, found: &mut Vec<Diagnostic>) {
    if step.path.is_some() {
        let diagnostic = Diagnostic::error(CODE, at("path"), "an action has no folder that it runs in");
        found.push(diagnostic.help("remove `path`, or hand the folder to the action by `with`"));
    }
}
