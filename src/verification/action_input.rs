//! An action is given inputs that it has, and all that it asks for.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};

pub(crate) struct ActionInput;

impl Rule for ActionInput {
    fn code(&self) -> Code {
        Code("action-input")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/action-input.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for used in &set.actions {
            let Some(known) = used.known else { continue };
            for (name, _) in &used.action.with {
                match known.input(name) {
                    None => {
                        let message = format!("`{}` has no input `{name}`", known.name);
                        let help = match known.inputs {
                            [] => "it takes no inputs: leave `with` out".to_owned(),
                            inputs => did_you_mean(name, inputs.iter().map(|input| input.name)),
                        };
                        found.push(Diagnostic::error(self.code(), used.at_input(name), message).help(help));
                    }
                    Some(input) if input.deprecated => {
                        let message = format!("the input `{name}` of `{}` is going away", known.name);
                        let help = "leave it out; the release notes of the action name its replacement";
                        found.push(Diagnostic::warning(self.code(), used.at_input(name), message).help(help));
                    }
                    Some(_) => {}
                }
            }
            for required in known.required_inputs().filter(|required| used.input(required.name).is_none()) {
                let message = format!("`{}` is not given its input `{}`", known.name, required.name);
                let help = format!("add `with = {{ {} = \"…\" }}`", required.name);
                let at = used.step.origin.clone();
                found.push(Diagnostic::error(self.code(), at, message).help(help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{action, breaks, clean, passes, steps};

    fn with(name: &str, inputs: &[(&str, &str)]) -> crate::workflow::Workflow {
        let mut workflow = clean();
        steps(&mut workflow).push(action(name, inputs));
        workflow
    }

    #[test]
    fn unknown_missing_and_deprecated() {
        passes(&with("taiki-e/install-action", &[("tool", "cargo-nextest@0.9.143")]));
        breaks("action-input", &with("taiki-e/install-action", &[]));
        let found = breaks("action-input", &with("actions/setup-python", &[("python-verison", "3.12")]));
        assert_eq!(found[0].help.as_deref(), Some("did you mean `python-version`?"));
        let found = breaks("action-input", &with("azure/setup-helm", &[("token", "x")]));
        assert!(!found[0].is_error());
    }

    #[test]
    fn an_action_that_nobody_knows_may_take_anything() {
        passes(&with("someone/some-action", &[("anything", "x")]));
    }
}
