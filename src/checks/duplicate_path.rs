//! A test belongs to one suite, or to its run.

use super::check::{Check, Subject};
use super::support::pytest::within;
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::{Name, Suite, Table};
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct DuplicatePath;

const CODE: Code = Code("duplicate-path");

impl Check for DuplicatePath {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/duplicate-path.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
            list(at, "paths", &run.paths, found);
            list(at, "not-tests", &run.not_tests, found);
        });
        entries(&ROOT, "suites", &definition.suites, &mut |at, name, suite| {
            list(at, "paths", &suite.paths, found);
            between(at, name, suite, &definition.suites, found);
            let of = definition.tests.get(&suite.of).map_or(&[][..], |run| &run.paths);
            let all = |path: &String| suite.paths.iter().any(|taken| within(path, taken));
            if !of.is_empty() && of.iter().all(all) {
                let message = format!("`{name}` takes every test of `{}`", suite.of);
                let diagnostic = Diagnostic::error(CODE, at.key("paths").at(), message);
                let paths = ROOT.key("tests").key(&suite.of).key("paths").at();
                found.push(
                    diagnostic
                        .related(paths, "nothing of this is left")
                        .help("name only what needs more than the rest"),
                );
            }
        });
    }
}

/// Paths of one list.
fn list(at: &Trail<'_>, key: &str, paths: &[String], found: &mut Vec<Diagnostic>) {
    let at = at.key(key);
    for (index, path) in paths.iter().enumerate() {
        for (before, other) in paths.iter().enumerate().take(index) {
            if within(path, other) || within(other, path) {
                let message = format!("`{path}` and `{other}` name the same tests");
                let diagnostic = Diagnostic::error(CODE, at.index(index).at(), message);
                found.push(diagnostic.related(at.index(before).at(), "named here as well").help("keep the outer one"));
            }
        }
    }
}

/// Paths of a suite and of those above it that are left out of the same run.
fn between(at: &Trail<'_>, name: &Name, suite: &Suite, suites: &Table<Suite>, found: &mut Vec<Diagnostic>) {
    let at = at.key("paths");
    for (other, above) in suites.iter().take_while(|(other, _)| *other != name).filter(|(_, it)| it.of == suite.of) {
        for (index, path) in suite.paths.iter().enumerate() {
            for (place, taken) in above.paths.iter().enumerate() {
                if within(path, taken) || within(taken, path) {
                    let message = format!("`{path}` of `{name}` and `{taken}` of `{other}` name the same tests");
                    let there = ROOT.key("suites").key(other).key("paths").index(place).at();
                    let diagnostic = Diagnostic::error(CODE, at.index(index).at(), message);
                    found.push(
                        diagnostic.related(there, "named here as well").help("leave them to one of the two suites"),
                    );
                }
            }
        }
    }
}
