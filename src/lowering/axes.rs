//! The matrix of a component: versions of its toolchain, and machines.

use super::Context;
use super::context::single;
use crate::definition::{Component, RunsOn};
use crate::workflow::{Axis, Runner, Value, When};

/// The matrix that a component's jobs share.
#[derive(Debug, Clone)]
pub(crate) struct Axes {
    /// Axes by name.
    pub(crate) matrix: Vec<(String, Axis)>,
    /// The machine.
    pub(crate) runner: Runner,
    /// What tells a combination from the others; empty where there is nothing to tell.
    pub(crate) label: Value,
    /// All labels.
    pub(crate) labels: Vec<String>,
}

/// The toolchains of a component by the name of their axis, each with its versions.
fn versions(component: &Component) -> Vec<(&'static str, &crate::definition::Axis)> {
    let custom = component.custom.as_ref().and_then(|custom| custom.versions.as_ref());
    [
        ("python", component.python.as_ref()),
        ("node", component.node.as_ref()),
        ("rust", component.rust.as_ref()),
        ("go", component.go.as_ref()),
        ("version", custom),
    ]
    .into_iter()
    .filter_map(|(name, axis)| axis.map(|axis| (name, axis)))
    .collect()
}

impl Axes {
    /// The matrix of a component, on these machines before its own and the project's.
    pub(crate) fn of(context: &Context<'_>, component: &Component, runs_on: Option<&RunsOn>) -> Self {
        let runs_on = runs_on.or(component.runs_on.as_ref()).unwrap_or(&context.definition.project.runs_on);
        let mut matrix = Vec::new();
        let mut label = Value::default();
        let mut labels = vec![String::new()];
        if let Some((name, versions)) = versions(component).into_iter().max_by_key(|(_, axis)| axis.values.len()) {
            label = versions.last().into();
            labels.clone_from(&versions.values);
            if versions.is_matrix() {
                matrix.push((name.to_owned(), Axis::Texts(versions.values.clone())));
                label = Value::matrix(name);
            }
        }
        let runner = match runs_on {
            RunsOn::Axis(machines) if machines.is_matrix() => {
                matrix.push(("os".to_owned(), Axis::Texts(machines.values.clone())));
                let on = if label.is_empty() { "" } else { " on " };
                label = label + on + Value::matrix("os");
                labels = labels
                    .iter()
                    .flat_map(|version| machines.values.iter().map(move |machine| format!("{version}{on}{machine}")))
                    .collect();
                Runner::Label(Value::matrix("os"))
            }
            other => single(other),
        };
        Self { matrix, runner, label, labels }
    }

    /// A name with the combination behind it, where there are several.
    pub(crate) fn named(&self, name: &str) -> Value {
        let name = Value::from(name);
        if self.matrix.is_empty() { name } else { name + " (" + &self.label + ")" }
    }

    /// The condition under which a job is the one whose version counts, where there are several.
    pub(crate) fn is(&self, component: &Component, version: Option<&str>) -> Option<When> {
        let mut conditions = Vec::new();
        for (name, axis) in &self.matrix {
            let Axis::Texts(values) = axis else { continue };
            let chosen = if name == "os" {
                values.first().map(String::as_str)
            } else {
                version.or_else(|| {
                    versions(component).iter().find(|(known, _)| known == name).map(|(_, axis)| axis.last())
                })
            };
            conditions.extend(chosen.map(|chosen| Value::matrix(name).is(chosen)));
        }
        (!conditions.is_empty()).then_some(When::All(conditions))
    }

    /// The same with one combination alone: the version that counts.
    pub(crate) fn only(mut self, component: &Component, version: Option<&str>) -> Self {
        let versions = versions(component);
        let newest = versions.iter().max_by_key(|(_, axis)| axis.values.len()).map(|(_, axis)| axis.last());
        let chosen = version.or(newest).unwrap_or_default();
        self.label = chosen.into();
        self.labels = vec![chosen.to_owned()];
        if let Some((_, Axis::Texts(machines))) = self.matrix.iter().find(|(name, _)| name == "os") {
            self.runner = Runner::Label(machines.first().cloned().unwrap_or_default().into());
        }
        self.matrix.clear();
        self
    }
}
