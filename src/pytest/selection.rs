//! Options that make a run a part of what was collected.

use super::options::{Given, Options};

/// Effect of an option on a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Tests are chosen by words in their names.
    Words,
    /// Tests are chosen by their marks.
    Marks,
    /// The run ends after some failures.
    Stops,
    /// Tests are chosen by how they ended before.
    Before,
    /// No test runs.
    Nothing,
    /// A kind of tests is not found.
    Kind,
}

/// An option that makes a run a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selection<'a> {
    /// Effect.
    pub(crate) effect: Effect,
    /// The option, where it counts.
    pub(crate) given: &'a Given,
}

/// Options with which no test runs.
const NOTHING: [&str; 7] =
    ["--collect-only", "--setup-only", "--setup-plan", "--fixtures", "--markers", "--help", "--version"];

/// Plugins of pytest that find tests.
const KINDS: [&str; 3] = ["python", "unittest", "doctest"];

/// The options of a command line that make its run a part.
pub(crate) fn selections(options: &Options) -> Vec<Selection<'_>> {
    let filled = |name: &'static str| options.last(name).filter(|given| !given.value.trim().is_empty());
    let doctests = ["--doctest-modules", "--doctest-glob"].iter().any(|name| options.last(name).is_some());
    let mut found = Vec::new();
    let mut add = |effect: Effect, given: Option<&'static str>, which: Option<_>| {
        let given = which.or_else(|| given.and_then(|name| options.last(name)));
        found.extend(given.map(|given| Selection { effect, given }));
    };
    add(Effect::Words, None, filled("-k"));
    add(Effect::Marks, None, filled("-m"));
    add(Effect::Stops, None, options.max_fail());
    add(Effect::Stops, Some("--sw"), None);
    add(Effect::Stops, Some("--sw-skip"), None);
    add(Effect::Before, Some("--lf"), None);
    for name in NOTHING {
        add(Effect::Nothing, Some(name), None);
    }
    for plugin in KINDS.iter().filter(|plugin| **plugin != "doctest" || doctests) {
        add(Effect::Kind, None, options.without(plugin));
    }
    found
}
