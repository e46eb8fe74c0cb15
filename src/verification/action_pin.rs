//! Every action is named by a full commit, with its version.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::{Action, Commit};

pub(crate) struct ActionPin;

impl Rule for ActionPin {
    fn code(&self) -> Code {
        Code("action-pin")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/action-pin.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        // An action of the repository itself is that of the commit that runs.
        let others = set.actions.iter().filter(|used| !used.action.name.starts_with("$/"));
        for used in others {
            let action = used.action;
            let what = if !is_name(&action.name) {
                "is not the name of an action"
            } else if !is_commit(action) {
                "is not pinned to a full commit"
            } else if !action.pin.as_ref().is_some_and(|pin| is_version(&pin.version)) {
                "is pinned to a commit without its version"
            } else {
                continue;
            };
            let help = format!("run `pipewright pins add '{}@<commit> # vX.Y.Z'`", action.name);
            let message = format!("`{}` {what}", action.name);
            found.push(Diagnostic::error(self.code(), used.step.origin.clone().then("uses"), message).help(help));
        }
    }
}

/// Returns whether it is owner, repository and, for some, a path.
fn is_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    name.split('/').count() >= 2 && name.split('/').all(|part| !part.is_empty() && part.bytes().all(word))
}

fn is_commit(action: &Action) -> bool {
    let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let Some(Commit { sha, .. }) = &action.pin else { return false };
    sha.len() == 40 && sha.bytes().all(digit) && sha.bytes().any(|byte| byte != b'0')
}

fn is_version(version: &str) -> bool {
    version.bytes().any(|byte| byte.is_ascii_digit()) && version.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step};
    use crate::workflow::{Action, Commit, StepKind};

    #[test]
    fn a_tag_a_short_commit_or_no_version() {
        let pin = |action: &mut Action, change: fn(&mut Commit)| action.pin.iter_mut().for_each(change);
        let changes: [&dyn Fn(&mut Action); 7] = [
            &|action| pin(action, |pin| "v7".clone_into(&mut pin.sha)),
            &|action| pin(action, |pin| pin.sha.truncate(12)),
            &|action| pin(action, |pin| pin.sha.make_ascii_uppercase()),
            &|action| pin(action, |pin| pin.sha = "0".repeat(40)),
            &|action| pin(action, |pin| pin.version.clear()),
            &|action| action.pin = None,
            &|action| "actions/check out".clone_into(&mut action.name),
        ];
        for change in changes {
            let mut workflow = clean();
            if let StepKind::Uses(action) = &mut first_step(&mut workflow).kind {
                change(action);
            }
            breaks("action-pin", &workflow);
        }
    }
}
