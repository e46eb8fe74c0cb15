//! `[suites]`: suites, with the settings of the run that excludes them.

use std::rc::Rc;

use super::axes::Axes;
use super::names;
use super::pytest_call::{self, Variable};
use super::references::References;
use super::scope::{Named, Parts, Scope};
use super::test_run::TestRun;
use crate::at;
use crate::definition::{Name, Quarantine, Service, Suite as Written, SuiteEvent};
use crate::diagnostics::{Code, Diagnostic};

/// A suite.
pub(crate) struct Suite<'a> {
    /// Its name.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a Written,
    /// Run that excludes it.
    pub(crate) run: Rc<TestRun<'a>>,
    /// Service containers.
    pub(crate) services: Vec<Named<'a, Service>>,
    /// Versions and machines of its run; the suite uses one.
    pub(crate) axes: Axes<'a>,
    /// Tests of it that are left out for now.
    pub(crate) quarantine: Vec<(&'a str, &'a Quarantine)>,
    /// `PYTEST_ADDOPTS`, where the runner is pytest.
    pub(crate) variable: Option<Variable<'a>>,
    /// Name of its workflow.
    pub(crate) workflow: String,
    /// Time limit of its job, in minutes.
    pub(crate) minutes: u64,
}

impl<'a> Suite<'a> {
    /// Returns the suite; none, with an error, where its run does not exist.
    pub(super) fn of(
        scope: &Scope<'a>,
        runs: &Parts<'a, TestRun<'a>>,
        references: &mut References,
        name: &'a Name,
        written: &'a Written,
    ) -> Option<Self> {
        let definition = scope.definition;
        let at = || at!["suites", name.as_str()];
        let services = references.services(&definition.services, &written.services, at);
        let run = match definition.suites.get(&written.of) {
            Some(outer) if !definition.tests.contains_key(&written.of) => {
                suite_of_suite(references, name, written, outer);
                None
            }
            _ => references.find(("tests", &definition.tests), &written.of, || at().then("of")),
        };
        let run = Rc::clone(runs.get(run?.0.as_str())?);
        let inside = |path: &str| written.paths.iter().any(|own| path.starts_with(own.as_str()));
        let component = &run.component;
        let environments = [(&written.env, "suites", name), (&component.written.env, "components", component.name)];
        let is_pytest = run.runner.name() == "pytest";
        Some(Self {
            name,
            written,
            axes: component.axes_on(written.runs_on.as_ref()),
            quarantine: run.quarantine.iter().copied().filter(|(path, _)| inside(path)).collect(),
            variable: is_pytest.then(|| pytest_call::variable(environments, &services)).flatten(),
            services,
            workflow: format!("{name}-integration"),
            minutes: scope.minutes(written.timeout),
            run,
        })
    }

    /// Returns the id of the job of `ci.yml` that calls its workflow.
    pub(crate) fn job_id(&self) -> String {
        names::suite_job(self.name)
    }

    /// Returns whether it runs at a time, besides being called.
    pub(crate) fn is_nightly(&self) -> bool {
        self.written.on.contains(&SuiteEvent::Nightly)
    }

    /// Returns whether it can be started by hand.
    pub(crate) fn is_manual(&self) -> bool {
        self.written.on.contains(&SuiteEvent::Manual)
    }
}

/// Reports a suite that is left out of another suite.
fn suite_of_suite(references: &mut References, name: &Name, written: &Written, outer: &Written) {
    let message = format!("`{name}` is left out of `{}`, which is a suite itself", written.of);
    let at = at!["suites", name.as_str(), "of"];
    let there = at!["suites", written.of.as_str()].key();
    let diagnostic = Diagnostic::error(Code("suite-of-suite"), at, message).related(there, "the other suite");
    references.found.push(diagnostic.help(format!("write `of = \"{}\"`", outer.of)));
}
