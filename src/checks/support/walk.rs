//! Walks over a definition. Nothing is allocated until a rule finds something.

use indexmap::IndexMap;

use crate::definition::{
    Axis, Definition, Delivery, JobRunsOn, Matrix, Name, OnRollback, RunValue, RunsOn, Step, Table,
};
use crate::diagnostics::{Location, Part};

/// A path of keys while it is walked; it becomes a place where something is found.
#[derive(Clone, Copy)]
pub(in crate::checks) struct Trail<'a> {
    above: Option<&'a Self>,
    part: Segment<'a>,
}

#[derive(Clone, Copy)]
enum Segment<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

/// The definition itself.
pub(in crate::checks) static ROOT: Trail<'static> = Trail { above: None, part: Segment::Root };

impl<'a> Trail<'a> {
    /// One key further.
    pub(in crate::checks) fn key(&'a self, key: &'a str) -> Self {
        Self { above: Some(self), part: Segment::Key(key) }
    }

    /// One item of a list further.
    pub(in crate::checks) fn index(&'a self, index: usize) -> Self {
        Self { above: Some(self), part: Segment::Index(index) }
    }

    /// The place.
    pub(in crate::checks) fn at(&self) -> Location {
        let mut parts = Vec::new();
        let mut here = Some(self);
        while let Some(trail) = here {
            match trail.part {
                Segment::Root => {}
                Segment::Key(key) => parts.push(Part::from(key)),
                Segment::Index(index) => parts.push(Part::from(index)),
            }
            here = trail.above;
        }
        parts.reverse();
        Location::value(parts)
    }
}

/// Every entry of a table under its key.
pub(in crate::checks) fn entries<T>(
    above: &Trail<'_>,
    key: &str,
    table: &Table<T>,
    visit: &mut dyn FnMut(&Trail<'_>, &Name, &T),
) {
    let trail = above.key(key);
    for (name, entry) in table {
        visit(&trail.key(name), name, entry);
    }
}

/// Every item of a list under its key.
pub(in crate::checks) fn items<T>(above: &Trail<'_>, key: &str, list: &[T], visit: &mut dyn FnMut(&Trail<'_>, &T)) {
    let trail = above.key(key);
    for (index, item) in list.iter().enumerate() {
        visit(&trail.index(index), item);
    }
}

/// Every step that the user wrote.
pub(in crate::checks) fn steps(definition: &Definition, visit: &mut dyn FnMut(&Trail<'_>, &Step)) {
    entries(&ROOT, "components", &definition.components, &mut |at, _, component| {
        if let Some(custom) = &component.custom {
            items(&at.key("custom"), "steps", &custom.steps, visit);
        }
        items(at, "before", &component.before, visit);
        items(at, "after", &component.after, visit);
    });
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
        items(at, "before", &run.before, visit);
        items(at, "after", &run.after, visit);
    });
    entries(&ROOT, "suites", &definition.suites, &mut |at, _, suite| {
        items(at, "before", &suite.before, visit);
        items(at, "after", &suite.after, visit);
    });
    entries(&ROOT, "images", &definition.images, &mut |at, _, image| {
        items(at, "before", &image.before, visit);
        items(at, "after", &image.after, visit);
    });
    entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
        items(at, "before", &environment.before, visit);
        items(at, "after", &environment.after, visit);
    });
    jobs(definition, &mut |at, _, job| items(at, "steps", &job.steps, visit));
}

/// Every job that the user wrote, in `[jobs]` and in `[workflows]`.
pub(in crate::checks) fn jobs(
    definition: &Definition,
    visit: &mut dyn FnMut(&Trail<'_>, &Name, &crate::definition::Job),
) {
    entries(&ROOT, "jobs", &definition.jobs, visit);
    entries(&ROOT, "workflows", &definition.workflows, &mut |at, _, workflow| {
        entries(at, "jobs", &workflow.jobs, visit);
    });
}

/// Effect of a command's exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Role {
    /// The result of a check, a test run, a service or a deploy.
    Verdict,
    /// The end of a custom step.
    Step,
}

/// Every shell command of a definition.
pub(in crate::checks) fn commands(definition: &Definition, visit: &mut dyn FnMut(&Trail<'_>, Role, &str)) {
    entries(&ROOT, "components", &definition.components, &mut |at, _, component| {
        entries(at, "checks", &component.checks, &mut |at, _, command| visit(at, Role::Verdict, command));
        if let Some(command) = &component.install.run {
            visit(&at.key("install").key("run"), Role::Verdict, command);
        }
    });
    entries(&ROOT, "services", &definition.services, &mut |at, _, service| {
        if let Some(health) = &service.health {
            visit(&at.key("health"), Role::Verdict, &health.command);
        }
    });
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, run| {
        if let Some(command) = &run.command {
            visit(&at.key("command"), Role::Verdict, command);
        }
    });
    entries(&ROOT, "workloads", &definition.workloads, &mut |at, _, workload| {
        if let Delivery::Commands(commands) = &workload.delivery {
            let at = at.key("delivery");
            let at = at.key("commands");
            visit(&at.key("apply"), Role::Verdict, &commands.apply);
            visit(&at.key("restore"), Role::Verdict, &commands.restore);
            visit(&at.key("current"), Role::Verdict, &commands.current);
        }
    });
    entries(&ROOT, "environments", &definition.environments, &mut |at, _, environment| {
        if let Some(backup) = &environment.backup {
            visit(&at.key("backup").key("run"), Role::Verdict, &backup.run);
        }
        if let Some(marks) = &environment.marks {
            let at = at.key("marks");
            visit(&at.key("read"), Role::Verdict, &marks.read);
            visit(&at.key("write"), Role::Verdict, &marks.write);
        }
        if let Some(migrate) = &environment.migrate {
            let at = at.key("migrate");
            visit(&at.key("run"), Role::Verdict, &migrate.run);
            if let Some(verify) = &migrate.verify {
                visit(&at.key("verify"), Role::Verdict, verify);
            }
            if let OnRollback::Run(command) = &migrate.on_rollback {
                visit(&at.key("on-rollback").key("run"), Role::Verdict, command);
            }
        }
    });
    steps(definition, &mut |at, step| {
        if let Some(command) = &step.run {
            visit(&at.key("run"), Role::Step, command);
        }
    });
}

/// Reader of a table of variables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Reader {
    /// The steps of a job.
    Steps,
    /// A Dockerfile.
    Build,
}

/// Every name in every table of variables, except those of services: some images are configured by names with dots.
pub(in crate::checks) fn variables(definition: &Definition, visit: &mut dyn FnMut(&Trail<'_>, Reader, &str)) {
    names(&ROOT.key("project"), "env", &definition.project.env, Reader::Steps, visit);
    entries(&ROOT, "components", &definition.components, &mut |at, _, it| {
        names(at, "env", &it.env, Reader::Steps, visit);
    });
    entries(&ROOT, "services", &definition.services, &mut |at, _, it| {
        names(at, "provides", &it.provides, Reader::Steps, visit);
    });
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| names(at, "env", &it.env, Reader::Steps, visit));
    entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| names(at, "env", &it.env, Reader::Steps, visit));
    entries(&ROOT, "images", &definition.images, &mut |at, _, it| {
        names(at, "build-args", &it.build_args, Reader::Build, visit);
    });
    entries(&ROOT, "environments", &definition.environments, &mut |at, _, it| {
        names(at, "env", &it.env, Reader::Steps, visit);
    });
    jobs(definition, &mut |at, _, it| names(at, "env", &it.env, Reader::Steps, visit));
    steps(definition, &mut |at, it| names(at, "env", &it.env, Reader::Steps, visit));
}

fn names<T>(
    above: &Trail<'_>,
    key: &str,
    table: &IndexMap<String, T>,
    reader: Reader,
    visit: &mut dyn FnMut(&Trail<'_>, Reader, &str),
) {
    let trail = above.key(key);
    for name in table.keys() {
        visit(&trail.key(name), reader, name);
    }
}

/// Every value of a table of values.
pub(in crate::checks) fn values<T>(
    above: &Trail<'_>,
    key: &str,
    table: &IndexMap<String, T>,
    visit: &mut dyn FnMut(&Trail<'_>, &T),
) {
    let trail = above.key(key);
    for (name, value) in table {
        visit(&trail.key(name), value);
    }
}

/// Every value that a list of steps is given.
pub(in crate::checks) fn step_values(
    above: &Trail<'_>,
    key: &str,
    steps: &[Step],
    visit: &mut dyn FnMut(&Trail<'_>, &RunValue),
) {
    items(above, key, steps, &mut |at, step| {
        values(at, "with", &step.with, visit);
        values(at, "env", &step.env, visit);
    });
}

/// `true` if a list of machines makes a matrix of the job, or means one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::checks) enum Machines {
    /// A list is an axis.
    Many,
    /// One.
    One,
}

/// Every `runs-on`.
pub(in crate::checks) fn machines(definition: &Definition, visit: &mut dyn FnMut(&Trail<'_>, Machines, &RunsOn)) {
    let mut one = |at: &Trail<'_>, machines: Machines, runs_on: Option<&RunsOn>| {
        if let Some(runs_on) = runs_on {
            visit(&at.key("runs-on"), machines, runs_on);
        }
    };
    one(&ROOT.key("project"), Machines::One, Some(&definition.project.runs_on));
    entries(&ROOT, "components", &definition.components, &mut |at, _, it| one(at, Machines::Many, it.runs_on.as_ref()));
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| one(at, Machines::Many, it.runs_on.as_ref()));
    entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| one(at, Machines::One, it.runs_on.as_ref()));
    entries(&ROOT, "images", &definition.images, &mut |at, _, it| one(at, Machines::One, it.runs_on.as_ref()));
    entries(&ROOT, "environments", &definition.environments, &mut |at, _, it| {
        one(at, Machines::One, it.runs_on.as_ref());
    });
    jobs(definition, &mut |at, _, it| match &it.runs_on {
        Some(JobRunsOn::Fixed(runs_on)) => visit(&at.key("runs-on"), Machines::One, runs_on),
        Some(JobRunsOn::Matrix(key)) => matrix_machines(at, it.matrix.as_ref(), key, visit),
        None => {}
    });
}

/// Machines that a key of a matrix names.
fn matrix_machines(
    job: &Trail<'_>,
    matrix: Option<&Matrix>,
    key: &Name,
    visit: &mut dyn FnMut(&Trail<'_>, Machines, &RunsOn),
) {
    let Some(matrix) = matrix else { return };
    let at = job.key("matrix");
    let machines = |values: Vec<String>| RunsOn::Axis(Axis { values, list: true });
    if let Some(values) = matrix.axes.get(key) {
        visit(&at.key(key), Machines::Many, &machines(values.clone()));
    }
    let include = at.key("include");
    for (index, cell) in matrix.include.iter().enumerate() {
        if let Some(label) = cell.get(key) {
            visit(&include.index(index).key(key), Machines::Many, &machines(vec![label.clone()]));
        }
    }
}
