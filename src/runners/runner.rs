//! The trait of test runners, what one can do, and the shard that it runs.

use crate::definition::{Component, Split, TestRun, Workers};
use crate::supplies::Supplies;
use crate::trace::Origin;
use crate::workflow::{Pairs, Script, Step};

/// A test runner.
pub(crate) trait TestRunner: Sync {
    /// Its name in the definition.
    fn name(&self) -> &'static str;
    /// Its capabilities; asking for anything else is an error.
    fn capabilities(&self) -> Capabilities;
    /// A file in the folder of the component, without which it cannot start.
    fn started_by(&self) -> Option<&'static str> {
        None
    }
    /// The steps that run one shard and leave its record.
    fn steps(&self, shard: &Shard<'_>, scripts: &dyn Scripts) -> Vec<Step>;
}

/// Capabilities of a runner.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "each is a key in the definition")]
pub(crate) struct Capabilities {
    /// The toolchains of which a component must have one; without any, it needs none.
    pub(crate) toolchains: &'static [&'static str],
    /// The oldest version of the first of them which it runs on, where it installs tools that need one.
    pub(crate) oldest: Option<(u16, u16)>,
    /// `true` if it runs a part of the tests by itself.
    pub(crate) shards: bool,
    /// Ways to give tests to shards: the default, and the others.
    pub(crate) splits: (Split, &'static [Split]),
    /// `true` if it runs several processes in one job.
    pub(crate) workers: bool,
    /// Support for `dist`.
    pub(crate) dist: bool,
    /// `true` if it tries failed tests again.
    pub(crate) reruns: bool,
    /// `true` if it limits the time of a single test.
    pub(crate) test_timeout: bool,
    /// The meaning of order to it.
    pub(crate) order: Order,
    /// Format of its coverage, where it measures any.
    pub(crate) coverage: Option<Coverage>,
    /// Tests that can be run, and left out, by their paths.
    pub(crate) paths: Paths,
}

impl Capabilities {
    /// Returns the ways to give tests to shards, the default first.
    pub(crate) fn all_splits(&self) -> Vec<Split> {
        let (default, others) = self.splits;
        std::iter::once(default).chain(others.iter().copied()).collect()
    }
}

/// Tests that a runner selects by paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paths {
    /// Files and folders, and single tests of a file.
    Tests,
    /// Whole files.
    Files,
    /// Whole packages, by their folders.
    Packages,
    /// None, for this reason.
    No(&'static str),
}

/// The meaning of order to a runner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// It shuffles by a seed.
    Shuffled,
    /// Every test has its own process, so order cannot matter.
    Isolated,
    /// It runs tests as it finds them.
    Fixed,
}

/// Format of the coverage of a shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// Data files of coverage.py.
    CoveragePy,
    /// A report in the lcov format.
    Lcov,
}

impl Coverage {
    /// The word that the scripts know it by.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::CoveragePy => "coverage",
            Self::Lcov => "lcov",
        }
    }
}

/// One shard of a test run, as values and expressions.
pub(crate) struct Shard<'a> {
    /// The run.
    pub(crate) run: &'a TestRun,
    /// Its component.
    pub(crate) component: &'a Component,
    /// The component's folder, from the root; empty at the root.
    pub(crate) folder: &'a str,
    /// Words before a program of its packages.
    pub(crate) exec: Vec<&'static str>,
    /// Paths to run, from the component's folder.
    pub(crate) paths: &'a [String],
    /// Paths to leave out, from the component's folder.
    pub(crate) left_out: &'a [&'a str],
    /// Paths of other runs of the component by this runner; none for a suite, whose run accounts for everything.
    pub(crate) elsewhere: Option<Vec<&'a str>>,
    /// Number of shards.
    pub(crate) shards: u16,
    /// Processes of the shard.
    pub(crate) workers: Workers,
    /// Tests run in random order.
    pub(crate) random: bool,
    /// Packages whose coverage is measured; none where it is not.
    pub(crate) measured: Option<&'a [String]>,
    /// `true` if what other jobs kept may be used.
    pub(crate) caches: bool,
    /// `true` if the run has tests that this shard leaves to other jobs.
    pub(crate) partial: bool,
    /// Variables that every script of the shard reads: the record, the shard, the seed.
    pub(crate) env: Pairs,
    /// Its place in the definition.
    pub(crate) origin: Origin,
}

/// Files and commands that a runner takes from the lowering that calls it.
pub(crate) trait Scripts: Supplies {
    /// The path of an emitted file, from the root of the repository.
    fn emit(&self, name: &str) -> String;
    /// A script that runs a command of an emitted Python file, such as `ci.py record`, from any folder.
    fn python(&self, command: &str) -> Script;
}
