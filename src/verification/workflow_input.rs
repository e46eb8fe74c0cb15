//! An input that an expression reads is one that a trigger declares.

use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::workflow::Workflow;

pub(crate) struct WorkflowInput;

impl Rule for WorkflowInput {
    fn code(&self) -> Code {
        Code("workflow-input")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/workflow-input.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (place, used) in set.uses("inputs") {
            let Some(name) = used.name(0) else { continue };
            if !declared(place.workflow).any(|known| known.eq_ignore_ascii_case(name)) {
                let message = format!("{} reads `{used}`, which no trigger declares", place.described());
                let help = format!("{}; {FAULT}", did_you_mean(name, declared(place.workflow)));
                found.push(place.error(self.code(), message).help(help));
            }
        }
    }
}

fn declared(workflow: &Workflow) -> impl Iterator<Item = &str> {
    let called = workflow.on.call.iter().flatten().map(|input| input.name.as_str());
    called.chain(workflow.on.manual.iter().flatten().map(|input| input.name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, manual, passes};

    #[test]
    fn an_input_that_nobody_declares() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("SEED".to_owned(), "${{ inputs.seed }}".to_owned()));
        breaks("workflow-input", &workflow);
        workflow.on.manual = Some(vec![manual("seed")]);
        passes(&workflow);
    }
}
