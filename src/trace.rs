//! What every job and step knows of itself, and nobody emits.

use crate::diagnostics::At;

/// Where in the definition a job or step comes from; opaque to the workflow that holds it.
pub type Origin = At;

/// What a job or step does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effect {
    /// Nothing outside of the run.
    #[default]
    None,
    /// It changes an environment.
    Changes,
    /// It verifies one.
    Verifies,
    /// It restores the version that was verified last.
    Restores,
    /// It tells someone.
    Tells,
    /// It publishes an image.
    Publishes,
    /// A user's own step, taken to change what it can reach.
    Unknown,
}
