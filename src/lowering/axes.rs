//! The matrix of a job, or one of its combinations.

use super::jobs::single;
use crate::definition::{Cell as WrittenCell, Matrix, Name};
use crate::resolve::{self, JobMachine};
use crate::workflow::{Axis, Cell, Machine, Strategy, Value, When};

/// Combination of versions and machine that a job runs on.
#[derive(Debug, Clone)]
pub(crate) struct Axes {
    /// Axes by name; none for a job that runs on one combination.
    pub(crate) matrix: Vec<(String, Axis)>,
    /// The condition under which a job of the matrix may fail.
    pub(crate) optional: Option<When>,
    /// The machine.
    pub(crate) runner: Machine,
    /// Label of the combination; empty if there is only one.
    pub(crate) label: Value,
}

impl Axes {
    /// Returns the matrix of all combinations.
    pub(crate) fn all(axes: &resolve::Axes<'_>) -> Self {
        let (mut matrix, mut optional) = (Vec::new(), None);
        let mut label = Value::from(axes.versions.map_or("", |versions| versions.values.last()));
        if let Some(versions) = axes.several_versions() {
            matrix.push((versions.axis.to_owned(), Axis::Texts(versions.values.values.clone())));
            label = Value::matrix(versions.axis);
            let may_fail = &versions.values.optional;
            optional = (!may_fail.is_empty()).then(|| label.clone().is_one_of(may_fail));
        }
        let Some(machines) = axes.several_machines() else {
            return Self { matrix, optional, runner: single(axes.machines), label };
        };
        matrix.push(("os".to_owned(), Axis::Texts(machines.to_vec())));
        let on = if label.is_empty() { "" } else { " on " };
        label = label + on + Value::matrix("os");
        Self { matrix, optional, runner: Machine::Label(Value::matrix("os")), label }
    }

    /// The combination whose reports count: this version, else the newest, on the first machine.
    pub(crate) fn only(axes: &resolve::Axes<'_>, version: Option<&str>) -> Self {
        let label = axes.reported_version(version).unwrap_or("");
        Self { matrix: Vec::new(), optional: None, runner: single(axes.machines), label: label.into() }
    }

    /// The matrix of a custom job; without one its component's newest version on its machine.
    pub(crate) fn of_job(job: &resolve::Job<'_>) -> Self {
        let runner = match job.machine {
            JobMachine::Fixed(machine) => single(machine),
            JobMachine::Matrix(key) => Machine::Label(Value::matrix(key.as_str())),
        };
        let versions = job.component.as_ref().and_then(|component| component.axes.reported_version(None));
        let Some(matrix) = &job.written.matrix else {
            let label = versions.unwrap_or_default().into();
            return Self { matrix: Vec::new(), optional: None, runner, label };
        };
        let axes = matrix.axes.iter().map(|(name, values)| (name.to_string(), Axis::Texts(values.clone())));
        let mut keys: Vec<&Name> = matrix.axes.keys().collect();
        if keys.is_empty() {
            keys.extend(matrix.include.first().into_iter().flat_map(|cell| cell.keys()));
        }
        let label = Value::separated(keys.into_iter().map(|key| Value::matrix(key.as_str())), ", ");
        Self { matrix: axes.collect(), optional: None, runner, label }
    }

    /// Returns the strategy of a job on these combinations; none where there is one.
    pub(crate) fn strategy(&self) -> Option<Strategy> {
        let strategy = Strategy::of(self.matrix.clone())?;
        Some(Strategy { optional: self.optional.clone(), ..strategy })
    }

    /// Appends the combination to a name, if there are several.
    pub(crate) fn named(&self, name: &str) -> Value {
        let name = Value::from(name);
        let varies = !self.matrix.is_empty() || self.label.literal().is_none();
        if varies { name + " (" + &self.label + ")" } else { name }
    }
}

/// Condition of the combination whose reports count; none if there is only one.
pub(crate) fn is_reported(axes: &resolve::Axes<'_>, version: Option<&str>) -> Option<When> {
    let versions = axes.several_versions();
    let version = versions.and_then(|versions| Some((versions.axis, axes.reported_version(version)?)));
    let machine = axes.several_machines().and_then(|machines| Some(("os", machines.first()?.as_str())));
    let conditions: Vec<When> =
        version.into_iter().chain(machine).map(|(axis, value)| Value::matrix(axis).is(value)).collect();
    (!conditions.is_empty()).then_some(When::All(conditions))
}

/// The matrix of a job, and the jobs that it makes.
pub(super) fn matrix_of(matrix: &Matrix, cells: &[WrittenCell]) -> Strategy {
    let all = |cells: &[WrittenCell]| cells.iter().map(pairs_of).collect::<Vec<Cell>>();
    let decided = !matrix.include.is_empty() || !matrix.exclude.is_empty();
    Strategy {
        axes: matrix.axes.iter().map(|(name, values)| (name.to_string(), Axis::Texts(values.clone()))).collect(),
        include: all(&matrix.include),
        exclude: all(&matrix.exclude),
        optional: (!matrix.optional.is_empty()).then(|| When::Any(matrix.optional.iter().map(is_cell).collect())),
        cells: if decided { all(cells) } else { Vec::new() },
    }
}

fn pairs_of(cell: &WrittenCell) -> Cell {
    cell.iter().map(|(key, value)| (key.to_string(), value.clone())).collect()
}

/// The condition under which a job of a matrix has these values.
fn is_cell(cell: &WrittenCell) -> When {
    When::All(cell.iter().map(|(key, value)| Value::matrix(key.as_str()).is(value)).collect())
}
