//! The test run of a component that `init` proposes.

use crate::definition::Name;

/// A test run.
#[derive(Debug, Clone, PartialEq)]
pub struct Tests {
    /// The test tool.
    pub runner: TestRunner,
    /// Folders and files, from the component's folder.
    pub paths: Vec<String>,
    /// Folders and files that are named like tests and are none, from the component's folder.
    pub not_tests: Vec<String>,
    /// Services that the tests need.
    pub services: Vec<Name>,
    /// Packages whose coverage is measured.
    pub measure: Vec<String>,
    /// The floor of the coverage, in percent, that the project's own configuration names.
    pub coverage: Option<String>,
    /// `true` if the project already runs them in an order that changes.
    pub shuffled: bool,
}

impl Tests {
    /// All tests of a component, as its tool finds them.
    pub(super) fn of(runner: TestRunner) -> Self {
        Self {
            runner,
            paths: Vec::new(),
            not_tests: Vec::new(),
            services: Vec::new(),
            measure: Vec::new(),
            coverage: None,
            shuffled: false,
        }
    }
}

/// A test tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TestRunner {
    /// pytest.
    Pytest,
    /// `manage.py test`.
    Django,
    /// tox.
    Tox,
    /// nox.
    Nox,
    /// cargo-nextest.
    Nextest,
    /// vitest.
    Vitest,
    /// jest.
    Jest,
    /// Playwright.
    Playwright,
    /// `go test`.
    Go,
    /// A command that writes a `JUnit` report.
    Command(String),
    /// A command that writes several, and globs of them.
    Reports(String, Vec<String>),
}

impl TestRunner {
    /// Its name in the definition.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pytest => "pytest",
            Self::Django => "django",
            Self::Tox => "tox",
            Self::Nox => "nox",
            Self::Nextest => "nextest",
            Self::Vitest => "vitest",
            Self::Jest => "jest",
            Self::Playwright => "playwright",
            Self::Go => "go",
            Self::Command(_) | Self::Reports(..) => "command",
        }
    }

    /// Returns whether it shuffles tests.
    pub(super) fn shuffles(&self) -> bool {
        !matches!(self, Self::Nextest | Self::Tox | Self::Nox | Self::Playwright | Self::Command(_) | Self::Reports(..))
    }
}
