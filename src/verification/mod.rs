//! One file per rule about lowered workflows: nothing is written that GitHub would refuse, or run in another way than was
//! meant.
//!
//! The help of a rule that only a mistake of lowering can break asks for a report; that of others is the text to type.

mod action_input;
mod action_pin;
mod artifact_name;
mod called_secret;
mod checkout_credentials;
mod concurrency_group;
mod identifier;
mod image_pin;
mod job_needs;
mod matrix_size;
mod missing_permission;
mod nothing_to_do;
mod place;
mod publishing_cache;
mod reference;
mod rule;
mod script_expression;
mod secret_environment;
mod set;
mod text_size;
mod time_limit;
mod unexplained_permission;
mod variable_name;
mod workflow_call;
mod workflow_trigger;

#[cfg(test)]
mod tests;

use crate::diagnostics::Diagnostic;
use crate::workflow::Workflow;

pub(crate) use rule::{FAULT, Rule};
pub(crate) use set::Set;

/// Every rule about lowered workflows.
pub(crate) const RULES: &[&dyn Rule] = &[
    &action_input::ActionInput,
    &action_pin::ActionPin,
    &artifact_name::ArtifactName,
    &called_secret::CalledSecret,
    &checkout_credentials::CheckoutCredentials,
    &concurrency_group::ConcurrencyGroup,
    &identifier::Identifier,
    &image_pin::ImagePin,
    &job_needs::JobNeeds,
    &matrix_size::MatrixSize,
    &missing_permission::MissingPermission,
    &nothing_to_do::NothingToDo,
    &publishing_cache::PublishingCache,
    &reference::Reference,
    &script_expression::ScriptExpression,
    &secret_environment::SecretEnvironment,
    &text_size::TextSize,
    &time_limit::TimeLimit,
    &unexplained_permission::UnexplainedPermission,
    &variable_name::VariableName,
    &workflow_call::WorkflowCall,
    &workflow_trigger::WorkflowTrigger,
];

/// The page of every rule, by its name.
pub fn pages() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().map(|rule| (rule.code().0, rule.page()))
}

/// Everything that is wrong with the workflows of a definition.
pub(crate) fn verify(workflows: &[Workflow]) -> Vec<Diagnostic> {
    let set = Set::new(workflows);
    let mut found = Vec::new();
    for rule in RULES {
        rule.verify(&set, &mut found);
    }
    found
}
