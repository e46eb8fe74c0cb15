//! Gates of a test run: its own, else those of all runs.

use crate::definition::{Gates, Order as Wanted, Project, Repeat, Split, TestRun};
use crate::runners::{self, TestRunner};

/// Returns the gates of a run: its own before those of all.
pub(super) fn effective(own: &Gates, all: &Gates) -> Gates {
    Gates {
        order: own.order.or(all.order),
        pass_rate: own.pass_rate.or(all.pass_rate),
        slowest: own.slowest.or(all.slowest),
        repeat: own.repeat.or(all.repeat),
        coverage: own.coverage.or(all.coverage),
        patch_coverage: own.patch_coverage.or(all.patch_coverage),
    }
}

/// Order of the tests of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// Shuffled by a recorded seed.
    Random,
    /// As the runner finds them.
    Fixed,
    /// Irrelevant: each test has a process.
    Isolated,
}

impl Order {
    pub(super) fn of(runner: &dyn TestRunner, gates: &Gates) -> Self {
        match (runner.capabilities().order, gates.order) {
            (runners::Order::Isolated, _) => Self::Isolated,
            (runners::Order::Shuffled, None | Some(Wanted::Random)) => Self::Random,
            _ => Self::Fixed,
        }
    }

    /// Returns its name in the settings of the scripts.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Fixed => "fixed",
            Self::Isolated => "isolated",
        }
    }
}

/// Time at which a run is repeated under a second seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SecondSeed {
    /// Never.
    Never,
    /// In the nightly run.
    Nightly,
    /// In every run.
    Always,
}

/// Seeds of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seeds {
    /// None: tests are not shuffled.
    None,
    /// One, recorded.
    One,
    /// Seeds of the plan, two if the run is repeated.
    Plan(SecondSeed),
}

impl Seeds {
    pub(super) fn of(order: Order, gates: &Gates, project: &Project) -> Self {
        if order != Order::Random {
            return Self::None;
        }
        match gates.repeat {
            Some(Repeat::Always) => Self::Plan(SecondSeed::Always),
            Some(Repeat::Nightly) | None if project.nightly.is_some() => Self::Plan(SecondSeed::Nightly),
            _ => Self::One,
        }
    }

    /// Returns whether the seeds are an axis of the matrix.
    pub(crate) fn are_axis(self) -> bool {
        matches!(self, Self::Plan(_))
    }

    /// Returns the largest number of seeds of one workflow run.
    pub(crate) fn count(self) -> usize {
        if self.are_axis() { 2 } else { 1 }
    }
}

/// Returns the split of a run: its own, else the runner's first.
pub(super) fn split(run: &TestRun, runner: &dyn TestRunner) -> Split {
    run.split.unwrap_or(runner.capabilities().splits.0)
}
