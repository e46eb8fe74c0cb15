//! Families of workflows.

use super::context::Context;
use crate::workflow::Workflow;

/// A family of workflows: what a pipeline asks of it becomes files.
pub(crate) trait Family: Sync {
    /// The workflows that a pipeline asks for, beside those `above` that they may call.
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow>;
}
