//! Scripts contain no expressions: values reach them by variables.

use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::StepKind;

pub(crate) struct ScriptExpression;

impl Rule for ScriptExpression {
    fn code(&self) -> Code {
        Code("script-expression")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/script-expression.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (_, job) in set.jobs() {
            for step in job.steps() {
                if let StepKind::Run(run) = &step.kind
                    && run.script.as_str().contains("${{")
                {
                    let message = format!("GitHub would paste a value into the script of the step `{}`", step.name);
                    found.push(Diagnostic::error(self.code(), step.origin.clone(), message).help(FAULT));
                }
            }
        }
        for used in &set.actions {
            for (name, value) in &used.action.with {
                if value.literal().is_none() && CODE.iter().any(|(action, input)| used.is(action) && name == input) {
                    let message = format!("GitHub would paste a value into the code that `{}` runs", used.action.name);
                    let help = "give the value to the step by `env`, and let the code read it there";
                    found.push(Diagnostic::error(self.code(), used.at_input(name), message).help(help));
                }
            }
        }
    }
}

/// Inputs of actions that are run as code.
///
/// Source: <https://docs.zizmor.sh/audits/#template-injection>
const CODE: &[(&str, &str)] = &[
    ("actions/github-script", "script"),
    ("azure/cli", "inlineScript"),
    ("azure/powershell", "inlineScript"),
    ("jannekem/run-python-script-action", "script"),
    ("cardinalby/js-eval-action", "expression"),
    ("appleboy/ssh-action", "script"),
    ("addnab/docker-run-action", "run"),
    ("mikefarah/yq", "cmd"),
    ("nick-fields/retry", "command"),
];

#[cfg(test)]
mod tests {
    use super::super::tests::{action, breaks, clean, passes, run, steps};
    use crate::workflow::{Github, Script, StepKind, Value};

    #[test]
    fn a_value_in_a_script() {
        let mut workflow = clean();
        let mut step = run("Greet", "true");
        if let StepKind::Run(run) = &mut step.kind {
            run.script = Script::unchecked("echo ${{ github.head_ref }}");
        }
        steps(&mut workflow).push(step);
        breaks("script-expression", &workflow);
    }

    #[test]
    fn a_value_in_an_input_that_is_code() {
        let mut workflow = clean();
        steps(&mut workflow).push(action("actions/github-script", &[("script", "core.info(process.env.TITLE)")]));
        passes(&workflow);
        let mut script = action("actions/github-script", &[]);
        if let StepKind::Uses(action) = &mut script.kind {
            action.with.push(("script".to_owned(), Value::from("core.info('") + Github::Actor + "')"));
        }
        steps(&mut workflow).push(script);
        breaks("script-expression", &workflow);
    }
}
