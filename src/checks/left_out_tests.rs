//! A test that pytest by itself would run, or that is there and never runs, is run by a suite or quarantined.

use std::collections::BTreeSet;

use super::check::{Check, Subject};
use super::support::left_out::{Loss, Reason, help, losses, message};
use super::support::pytest::{Calls, Run, contains};
use crate::diagnostics::{Code, Diagnostic, Level};
use crate::pytest::{
    Call, Cause, Checkout, Collected, Extent, Refused, Taken, Unsure, WordSource, collect, may_hold_tests, present,
};

pub(crate) struct LeftOutTests;

const CODE: Code = Code("left-out-tests");

impl Check for LeftOutTests {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/left-out-tests.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        if !subject.definition.tests.values().any(|run| run.runner == "pytest") {
            return;
        }
        let Calls { checkout, runs: all } = subject.pytest();
        let mut folders = BTreeSet::new();
        for first in all.iter().filter(|run| run.suite.is_none()) {
            if folders.insert(first.folder) {
                folder(&Folder { subject, all, first }, checkout, found);
            }
        }
    }
}

/// A folder in which pytest is called, and all of its calls.
struct Folder<'a, 's> {
    subject: &'a Subject<'s>,
    /// Runs and suites of every folder.
    all: &'a [Run<'s>],
    /// The first run of this one.
    first: &'a Run<'s>,
}

fn folder(it: &Folder<'_, '_>, checkout: &Checkout<'_>, found: &mut Vec<Diagnostic>) {
    let own = match collect(&Call { checkout, folder: it.first.folder, words: &[], variable: "" }) {
        Ok(own) => own,
        Err(refused) => {
            found.push(refusal(it.first, &refused));
            return;
        }
    };
    let mut complete = true;
    for run in it.runs() {
        complete &= run.done().is_some();
        if let Some(Err(refused)) = &run.collected {
            // A suite has the arguments of its run.
            let refusal = refusal(run, refused);
            if !found.contains(&refusal) {
                found.push(refusal);
            }
        }
        if let Some(at) = run.hidden_arguments() {
            let message = "`PYTEST_ADDOPTS` may leave out tests: only GitHub knows its value";
            found.push(
                Diagnostic::warning(CODE, at.clone(), message).help("write its value here, or its options in `args`"),
            );
        }
    }
    it.doubts(found);
    if !complete {
        return;
    }
    let there = present(checkout, it.first.folder, &own);
    it.lost_files(&own, &there, found);
    it.lost_tests(found);
}

fn refusal(run: &Run<'_>, refused: &Refused) -> Diagnostic {
    let message = match &refused.origin {
        WordSource::Line { .. } => format!("pytest refuses {}: {}", refused.origin, refused.message),
        _ => format!("pytest refuses its command line: {}", refused.message),
    };
    Diagnostic::error(CODE, run.place(&refused.origin), message).help("correct it: pytest ends there without a test")
}

impl<'s> Folder<'_, 's> {
    fn runs(&self) -> impl Iterator<Item = &Run<'s>> {
        self.all.iter().filter(|run| run.folder == self.first.folder)
    }

    /// Returns whether the quarantine or `not-tests` explains a file or a test.
    fn is_quarantined(&self, path: &str) -> bool {
        let main = || self.all.iter().filter(|run| run.suite.is_none());
        let is_none = |run: &Run<'_>| run.it.not_tests.iter().any(|none| contains(run.folder, none, path));
        if main().any(is_none) {
            return true;
        }
        self.subject.definition.quarantine.iter().any(|(taken, it)| {
            let mut of = main().filter(|run| it.of.as_ref().is_none_or(|of| of == run.name));
            of.any(|run| contains(run.folder, taken, path))
        })
    }

    /// Returns whether a run or a suite runs all of a file, the quarantine explains it, or another test tool may run
    /// it.
    fn is_accounted(&self, file: &str) -> bool {
        self.all.iter().filter_map(|run| run.done()).any(|done| done.files.get(file) == Some(&Extent::All))
            || self.is_quarantined(file)
            || self.is_elsewhere(file)
    }

    /// Returns whether a file belongs to a component within this one whose tests pytest does not run.
    fn is_elsewhere(&self, file: &str) -> bool {
        let others = self.subject.pipeline.tests.values().filter(|run| run.runner.name() != "pytest");
        let mut folders = others.map(|run| run.component.folder.as_str());
        folders.any(|folder| folder.len() > self.first.folder.len() && file.starts_with(&format!("{folder}/")))
    }

    fn doubts(&self, found: &mut Vec<Diagnostic>) {
        let mut seen: Vec<&Unsure> = Vec::new();
        for run in self.runs() {
            for unsure in run.done().iter().flat_map(|done| &done.unsure) {
                let explained = !unsure.paths.is_empty() && unsure.paths.iter().all(|path| self.is_explained(path));
                if explained || seen.contains(&unsure) {
                    continue;
                }
                seen.push(unsure);
                let place = match &unsure.origin {
                    WordSource::Line { .. } => unsure.origin.to_string(),
                    _ => "the command line".to_owned(),
                };
                let message = format!("{place} may leave out tests: {}", unsure.why);
                let help = format!(
                    "write what it leaves out as plain strings, or give those tests to a suite of `{}` or to `[quarantine]`",
                    run.name
                );
                found.push(Diagnostic::warning(CODE, run.place(&unsure.origin), message).help(help));
            }
        }
    }

    /// Returns whether a path that may be left out is none of a test, or is run by a suite or quarantined.
    fn is_explained(&self, path: &str) -> bool {
        let suites = self.all.iter().filter(|run| run.suite.is_some()).filter_map(Run::done);
        let inside = |file: &str| file == path || file.starts_with(&format!("{path}/"));
        let mut there =
            self.runs().filter_map(Run::done).flat_map(|done| done.files.keys()).filter(|file| inside(file));
        let suites: Vec<&Collected> = suites.collect();
        there.all(|file| {
            self.is_quarantined(file) || suites.iter().any(|done| done.files.get(file) == Some(&Extent::All))
        })
    }

    /// Files with tests that no run and no suite runs.
    fn lost_files(&self, own: &Collected, there: &[String], found: &mut Vec<Diagnostic>) {
        let tree = &self.subject.sources.tree;
        let candidates: Vec<&String> = there.iter().collect();
        let mut lost: Vec<Loss<'_>> = Vec::new();
        for file in candidates.iter().copied().filter(|file| !self.is_accounted(file)) {
            if tree.read(file).is_none_or(|text| may_hold_tests(&text, &own.names)) {
                lost.extend(self.reason(own, file).map(|(run, reason)| Loss { run, reason, file: file.clone() }));
            }
        }
        for group in losses(&candidates, lost) {
            let level = if group.reason.is_choice(own.files.contains_key(&group.first)) {
                Level::Warning
            } else {
                Level::Error
            };
            let at = match &group.reason {
                Reason::Paths | Reason::Part => group.run.at().then("paths"),
                reason => group.run.place(&reason.origin()),
            };
            let diagnostic = Diagnostic::error(CODE, at, message(&group)).help(help(&group));
            found.push(Diagnostic { level, ..diagnostic });
        }
    }

    /// The run that a file is missing from, and the reason; none for one in a virtual environment.
    fn reason(&self, own: &Collected, file: &str) -> Option<(&Run<'s>, Reason)> {
        let covers = |taken: &&Taken| file == taken.path || file.starts_with(&format!("{}/", taken.path));
        let taken = |run: &'_ Run<'s>| run.done().and_then(|done| done.taken.iter().find(covers).cloned());
        let is_own = own.files.contains_key(file);
        let by_definition = |taken: &Taken| {
            matches!(taken.origin, WordSource::Argument(_) | WordSource::Variable | WordSource::Path(_))
        };
        let found = self.runs().find_map(|run| {
            let taken = taken(run).filter(|taken| by_definition(taken) || !is_own)?;
            Some((run, Reason::Taken(taken)))
        });
        if found.is_some() {
            return found.filter(
                |(_, reason)| !matches!(reason, Reason::Taken(taken) if taken.cause == Cause::VirtualEnvironment),
            );
        }
        if is_own {
            let part = self.runs().find(|run| run.done().is_some_and(|done| done.files.contains_key(file)));
            let main = || self.runs().find(|run| run.suite.is_none() && !run.it.paths.is_empty());
            let reason = if part.is_some() { Reason::Part } else { Reason::Paths };
            return Some((part.or_else(main).unwrap_or(self.first), reason));
        }
        if let Some(taken) = own.taken.iter().find(covers) {
            let is_environment = taken.cause == Cause::VirtualEnvironment;
            return (!is_environment).then(|| (self.first, Reason::Taken(taken.clone())));
        }
        let reason = if !own.is_test_file(file) {
            Reason::Name(own.patterns.first().map_or(WordSource::Default, |pattern| pattern.origin.clone()))
        } else if let Some(first) = own.testpaths.first() {
            Reason::TestPaths(first.origin.clone())
        } else {
            Reason::Configuration(own.config.file.clone())
        };
        Some((self.first, reason))
    }

    /// Single tests that `--deselect` takes out of a file.
    fn lost_tests(&self, found: &mut Vec<Diagnostic>) {
        for run in self.runs() {
            for taken in run.done().iter().flat_map(|done| &done.taken).filter(|taken| taken.path.contains("::")) {
                let file = taken.path.split("::").next().unwrap_or_default();
                let others =
                    self.all.iter().filter_map(Run::done).filter(|done| done.files.get(file) == Some(&Extent::All));
                let runs = |done: &Collected| !done.taken.iter().any(|other| other.path == taken.path);
                if self.is_quarantined(&taken.path) || others.into_iter().any(runs) {
                    continue;
                }
                let group =
                    losses(&[], vec![Loss { run, reason: Reason::Taken(taken.clone()), file: taken.path.clone() }]);
                for group in group {
                    let at = run.place(&taken.origin);
                    found.push(Diagnostic::error(CODE, at, message(&group)).help(help(&group)));
                }
            }
        }
    }
}
