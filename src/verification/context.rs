//! An expression uses the contexts and functions that its key may use.

use super::place::Key;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, closest, listed};
use crate::workflow::expression::function;

pub(crate) struct Context;

impl Rule for Context {
    fn code(&self) -> Code {
        Code("context")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/context.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for place in &set.places {
            let allowed = contexts(place.key);
            for used in &place.read.contexts {
                if !allowed.iter().any(|name| used.is(name)) {
                    let message = format!("{} uses `{used}`, which GitHub does not know there", place.described());
                    let help = match closest(used.root, CONTEXTS.iter().copied()) {
                        Some(known) if known != used.root && allowed.contains(&known) => {
                            format!("did you mean `{known}`?")
                        }
                        _ if allowed.is_empty() => "no expression can stand there".to_owned(),
                        _ => format!("{} can stand there", listed(allowed)),
                    };
                    found.push(place.error(self.code(), message).help(format!("{help}; {FAULT}")));
                }
            }
            for call in &place.read.calls {
                let Some(function) = function(call.name) else { continue };
                let refused = function.is_status && !matches!(place.key, Key::JobCondition | Key::StepCondition)
                    || function.name == "hashFiles" && !matches!(place.key, Key::StepCondition | Key::Step);
                if refused {
                    let message =
                        format!("{} calls `{}`, which GitHub does not know there", place.described(), function.name);
                    found.push(place.error(self.code(), message).help(FAULT));
                }
            }
        }
    }
}

/// Every context.
const CONTEXTS: &[&str] =
    &["github", "needs", "strategy", "matrix", "job", "runner", "env", "vars", "secrets", "steps", "inputs", "jobs"];

/// The contexts that a key may use.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability>
fn contexts(key: Key) -> &'static [&'static str] {
    match key {
        Key::Plain => &[],
        Key::Workflow => &["github", "inputs", "vars"],
        Key::JobCondition | Key::Matrix => &["github", "needs", "vars", "inputs"],
        Key::Job => &["github", "needs", "strategy", "matrix", "vars", "inputs"],
        Key::JobEnv => &["github", "needs", "strategy", "matrix", "vars", "inputs", "secrets"],
        Key::EnvironmentUrl | Key::StepCondition => {
            &["github", "needs", "strategy", "matrix", "vars", "inputs", "job", "runner", "env", "steps"]
        }
        Key::ServiceEnv => {
            &["github", "needs", "strategy", "matrix", "vars", "inputs", "secrets", "job", "runner", "env"]
        }
        Key::JobOutput | Key::Step => {
            &["github", "needs", "strategy", "matrix", "vars", "inputs", "secrets", "job", "runner", "env", "steps"]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, job, passes, set_env, steps};
    use crate::workflow::{Environment, Work};

    #[test]
    fn a_secret_in_a_condition() {
        let mut workflow = clean();
        first_step(&mut workflow).condition = Some("env.TOKEN != ''".to_owned());
        passes(&workflow);
        first_step(&mut workflow).condition = Some("secrets.TOKEN != ''".to_owned());
        breaks("context", &with_environment(workflow));
    }

    #[test]
    fn variables_of_a_job_know_neither_steps_nor_variables() {
        for value in ["${{ env.OTHER }}", "${{ steps.none.outcome }}", "${{ runner.temp }}"] {
            let mut workflow = clean();
            set_env(&mut workflow, "VALUE", value);
            assert!(breaks("context", &workflow).iter().all(|found| found.help.is_some()));
        }
    }

    #[test]
    fn a_job_condition_knows_no_matrix() {
        let mut workflow = clean();
        job(&mut workflow).condition = Some("runner.os == 'Linux'".to_owned());
        breaks("context", &workflow);
    }

    #[test]
    fn status_functions_stand_in_conditions_alone() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("FAILED".to_owned(), "${{ failure() }}".to_owned()));
        breaks("context", &workflow);
        let mut workflow = clean();
        job(&mut workflow).condition = Some("hashFiles('Cargo.lock') != ''".to_owned());
        breaks("context", &workflow);
    }

    #[test]
    fn the_name_of_a_workflow_is_plain() {
        let mut workflow = clean();
        "${{ github.ref }}".clone_into(&mut workflow.name);
        breaks("context", &workflow);
    }

    #[test]
    fn a_misspelt_context() {
        let mut workflow = clean();
        let step = steps(&mut workflow).last_mut().expect("there is one");
        step.env.push(("REF".to_owned(), "${{ gihub.ref }}".to_owned()));
        let found = breaks("context", &workflow);
        assert!(found[0].help.as_deref().is_some_and(|help| help.starts_with("did you mean `github`?")));
    }

    fn with_environment(mut workflow: crate::workflow::Workflow) -> crate::workflow::Workflow {
        if let Work::Steps { environment, .. } = &mut job(&mut workflow).work {
            *environment = Some(Environment::without_deployment("staging"));
        }
        workflow
    }
}
