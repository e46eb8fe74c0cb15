//! `[jobs]` and `[workflows]`: what a job takes from its component.

use std::rc::Rc;

use super::call::{self, Call};
use super::component::Component;
use super::names::{ci_jobs, own_jobs};
use super::outputs;
use super::references::{References, UNKNOWN_NAME};
use super::scope::{Named, Parts, Scope};
use crate::at;
use crate::definition::{
    CalledFirst, Cell, Job as Written, JobCheckout, JobRunsOn, Matrix, Name, Output, RunValue, RunsOn, Service, Table,
    Workflow as WrittenWorkflow,
};
use crate::diagnostics::Location;
use crate::toolchains::CacheUse;

/// A custom job.
pub(crate) struct Job<'a> {
    /// Its name, which is its id.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a Written,
    /// The component that is set up for it.
    pub(crate) component: Option<Rc<Component<'a>>>,
    /// Service containers.
    pub(crate) services: Vec<Named<'a, Service>>,
    /// Its machine: of several the first.
    pub(crate) machine: JobMachine<'a>,
    /// Its jobs, where it has a matrix.
    pub(crate) cells: Vec<Cell>,
    /// The workflow that it calls.
    pub(crate) call: Option<Call<'a>>,
    /// Outputs that other jobs read, each with its step.
    pub(crate) outputs: Vec<(&'a Output, &'a Name)>,
    /// Its time limit, in minutes.
    pub(crate) minutes: u64,
}

/// The machine of a job.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum JobMachine<'a> {
    /// The same for all jobs of a matrix.
    Fixed(&'a RunsOn),
    /// The label that a key of the matrix has.
    Matrix(&'a Name),
}

/// A custom workflow.
pub(crate) struct Workflow<'a> {
    /// Its name.
    pub(crate) name: &'a Name,
    /// Its table.
    pub(crate) written: &'a WrittenWorkflow,
    /// Its jobs.
    pub(crate) jobs: Vec<Job<'a>>,
}

impl Workflow<'_> {
    /// Returns whether its jobs start after `ci.yml`.
    pub(crate) fn needs_ci(&self) -> bool {
        self.written.needs.contains(&CalledFirst::Ci)
    }

    /// Returns the use of caches: one that is called after releases, or runs for tags, is taken to publish.
    pub(crate) fn cache_use(&self) -> CacheUse {
        let on = &self.written.on;
        let is_release = |name: &str| name.contains("release");
        let branches = on.branches.iter().any(|branch| is_release(branch));
        CacheUse::of(branches || !on.tags.is_empty() || !on.release.is_empty() || is_release(self.name))
    }
}

/// Jobs of the same table, and the outputs of their workflow.
type Others<'a> = (&'a Table<Written>, Option<&'a Table<RunValue>>);

impl<'a> Job<'a> {
    /// Returns whether it has the files of the repository.
    pub(crate) fn checks_out(&self) -> bool {
        self.written.checkout != Some(JobCheckout::None)
    }

    /// Returns the keys of its matrix that something reads: a value, the machine, or the set-up of its toolchain.
    pub(crate) fn keys_read(&self) -> Vec<&str> {
        let values = call::values(self.written).flat_map(RunValue::parts).filter_map(|part| match part {
            RunValue::Matrix(key) => Some(key.as_str()),
            _ => None,
        });
        let machine = match self.machine {
            JobMachine::Matrix(key) => Some(key.as_str()),
            JobMachine::Fixed(_) => None,
        };
        let versions = self.component.as_ref().and_then(|component| component.axes.versions);
        let sets = |axis: &&str| self.cells.iter().any(|cell| cell.keys().any(|key| key.as_str() == *axis));
        values.chain(machine).chain(versions.map(|versions| versions.axis).filter(sets)).collect()
    }

    fn of(
        scope: &Scope<'a>,
        components: &Parts<'a, Component<'a>>,
        references: &mut References,
        at: &Location,
        (name, written): Named<'a, Written>,
        (table, called): Others<'a>,
    ) -> Self {
        let definition = scope.definition;
        let component = written.component.as_ref().and_then(|component| {
            references.find(("components", &definition.components), component, || at.clone().then("component"))
        });
        let component = component.and_then(|(name, _)| components.get(name.as_str())).map(Rc::clone);
        let machine = match &written.runs_on {
            Some(JobRunsOn::Matrix(key)) => JobMachine::Matrix(key),
            Some(JobRunsOn::Fixed(machine)) => JobMachine::Fixed(machine),
            None => JobMachine::Fixed(scope.machine(component.as_ref().map(|component| component.axes.machines))),
        };
        Self {
            name,
            written,
            component,
            services: references.services(&definition.services, &written.services, || at.clone()),
            machine,
            cells: written.matrix.as_ref().map(Matrix::cells).unwrap_or_default(),
            call: Call::of(scope, written),
            outputs: outputs::of(name, written, table, called),
            minutes: scope.minutes(written.timeout),
        }
    }
}

/// Returns the jobs of `[jobs]`. They may wait for each other and for those that are generated, except the last.
pub(super) fn jobs<'a>(
    scope: &Scope<'a>,
    components: &Parts<'a, Component<'a>>,
    references: &mut References,
) -> Vec<Job<'a>> {
    let definition = scope.definition;
    let mut jobs = Vec::new();
    for (name, written) in &definition.jobs {
        let at = at!["jobs", name.as_str()];
        jobs.push(Job::of(scope, components, references, &at, (name, written), (&definition.jobs, None)));
        for (index, need) in written.needs.iter().enumerate() {
            needed_job(scope, references, need, || at.clone().then("needs").then(index));
        }
    }
    jobs
}

fn needed_job(scope: &Scope<'_>, references: &mut References, name: &Name, at: impl FnOnce() -> Location) {
    let from_tables = ci_jobs(scope.definition);
    let known: Vec<&str> = from_tables.iter().map(|job| job.id.as_ref()).chain(own_jobs()).collect();
    if !known.contains(&name.as_str()) {
        let message = format!("`ci.yml` has no job `{name}` that another one can wait for");
        references.misspelt(UNKNOWN_NAME, at(), message, name, known);
    }
}

/// Returns the workflows of `[workflows]`, whose jobs may wait for each other.
pub(super) fn workflows<'a>(
    scope: &Scope<'a>,
    components: &Parts<'a, Component<'a>>,
    references: &mut References,
) -> Vec<Workflow<'a>> {
    let mut workflows = Vec::new();
    for (name, written) in &scope.definition.workflows {
        let at = at!["workflows", name.as_str(), "jobs"];
        let mut jobs = Vec::new();
        for (id, job) in &written.jobs {
            let at = at.clone().then(id.as_str());
            jobs.push(Job::of(
                scope,
                components,
                references,
                &at,
                (id, job),
                (&written.jobs, Some(&written.on.call.outputs)),
            ));
            for (index, need) in job.needs.iter().enumerate() {
                references.find(("jobs", &written.jobs), need, || at.clone().then("needs").then(index));
            }
        }
        workflows.push(Workflow { name, written, jobs });
    }
    workflows
}
