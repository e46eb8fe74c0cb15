//! A test run asks its runner only for what the runner can do.

use super::check::{Check, Subject};
use crate::at;
use crate::definition::{Order as Wanted, Repeat, Workers};
use crate::diagnostics::{Code, Diagnostic, listed};
use crate::resolve::TestRun;
use crate::runners::Order;

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
            let mut of = pipeline.tests.values().filter(|run| quarantine.of.as_ref().is_none_or(|of| of == run.name));
            let is_declared = quarantine.of.as_ref().is_none_or(|of| pipeline.tests.contains_key(of.as_str()));
            if is_declared && !pipeline.tests.is_empty() && !of.any(|run| run.runner.capabilities().paths) {
                let message = format!("no runner can leave `{path}` out of a run");
                let help = "remove the table, and skip the test in its own code, with the reason";
                found.push(Diagnostic::error(self.code(), at!["quarantine", path].key(), message).help(help));
            }
        }
        for suite in &pipeline.suites {
            let runner = suite.run.runner;
            if !runner.capabilities().paths {
                let message = format!("`{}` cannot leave paths out of a run", runner.name());
                let help = "keep the tests in the run, or use a runner that can: `pytest`";
                let at = at!["suites", suite.name.as_str(), "of"];
                found.push(Diagnostic::error(self.code(), at, message).help(help));
            }
        }
    }
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
    if !run.paths.is_empty() && !can.paths {
        refuse("paths", "run selected paths");
    }
    if run.gates.order == Some(Wanted::Random) && can.order == Order::Fixed {
        refuse("gates", "shuffle tests");
    }
    if matches!(run.gates.repeat, Some(Repeat::Nightly | Repeat::Always)) && can.order != Order::Shuffled {
        refuse("gates", "run tests under a second seed");
    }
}
