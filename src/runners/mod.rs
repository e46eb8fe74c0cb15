//! One file per test runner: what it can do, and the steps of a shard.

mod cargo_args;
mod command;
mod nextest;
mod pytest;

use crate::definition::{Component, Gates, Split, TestRun};
use crate::trace::Origin;
use crate::workflow::{Pairs, Step};

/// A test runner.
pub(crate) trait Runner: Sync {
    /// Its name in the definition.
    fn name(&self) -> &'static str;
    /// Returns what it can do; asking for anything else is an error.
    fn can(&self) -> Can;
    /// The steps that run one shard and leave its record.
    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step>;
}

/// Capabilities of a runner.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a separate key in the definition")]
pub(crate) struct Can {
    /// The toolchain that a component must have; none for any.
    pub(crate) toolchain: Option<&'static str>,
    /// The oldest version of that toolchain which it runs on, where it installs tools that need one.
    pub(crate) oldest: Option<(u16, u16)>,
    /// `true` if it runs a part of the tests by itself.
    pub(crate) shards: bool,
    /// Ways to give tests to shards, the default first.
    pub(crate) splits: &'static [Split],
    /// `true` if it runs several processes in one job.
    pub(crate) workers: bool,
    /// Support for `dist`.
    pub(crate) dist: bool,
    /// `true` if it tries failed tests again.
    pub(crate) reruns: bool,
    /// `true` if it limits the time of a single test.
    pub(crate) test_timeout: bool,
    /// Meaning of order.
    pub(crate) order: Order,
    /// Kind of its coverage, if it measures any.
    pub(crate) coverage: Option<Coverage>,
    /// `true` if paths can be run, and left out.
    pub(crate) paths: bool,
}

/// Meaning of order for a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// It shuffles by a seed.
    Shuffled,
    /// Every test has its own process, so order cannot matter.
    Isolated,
    /// It runs tests as it finds them.
    Fixed,
}

/// Kind of the coverage of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// Data files of coverage.py.
    CoveragePy,
    /// A report in the lcov format.
    Lcov,
}

impl Coverage {
    /// The word that the scripts know it by.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::CoveragePy => "coverage",
            Self::Lcov => "lcov",
        }
    }
}

/// One shard of a test run, as values and expressions.
#[derive(Debug)]
pub(crate) struct Shard<'a> {
    /// The run.
    pub(crate) run: &'a TestRun,
    /// Its component.
    pub(crate) component: &'a Component,
    /// Gates of the run.
    pub(crate) gates: Gates,
    /// The component's folder, from the root; empty at the root.
    pub(crate) folder: String,
    /// Paths to run, from the component's folder.
    pub(crate) paths: Vec<String>,
    /// Paths to leave out, from the component's folder.
    pub(crate) left_out: Vec<String>,
    /// `true` if coverage is measured.
    pub(crate) measured: bool,
    /// `true` if the run has tests that this shard leaves to other jobs.
    pub(crate) partial: bool,
    /// Variables that every script of the shard reads: the record, the shard, the seed.
    pub(crate) env: Pairs,
    /// Its key.
    pub(crate) origin: Origin,
}

/// Interface of the lowering that calls a runner.
pub(crate) trait Scripts {
    /// A short script from a template.
    fn short(&self, template: &str, values: minijinja::Value) -> crate::workflow::Script;
    /// The path of an emitted file, from the root of the repository.
    fn emit(&self, name: &str) -> String;
    /// A script that runs a command of an emitted Python file, such as `ci.py record`, from any folder.
    fn python(&self, command: &str) -> crate::workflow::Script;
    /// A pinned action.
    fn pinned(&self, name: &str, with: Pairs, origin: &Origin) -> crate::workflow::Action;
    /// The pinned version of a tool.
    fn version(&self, tool: &str, origin: &Origin) -> String;
}

/// Every runner.
pub(crate) const RUNNERS: &[&dyn Runner] = &[&pytest::Pytest, &nextest::Nextest, &command::Command];

/// The runner of this name.
pub(crate) fn runner(name: &str) -> Option<&'static dyn Runner> {
    RUNNERS.iter().copied().find(|runner| runner.name() == name)
}
