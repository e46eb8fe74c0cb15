//! A test run asks its runner only for what the runner can do.

use super::{Check, Subject};
use crate::at;
use crate::definition::{Name, Order as Wanted, Repeat, Split, TestRun, Workers};
use crate::diagnostics::{Code, Diagnostic, listed};
use crate::runners::{Order, Runner, runner};

pub(crate) struct RunnerCapability;

impl Check for RunnerCapability {
    fn code(&self) -> Code {
        Code("runner-capability")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/runner-capability.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        for (name, run) in &definition.tests {
            let Some(runner) = runner(&run.runner) else { continue };
            asked(self.code(), name, run, runner, found);
        }
        for (path, quarantine) in &definition.quarantine {
            let can = |run: &TestRun| runner(&run.runner).is_none_or(|runner| runner.can().paths);
            let left_out = match &quarantine.of {
                Some(of) => definition.tests.get(of).is_none_or(can),
                None => definition.tests.is_empty() || definition.tests.values().any(can),
            };
            if !left_out {
                let message = format!("no runner can leave `{path}` out of a run");
                let help = "remove the table, and skip the test in its own code, with the reason";
                found.push(Diagnostic::error(self.code(), at!["quarantine", path].key(), message).help(help));
            }
        }
        for (name, suite) in &definition.suites {
            let runner = definition.tests.get(&suite.of).and_then(|run| runner(&run.runner));
            if let Some(runner) = runner.filter(|runner| !runner.can().paths) {
                let message = format!("`{}` cannot leave paths out of a run", runner.name());
                let help = "keep the tests in the run, or use a runner that can: `pytest`";
                found.push(Diagnostic::error(self.code(), at!["suites", name.as_str(), "of"], message).help(help));
            }
        }
    }
}

/// Every key that asks for what the runner cannot do.
fn asked(code: Code, name: &Name, run: &TestRun, runner: &dyn Runner, found: &mut Vec<Diagnostic>) {
    let can = runner.can();
    let mut refuse = |key: &str, what: &str| {
        let message = format!("`{}` cannot {what}", runner.name());
        let at = at!["tests", name.as_str()].then(key);
        found.push(Diagnostic::error(code, at, message).help(format!("remove `{key}`")));
    };
    if run.shards > 1 && !can.shards {
        refuse("shards", "run a part of the tests");
    }
    if run.split.is_some_and(|split| !can.splits.contains(&split)) {
        let words: Vec<&str> = can.splits.iter().map(|split| word(*split)).collect();
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

fn word(split: Split) -> &'static str {
    match split {
        Split::Timings => "timings",
        Split::Count => "count",
        Split::Files => "files",
    }
}
