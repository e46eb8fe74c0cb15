//! A workflow has a trigger, and the form that starts it is one that GitHub shows.

use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, listed};
use crate::workflow::{ManualInput, ManualKind, Triggers, Workflow};

pub(crate) struct WorkflowTrigger;

impl Rule for WorkflowTrigger {
    fn code(&self) -> Code {
        Code("workflow-trigger")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/workflow-trigger.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for workflow in set.workflows {
            let at = || workflow.origin.clone().then("on");
            if workflow.on == Triggers::default() {
                let message = format!("nothing ever starts `{}`", workflow.file);
                let help =
                    "name a trigger: `tags`, `branches`, `pull-request`, `schedule`, `release`, `manual` or `call`";
                found.push(Diagnostic::error(self.code(), at(), message).help(help));
            }
            let inputs = workflow.on.manual.as_deref().unwrap_or_default();
            if inputs.len() > MOST_INPUTS {
                let message = format!("the form of `{}` has {} inputs", workflow.file, inputs.len());
                let help = "GitHub shows at most 25: leave some out";
                found.push(Diagnostic::error(self.code(), at().then("manual").then("inputs"), message).help(help));
            }
            found.extend(inputs.iter().filter_map(|input| self.choice(workflow, input)));
        }
    }
}

/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#onworkflow_dispatchinputs>
const MOST_INPUTS: usize = 25;

impl WorkflowTrigger {
    fn choice(&self, workflow: &Workflow, input: &ManualInput) -> Option<Diagnostic> {
        let default = input.default.as_deref();
        let (message, help) = match &input.kind {
            ManualKind::Choice(options) if options.is_empty() => {
                (format!("the input `{}` has nothing to choose", input.name), FAULT.to_owned())
            }
            ManualKind::Choice(options) => {
                let other = default.filter(|default| !options.iter().any(|option| option == default))?;
                let message = format!("`{other}` is not among the options of `{}`", input.name);
                (message, format!("choose one of {}", listed(options)))
            }
            ManualKind::Boolean => {
                let other = default.filter(|default| !["true", "false"].contains(default))?;
                (format!("`{other}` is neither yes nor no"), "write `\"true\"` or `\"false\"`".to_owned())
            }
            ManualKind::Number => {
                let other = default.filter(|default| default.parse::<f64>().is_err())?;
                (format!("`{other}` is not a number"), "write a number".to_owned())
            }
            ManualKind::String => return None,
        };
        let at = workflow.origin.clone().then("on").then("manual").then("inputs").then(&input.name).then("default");
        Some(Diagnostic::error(self.code(), at, message).help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, manual, passes};
    use crate::workflow::{ManualInput, ManualKind, Triggers};

    #[test]
    fn a_workflow_that_nothing_starts() {
        let mut workflow = clean();
        workflow.on = Triggers::default();
        breaks("workflow-trigger", &workflow);
    }

    #[test]
    fn more_than_25_inputs() {
        let mut workflow = clean();
        workflow.on.manual = Some((0..25).map(|index| manual(&format!("input-{index}"))).collect());
        passes(&workflow);
        workflow.on.manual = Some((0..26).map(|index| manual(&format!("input-{index}"))).collect());
        breaks("workflow-trigger", &workflow);
    }

    #[test]
    fn a_default_that_cannot_be_chosen() {
        let mut workflow = clean();
        for (kind, fine, wrong) in [
            (ManualKind::Choice(vec!["patch".to_owned(), "minor".to_owned()]), "minor", "mayor"),
            (ManualKind::Boolean, "true", "yes"),
            (ManualKind::Number, "4", "four"),
        ] {
            let input = |default: &str| ManualInput {
                kind: kind.clone(),
                default: Some(default.to_owned()),
                ..manual("level")
            };
            workflow.on.manual = Some(vec![input(fine)]);
            passes(&workflow);
            workflow.on.manual = Some(vec![input(wrong)]);
            breaks("workflow-trigger", &workflow);
        }
        workflow.on.manual = Some(vec![ManualInput { kind: ManualKind::Choice(Vec::new()), ..manual("level") }]);
        breaks("workflow-trigger", &workflow);
    }
}
