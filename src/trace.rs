//! Facts about every job and step that are not printed.

use crate::diagnostics::Location;

/// Key of the definition that a job or step comes from; opaque to the workflow that holds it.
pub type Origin = Location;

/// Effect of a job or step on the world.
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
    /// It notifies someone.
    Tells,
    /// It publishes an image.
    Publishes,
    /// A user's own step, taken to change what it can reach.
    Unknown,
}
