//! The settings of a repository on GitHub, compared with the setup that its pipeline relies on.

mod environments;
mod finding;
mod glob;
mod needs;
mod policies;
mod protections;
mod required;
mod values;

use crate::upstream::RepositorySettings;

pub use finding::{Area, Finding, Level};
pub use needs::Needs;

/// Compares the settings of a repository with the setup that its pipeline relies on. `name` is `owner/repository`.
pub fn findings(needs: &Needs, real: &RepositorySettings, name: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    environments::check(needs, real, &mut found);
    values::check(needs, real, &mut found);
    required::check(needs, real, &mut found);
    policies::check(needs, real, name, &mut found);
    protections::check(needs, real, &mut found);
    found
}
