//! `[tests]`: runs, with the settings of their component, their runner and the gates of all runs.

use std::rc::Rc;

use super::axes::Axes;
use super::component::Component;
use super::gates::{self, Order, Seeds};
use super::names;
use super::pytest_call::{self, Variable};
use super::references::{References, UNKNOWN_NAME};
use super::scope::{Named, Parts, Scope};
use crate::at;
use crate::definition::{Floor, Gates, Name, Quarantine, Service, Split, TestRun as Written};
use crate::diagnostics::Code;
use crate::pytest;
use crate::runners::{Coverage as Kind, RUNNERS, TestRunner, runner};

/// A test run.
pub(crate) struct TestRun<'a> {
    /// Its name.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a Written,
    /// The component whose tests these are.
    pub(crate) component: Rc<Component<'a>>,
    /// The test tool.
    pub(crate) runner: &'static dyn TestRunner,
    /// Service containers.
    pub(crate) services: Vec<Named<'a, Service>>,
    /// Versions and machines of its shards.
    pub(crate) axes: Axes<'a>,
    /// Its gates: its own before those of all runs.
    pub(crate) gates: Gates,
    /// The order of its tests.
    pub(crate) order: Order,
    /// Its seeds.
    pub(crate) seeds: Seeds,
    /// Split of the tests over the shards.
    pub(crate) split: Split,
    /// Tests that are left out for now.
    pub(crate) quarantine: Vec<(&'a str, &'a Quarantine)>,
    /// Paths that it leaves to its suites, then those that are left out for now.
    pub(crate) left_out: Vec<&'a str>,
    /// Coverage, where it is measured.
    pub(crate) coverage: Option<Coverage<'a>>,
    /// Floor of the coverage in the project's own configuration, where a gate or a check asks for it.
    pub(crate) project_floor: Option<pytest::Floor>,
    /// `PYTEST_ADDOPTS`, where the runner is pytest.
    pub(crate) variable: Option<Variable<'a>>,
    /// Time limit of a shard, in minutes.
    pub(crate) minutes: u64,
}

/// Measured coverage.
#[derive(Debug, Clone)]
pub(crate) struct Coverage<'a> {
    /// Format of its data.
    pub(crate) kind: Kind,
    /// Packages that are measured.
    pub(crate) source: &'a [String],
    /// The floor: that of the gates, else that of the project's own configuration.
    pub(crate) floor: Option<Floor>,
}

impl<'a> TestRun<'a> {
    /// Returns the run; none, with an error, where its component or its runner does not exist.
    pub(super) fn of(
        scope: &Scope<'a>,
        components: &Parts<'a, Component<'a>>,
        references: &mut References,
        name: &'a Name,
        written: &'a Written,
    ) -> Option<Self> {
        let definition = scope.definition;
        let at = || at!["tests", name.as_str()];
        let component =
            references.find(("components", &definition.components), &written.component, || at().then("component"));
        let runner = known_runner(references, name, written);
        let services = references.services(&definition.services, &written.services, at);
        let component = Rc::clone(components.get(component?.0.as_str())?);
        reported_version(references, name, written, &component);
        let runner = runner?;
        let gates = gates::effective(&written.gates, &definition.gates);
        let order = Order::of(runner, &gates);
        let seeds = Seeds::of(order, &gates, &definition.project);
        let quarantine = quarantine(scope, name);
        let suites = definition.suites.values().filter(|suite| suite.of == *name);
        let left_out: Vec<&str> = suites
            .flat_map(|suite| suite.paths.iter().map(String::as_str))
            .chain(quarantine.iter().map(|(path, _)| *path))
            .collect();
        let environments = [(&written.env, "tests", name), (&component.written.env, "components", component.name)];
        let is_pytest = runner.name() == "pytest";
        let variable = is_pytest.then(|| pytest_call::variable(environments, &services)).flatten();
        let split = gates::split(written, runner);
        let mut run = Self {
            name,
            written,
            axes: component.axes_on(written.runs_on.as_ref()),
            component,
            runner,
            services,
            gates,
            order,
            seeds,
            split,
            quarantine,
            left_out,
            coverage: None,
            project_floor: None,
            variable,
            minutes: scope.minutes(written.timeout),
        };
        if is_pytest && (written.coverage.is_some() || run.is_partial()) {
            let tree = scope.sources.tree.as_ref();
            run.project_floor = pytest_call::floor(tree, &run.component.folder, written, run.variable.as_ref());
        }
        run.coverage = run.measured();
        Some(run)
    }

    fn measured(&self) -> Option<Coverage<'a>> {
        let written = self.written.coverage.as_ref()?;
        let kind = self.runner.capabilities().coverage?;
        let own = || self.project_floor.as_ref()?.share().map(Floor::Share);
        let floor = self.gates.coverage.or_else(own);
        Some(Coverage { kind, source: &written.source, floor })
    }

    /// Returns the id of the job that runs the shards.
    pub(crate) fn job_id(&self) -> String {
        names::test_job(self.name)
    }

    /// Returns whether its tests are shuffled, where the runner can.
    pub(crate) fn is_random(&self) -> bool {
        self.order == Order::Random
    }

    /// Returns whether it has several shards.
    pub(crate) fn is_sharded(&self) -> bool {
        self.written.shards > 1
    }

    /// Returns whether a job of it runs a part of its tests only.
    pub(crate) fn is_partial(&self) -> bool {
        self.is_sharded() || !self.left_out.is_empty()
    }

    /// Returns whether its shards are filled by recorded time.
    pub(crate) fn is_timed(&self) -> bool {
        self.is_sharded() && self.split == Split::Timings
    }

    /// Returns whether it needs the plan: it shuffles, or splits by time.
    pub(crate) fn is_planned(&self) -> bool {
        self.seeds != Seeds::None || self.split == Split::Timings
    }

    /// Returns whether a failing test fails its shard, so that *Re-run failed jobs* runs it again.
    ///
    /// A lower pass rate is judged over all shards, and a workflow that is called fails with any of its jobs.
    pub(crate) fn ends_with_status(&self) -> bool {
        self.gates.pass_rate.is_none_or(|rate| rate.fraction() == "1")
    }
}

/// Returns the tests of a run that are left out for now.
fn quarantine<'a>(scope: &Scope<'a>, run: &Name) -> Vec<(&'a str, &'a Quarantine)> {
    let of = |quarantine: &Quarantine| quarantine.of.as_ref().is_none_or(|of| of == run);
    let entries = scope.definition.quarantine.iter().filter(|(_, quarantine)| of(quarantine));
    entries.map(|(path, quarantine)| (path.as_str(), quarantine)).collect()
}

fn known_runner(references: &mut References, name: &Name, written: &Written) -> Option<&'static dyn TestRunner> {
    let found = runner(&written.runner);
    if found.is_none() {
        let known = RUNNERS.iter().map(|runner| runner.name());
        let at = at!["tests", name.as_str(), "runner"];
        let message = format!("there is no runner `{}`", written.runner);
        references.misspelt(Code("runner-name"), at, message, &written.runner, known);
    }
    found
}

/// Reports a version whose coverage counts and which the component does not have, or which may fail.
fn reported_version(references: &mut References, name: &Name, written: &Written, component: &Component<'_>) {
    let Some(version) = written.coverage_version() else { return };
    if component.may_fail(version) {
        let message = format!("`{version}` is optional, and coverage comes from a version that has to work");
        let at = at!["tests", name.as_str(), "coverage", "version"];
        references.error(Code("toolchain"), at, message, "name another version, or remove `version`".to_owned());
        return;
    }
    if component.has_version(version) {
        return;
    }
    let versions = crate::toolchains::versions(component.written).flat_map(|versions| &versions.values.values);
    let at = at!["tests", name.as_str(), "coverage", "version"];
    let message = format!("`{}` has no version `{version}`", component.name);
    references.misspelt(UNKNOWN_NAME, at, message, version, versions.map(String::as_str).collect::<Vec<_>>());
}
