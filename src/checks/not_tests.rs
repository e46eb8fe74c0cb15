//! `not-tests` names what no run collects.

use super::check::{Check, Subject};
use super::support::pytest::{Run, contains, within};
use super::support::walk::ROOT;
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::pytest::may_hold_tests;
use crate::resolve::TestRun;
use crate::runners::Paths;

pub(crate) struct NotTests;

const CODE: Code = Code("not-tests");

impl Check for NotTests {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/not-tests.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        for run in subject.pipeline.tests.values() {
            for (index, path) in run.written.not_tests.iter().enumerate() {
                let at = || ROOT.key("tests").key(run.name).key("not-tests").index(index).at();
                found.extend(match (run.runner.name(), run.runner.capabilities().paths) {
                    ("pytest", _) => collected(subject, run, path, at),
                    // A runner that selects nothing by paths is reported for that.
                    (_, Paths::No(_)) => None,
                    _ => named(subject, run, path, at),
                });
            }
        }
    }
}

/// A path with tests that a run or a suite of pytest collects.
fn collected(subject: &Subject<'_>, run: &TestRun<'_>, path: &str, at: impl Fn() -> Location) -> Option<Diagnostic> {
    let runs = &subject.pytest().runs;
    let done = runs.iter().filter_map(|other| Some((other, other.done()?)));
    let tests = done.flat_map(|(other, done)| done.files.keys().map(move |file| (other, done, file)));
    let mut inside = tests.filter(|(_, _, file)| contains(&run.component.folder, path, file));
    let (by, _, file) = inside.find(|(_, done, file)| {
        let text = subject.sources.tree.read(file);
        text.is_none_or(|text| may_hold_tests(&text, &done.names))
    })?;
    Some(Diagnostic::error(CODE, at(), format!("{} collects `{file}`, which is in `{path}`", title(by))).help(help(by)))
}

fn title(run: &Run<'_>) -> String {
    run.suite.map_or_else(|| format!("`{}`", run.name), |suite| format!("the suite `{suite}`"))
}

fn help(run: &Run<'_>) -> String {
    if run.it.paths.is_empty() && run.suite.is_none() {
        return format!("set `paths` of `{}` to the folders of its tests, or remove this", run.name);
    }
    "remove it; `[quarantine]` is for tests that fail, a suite for those that need more than the rest".to_owned()
}

/// A path that overlaps the paths of a run or a suite of another tool, or of a run without paths.
fn named(subject: &Subject<'_>, run: &TestRun<'_>, path: &str, at: impl Fn() -> Location) -> Option<Diagnostic> {
    if run.written.paths.is_empty() {
        let message = format!("`{}` has no `paths`, so it runs everything that it finds, `{path}` as well", run.name);
        let help = format!("set `paths` of `{}` to the folders of its tests", run.name);
        return Some(Diagnostic::error(CODE, at(), message).help(help));
    }
    let suites = subject.pipeline.suites.iter().filter(|suite| suite.run.name == run.name);
    let paths = suites.flat_map(|suite| &suite.written.paths).chain(&run.written.paths);
    let taken = paths.into_iter().find(|taken| within(taken, path) || within(path, taken))?;
    let message = format!("`{}` runs `{taken}`, which `{path}` overlaps", run.name);
    Some(Diagnostic::error(CODE, at(), message).help("remove it, or name in `paths` only what holds tests"))
}
