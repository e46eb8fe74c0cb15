//! A test run asks its runner only for what the runner can do.

use super::check::{Check, Subject};
use crate::at;
use crate::definition::{Order as Wanted, Repeat, Workers};
use crate::diagnostics::{Code, Diagnostic, Location, listed};
use crate::resolve::TestRun;
use crate::runners::{Order, Paths, RUNNERS, TestRunner};

pub(crate) struct RunnerCapability;

impl Check for RunnerCapability {
    fn code(&self) -> Code {
        Code("runner-capability")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/runner-capability.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let pipeline = subject.pipeline;
        for run in pipeline.tests.values() {
            asked(self.code(), run, found);
        }
        for (path, quarantine) in &subject.definition.quarantine {
            let of: Vec<&dyn TestRunner> = pipeline
                .tests
                .values()
                .filter(|run| quarantine.of.as_ref().is_none_or(|of| of == run.name))
                .map(|run| run.runner)
                .collect();
            let Some(first) = of.first().filter(|_| of.iter().all(|runner| refused(*runner, path).is_some())) else {
                continue;
            };
            let help = "remove the table, and skip the test in its own code, with the reason";
            found.extend(cannot(self.code(), at!["quarantine", path].key(), *first, path, help));
        }
        for suite in &pipeline.suites {
            let runner = suite.run.runner;
            let help = match runner.capabilities().paths {
                Paths::No(_) => {
                    format!("keep the tests in the run, or use a runner that can: {}", listed(&selecting()))
                }
                _ => "name whole files and folders".to_owned(),
            };
            let mut paths = suite.written.paths.iter().enumerate();
            found.extend(paths.find_map(|(index, path)| {
                let at = at!["suites", suite.name.as_str(), "paths"].then(index);
                cannot(self.code(), at, runner, path, &help)
            }));
        }
    }
}

/// The names of the runners that select tests by paths.
fn selecting() -> Vec<&'static str> {
    let can = |runner: &&&dyn TestRunner| !matches!(runner.capabilities().paths, Paths::No(_));
    RUNNERS.iter().filter(can).map(|runner| runner.name()).collect()
}

/// Why a runner cannot run or leave out a path by itself.
fn refused(runner: &dyn TestRunner, path: &str) -> Option<&'static str> {
    match runner.capabilities().paths {
        Paths::No(reason) => Some(reason),
        Paths::Files if path.contains("::") => Some("it runs whole files"),
        Paths::Packages if path.contains("::") || path.strip_suffix(".go").is_some() => Some("it runs whole packages"),
        Paths::Tests | Paths::Files | Paths::Packages => None,
    }
}

/// The error about a path that a runner cannot run or leave out.
fn cannot(code: Code, at: Location, runner: &dyn TestRunner, path: &str, help: &str) -> Option<Diagnostic> {
    let reason = refused(runner, path)?;
    let message = format!("`{}` cannot select `{path}`: {reason}", runner.name());
    Some(Diagnostic::error(code, at, message).help(help))
}

/// Every key that asks for what the runner cannot do.
fn asked(code: Code, resolved: &TestRun<'_>, found: &mut Vec<Diagnostic>) {
    let (name, run, runner) = (resolved.name, resolved.written, resolved.runner);
    let can = runner.capabilities();
    let mut refuse = |key: &str, what: &str| {
        let message = format!("`{}` cannot {what}", runner.name());
        let at = at!["tests", name.as_str()].then(key);
        found.push(Diagnostic::error(code, at, message).help(format!("remove `{key}`")));
    };
    if run.shards > 1 && !can.shards {
        refuse("shards", "run a part of the tests");
    }
    let splits = can.all_splits();
    if run.split.is_some_and(|split| !splits.contains(&split)) {
        let words: Vec<&str> = splits.iter().map(|split| split.as_str()).collect();
        refuse("split", &format!("split that way, only by {}", listed(&words)));
    }
    if run.workers != Workers::Count(1) && !can.workers {
        refuse("workers", "run several processes in one job");
    }
    if run.dist.is_some() && !can.dist {
        refuse("dist", "distribute tests over processes");
    }
    if run.reruns > 0 && !can.reruns {
        refuse("reruns", "try failed tests again");
    }
    if run.test_timeout.is_some() && !can.test_timeout {
        refuse("test-timeout", "limit the time of a single test");
    }
    if run.coverage.is_some() && can.coverage.is_none() {
        refuse("coverage", "measure coverage");
    }
    if let Some((path, reason)) = run.not_tests.iter().find_map(|path| Some((path, refused(runner, path)?))) {
        refuse("not-tests", &format!("select `{path}`: {reason}"));
    }
    if let Some((path, reason)) = run.paths.iter().find_map(|path| Some((path, refused(runner, path)?))) {
        refuse("paths", &format!("select `{path}`: {reason}"));
    }
    if run.gates.order == Some(Wanted::Random) && can.order == Order::Fixed {
        refuse("gates", "shuffle tests");
    }
    if matches!(run.gates.repeat, Some(Repeat::Nightly | Repeat::Always)) && can.order != Order::Shuffled {
        refuse("gates", "run tests under a second seed");
    }
}
