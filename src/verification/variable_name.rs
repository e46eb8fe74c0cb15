//! An environment variable has a name that a shell can read and GitHub does not set itself.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::workflow::{Pairs, Work};

pub(crate) struct VariableName;

impl Rule for VariableName {
    fn code(&self) -> Code {
        Code("variable-name")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/variable-name.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (_, job) in set.jobs() {
            if let Work::Steps { env, container, services, .. } = &job.work {
                self.names(&job.origin, env, found);
                if let Some(container) = container {
                    self.names(&job.origin, &container.env, found);
                }
                for service in services {
                    self.names(&job.origin, &service.env, found);
                }
            }
            for step in job.steps() {
                self.names(&step.origin, &step.env, found);
            }
        }
    }
}

impl VariableName {
    fn names(&self, at: &Location, env: &Pairs, found: &mut Vec<Diagnostic>) {
        for (name, _) in env {
            let what = if !is_name(name) {
                "is not a name for a variable: use letters, digits and `_`, no digit first"
            } else if is_reserved(name) {
                "is set by GitHub itself, which does not take another value"
            } else {
                continue;
            };
            let at = at.clone().then("env").then(name).key();
            found.push(Diagnostic::error(self.code(), at, format!("`{name}` {what}")).help("choose another name"));
        }
    }
}

fn is_name(name: &str) -> bool {
    let first = |first: char| first.is_ascii_alphabetic() || first == '_';
    // `.` and `-` are in names that programs look up themselves.
    name.starts_with(first) && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte))
}

/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/variables#default-environment-variables>
fn is_reserved(name: &str) -> bool {
    // The one name of them that a step has to be given by hand.
    name != "GITHUB_TOKEN" && (name.starts_with("GITHUB_") || name.starts_with("RUNNER_"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, passes, set_env};
    use crate::workflow::Github;

    #[test]
    fn names_that_are_taken_or_no_names() {
        for name in ["GITHUB_SHA", "RUNNER_TEMP", "2ND", "TWO WORDS", ""] {
            let mut workflow = clean();
            set_env(&mut workflow, name, "x");
            breaks("variable-name", &workflow);
            let mut workflow = clean();
            first_step(&mut workflow).env.push((name.to_owned(), "x".into()));
            breaks("variable-name", &workflow);
        }
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("GITHUB_TOKEN".to_owned(), Github::Token.into()));
        passes(&workflow);
    }
}
