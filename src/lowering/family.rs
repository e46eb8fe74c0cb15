//! Families of workflows.

use super::context::Context;
use crate::workflow::Workflow;

/// A family of workflows.
pub(crate) trait Family: Sync {
    /// Returns the workflows of a pipeline; they may call those in `above`.
    fn lower(&self, context: &Context<'_>, above: &[Workflow]) -> Vec<Workflow>;
}
