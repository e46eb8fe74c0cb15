//! One file per test runner: what it can do, and the steps of a shard.

mod cargo_args;
mod command;
mod django;
mod environments;
mod go;
mod javascript;
mod jest;
mod nextest;
mod nox;
mod playwright;
mod pytest;
mod runner;
#[cfg(test)]
mod tests;
mod tox;
mod units;
mod vitest;

pub(crate) use runner::{Coverage, Order, Paths, Scripts, Shard, TestRunner};

/// Every runner.
pub(crate) const RUNNERS: &[&dyn TestRunner] = &[
    &pytest::Pytest,
    &django::Django,
    &tox::Tox,
    &nox::Nox,
    &nextest::Nextest,
    &vitest::Vitest,
    &jest::Jest,
    &playwright::Playwright,
    &go::Go,
    &command::Command,
];

/// The runner of this name.
pub(crate) fn runner(name: &str) -> Option<&'static dyn TestRunner> {
    RUNNERS.iter().copied().find(|runner| runner.name() == name)
}
