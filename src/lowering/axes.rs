//! The matrix of a job, or one of its combinations.

use super::jobs::single;
use crate::resolve;
use crate::workflow::{Axis, Runner, Value, When};

/// The combination that a job runs on.
#[derive(Debug, Clone)]
pub(crate) struct Axes {
    /// Axes by name; none for a job that runs on one combination.
    pub(crate) matrix: Vec<(String, Axis)>,
    /// The machine.
    pub(crate) runner: Runner,
    /// Label of the combination; empty where there is nothing to label.
    pub(crate) label: Value,
}

impl Axes {
    /// All combinations, as a matrix.
    pub(crate) fn all(axes: &resolve::Axes<'_>) -> Self {
        let mut matrix = Vec::new();
        let mut label = Value::from(axes.versions.map_or("", |versions| versions.values.last()));
        if let Some(versions) = axes.several_versions() {
            matrix.push((versions.axis.to_owned(), Axis::Texts(versions.values.values.clone())));
            label = Value::matrix(versions.axis);
        }
        let Some(machines) = axes.several_machines() else {
            return Self { matrix, runner: single(axes.machines), label };
        };
        matrix.push(("os".to_owned(), Axis::Texts(machines.to_vec())));
        let on = if label.is_empty() { "" } else { " on " };
        label = label + on + Value::matrix("os");
        Self { matrix, runner: Runner::Label(Value::matrix("os")), label }
    }

    /// The combination whose reports count: this version, else the newest, on the first machine.
    pub(crate) fn only(axes: &resolve::Axes<'_>, version: Option<&str>) -> Self {
        let label = axes.reported_version(version).unwrap_or("");
        Self { matrix: Vec::new(), runner: single(axes.machines), label: label.into() }
    }

    /// A name with the combination behind it, where there are several.
    pub(crate) fn named(&self, name: &str) -> Value {
        let name = Value::from(name);
        if self.matrix.is_empty() { name } else { name + " (" + &self.label + ")" }
    }
}

/// The condition under which a job is the one whose reports count, where there are several combinations.
pub(crate) fn is_reported(axes: &resolve::Axes<'_>, version: Option<&str>) -> Option<When> {
    let versions = axes.several_versions();
    let version = versions.and_then(|versions| Some((versions.axis, axes.reported_version(version)?)));
    let machine = axes.several_machines().and_then(|machines| Some(("os", machines.first()?.as_str())));
    let conditions: Vec<When> =
        version.into_iter().chain(machine).map(|(axis, value)| Value::matrix(axis).is(value)).collect();
    (!conditions.is_empty()).then_some(When::All(conditions))
}
