//! The combinations of versions and machines that a job runs on.

use crate::definition::RunsOn;
use crate::toolchains::Versions;

/// Axes of a job's matrix: versions of a toolchain, and machines.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axes<'a> {
    /// Versions of the toolchain that lists the most; a matrix has one list of versions.
    pub(crate) versions: Option<Versions<'a>>,
    /// Machines of the job.
    pub(crate) machines: &'a RunsOn,
}

/// A version on a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Combination {
    /// Label of its artifacts and reports.
    pub(crate) label: String,
    /// It may fail.
    pub(crate) optional: bool,
}

impl<'a> Axes<'a> {
    /// Returns the machines of the `os` axis, where there are several.
    pub(crate) fn several_machines(&self) -> Option<&'a [String]> {
        match self.machines {
            RunsOn::Axis(axis) if axis.is_matrix() => Some(&axis.values),
            _ => None,
        }
    }

    /// Returns the versions of the version axis, where there are several.
    pub(crate) fn several_versions(&self) -> Option<Versions<'a>> {
        self.versions.filter(|versions| versions.values.is_matrix())
    }

    /// Returns the number of versions, at least one.
    pub(crate) fn version_count(&self) -> usize {
        self.several_versions().map_or(1, |versions| versions.values.values.len())
    }

    /// Returns the number of machines, at least one.
    pub(crate) fn machine_count(&self) -> usize {
        self.several_machines().map_or(1, <[String]>::len)
    }

    /// Returns every combination, versions first.
    pub(crate) fn combinations(&self) -> Vec<Combination> {
        let versions: Vec<&str> = match self.versions {
            Some(versions) => versions.values.values.iter().map(String::as_str).collect(),
            None => vec![""],
        };
        let optional = |version: &str| {
            self.versions.is_some_and(|versions| versions.values.optional.iter().any(|other| other == version))
        };
        let Some(machines) = self.several_machines() else {
            let only = |version: &str| Combination { label: version.to_owned(), optional: optional(version) };
            return versions.into_iter().map(only).collect();
        };
        let on = if self.versions.is_some() { " on " } else { "" };
        let combined = |version: &&str| {
            let label = |machine: &String| format!("{version}{on}{machine}");
            let one = |machine| Combination { label: label(machine), optional: optional(version) };
            machines.iter().map(one).collect::<Vec<_>>()
        };
        versions.iter().flat_map(combined).collect()
    }

    /// Returns the version that counts for reports: the one asked for, else the newest.
    pub(crate) fn reported_version(&self, asked: Option<&'a str>) -> Option<&'a str> {
        asked.or_else(|| self.versions.map(|versions| versions.values.last()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::{Axis, VersionAxis};

    fn versions(text: &str) -> VersionAxis {
        toml::from_str::<toml::Table>(&format!("of = {text}"))
            .and_then(|mut table| table.remove("of").unwrap_or(toml::Value::Boolean(false)).try_into())
            .expect("versions")
    }

    fn axis(values: &[&str]) -> Axis {
        Axis { values: values.iter().map(|value| (*value).to_owned()).collect(), list: true }
    }

    #[test]
    fn labels_every_combination_of_versions_and_machines() {
        let (one, two) = (versions("\"3.12\""), versions("[\"3.11\", \"3.12\"]"));
        let (linux, both) = (RunsOn::Axis(axis(&["linux"])), RunsOn::Axis(axis(&["linux", "mac"])));
        let labels = |versions: Option<&VersionAxis>, machines| {
            let versions = versions.map(|values| Versions { key: "python", axis: "python", values });
            let axes = Axes { versions, machines };
            let all = axes.combinations();
            assert_eq!(axes.version_count() * axes.machine_count(), all.len());
            all.into_iter().map(|combination| combination.label).collect::<Vec<_>>()
        };
        assert_eq!(labels(None, &linux), [""]);
        assert_eq!(labels(None, &both), ["linux", "mac"]);
        assert_eq!(labels(Some(&one), &linux), ["3.12"]);
        assert_eq!(labels(Some(&two), &linux), ["3.11", "3.12"]);
        assert_eq!(labels(Some(&two), &both), ["3.11 on linux", "3.11 on mac", "3.12 on linux", "3.12 on mac"]);
    }

    #[test]
    fn reports_the_newest_version_unless_another_is_asked_for() {
        let written = r#"["3.11", "3.12", { version = "3.16", optional = true }]"#;
        let (versions, machines) = (versions(written), RunsOn::Axis(axis(&["linux", "mac"])));
        let axes =
            Axes { versions: Some(Versions { key: "python", axis: "python", values: &versions }), machines: &machines };
        assert_eq!(axes.reported_version(None), Some("3.12"));
        assert_eq!(axes.reported_version(Some("3.11")), Some("3.11"));
        let all = axes.combinations();
        let optional = all.iter().filter(|combination| combination.optional).map(|combination| &combination.label);
        assert_eq!(optional.collect::<Vec<_>>(), ["3.16 on linux", "3.16 on mac"]);
    }
}
