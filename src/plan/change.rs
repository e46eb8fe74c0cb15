//! A change, its subject and its direction.

/// Subject of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// The required check.
    Check,
    /// Workflows, jobs and their names in the list of checks.
    Jobs,
    /// Events that start a run.
    Triggers,
    /// Permissions of jobs.
    Permissions,
    /// Secrets that jobs read.
    Secrets,
    /// Gates, limits, approvals and probes.
    Limits,
    /// Tests that are run.
    Tests,
    /// Pins of actions.
    Pins,
    /// Time limits of jobs.
    Time,
}

impl Subject {
    /// Returns the heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Check => "required check",
            Self::Jobs => "jobs",
            Self::Triggers => "triggers",
            Self::Permissions => "permissions",
            Self::Secrets => "secrets",
            Self::Limits => "gates and limits",
            Self::Tests => "tests",
            Self::Pins => "pins",
            Self::Time => "time limits",
        }
    }
}

/// Direction of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Something new.
    Gained,
    /// Something that is gone.
    Lost,
    /// Something else in its place.
    Changed,
}

impl Direction {
    /// Returns the sign before a line.
    pub fn sign(self) -> char {
        match self {
            Self::Gained => '+',
            Self::Lost => '-',
            Self::Changed => '~',
        }
    }
}

/// A change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Its subject.
    pub subject: Subject,
    /// Its direction.
    pub direction: Direction,
    /// A reviewer should look at it: something is allowed, reached or left out that was not before.
    pub needs_review: bool,
    /// Description.
    pub text: String,
}

impl Change {
    pub(super) fn new(subject: Subject, direction: Direction, text: String) -> Self {
        Self { subject, direction, needs_review: false, text }
    }

    pub(super) fn reviewed(self) -> Self {
        Self { needs_review: true, ..self }
    }
}
