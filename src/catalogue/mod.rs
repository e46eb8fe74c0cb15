//! Facts about actions and runners: data about the world, read from
//! the actions' own repositories.
//!
//! One file per family of actions. Adding an action is one entry in its
//! family; adding a family is one file and one entry in `FAMILIES`.

mod actions;
mod cloud;
mod docker;
mod entry;
mod kubernetes;
mod languages;
mod numbers;
mod release;
mod reporting;
pub mod runners;
mod security;
mod tools;

pub use entry::{Action, Input, Need, Release};
pub use numbers::numbers;

/// Every family of actions.
const FAMILIES: &[&[Action]] = &[
    actions::ACTIONS,
    cloud::ACTIONS,
    docker::ACTIONS,
    kubernetes::ACTIONS,
    languages::ACTIONS,
    release::ACTIONS,
    reporting::ACTIONS,
    security::ACTIONS,
    tools::ACTIONS,
];

/// Returns the known facts about the action `owner/repository[/folder]`, named without
/// `@` and what follows it.
///
/// Names compare without regard to case, as GitHub compares them.
#[must_use]
pub fn action(name: &str) -> Option<&'static Action> {
    actions().find(|action| action.name.eq_ignore_ascii_case(name))
}

/// Every action of the catalogue, family by family.
pub fn actions() -> impl Iterator<Item = &'static Action> {
    FAMILIES.iter().copied().flatten()
}

#[cfg(test)]
mod tests;
