//! Built-in templates by name. A file of the same name in the user's `templates/` takes the place of a step's template;
//! scripts are the same for everyone.

/// Names of all templates, as paths below `templates/`.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// Names of the files that a user can replace.
pub(crate) fn file_names() -> impl Iterator<Item = &'static str> {
    names().filter_map(|name| name.strip_prefix("steps/"))
}

/// The built-in template whose file has this name, if a user can replace it.
pub fn by_file_name(file: &str) -> Option<&'static str> {
    entry(&format!("steps/{file}")).map(|(name, _)| name)
}

/// The text of a built-in template.
pub fn built_in(name: &str) -> Option<&'static str> {
    entry(name).map(|(_, text)| text)
}

/// The text of a script or module.
pub(crate) fn script(file: &str) -> Option<&'static str> {
    built_in(&format!("scripts/{file}"))
}

/// The name and the text of a built-in template.
pub(crate) fn entry(name: &str) -> Option<(&'static str, &'static str)> {
    BUILT_IN.binary_search_by(|(known, _)| (*known).cmp(name)).ok().and_then(|index| BUILT_IN.get(index)).copied()
}

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../templates/", $name)))),*]
    };
}

/// Sorted by name.
const BUILT_IN: &[(&str, &str)] = built_in![
    "scripts/aks-credential.sh",
    "scripts/changes.py",
    "scripts/ci.py",
    "scripts/cluster.py",
    "scripts/completeness.py",
    "scripts/coverage_data.py",
    "scripts/coverage_history.py",
    "scripts/coverage_report.py",
    "scripts/delivery.py",
    "scripts/deploy.py",
    "scripts/deploy_steps.py",
    "scripts/doctests.py",
    "scripts/drift.sh",
    "scripts/environment.py",
    "scripts/expectation.py",
    "scripts/findings.py",
    "scripts/formats.py",
    "scripts/gate.py",
    "scripts/gates.py",
    "scripts/gke-credential.sh",
    "scripts/history.py",
    "scripts/json_path.py",
    "scripts/kube_jobs.py",
    "scripts/marks.py",
    "scripts/metrics.py",
    "scripts/notify.py",
    "scripts/parameters.py",
    "scripts/passed.py",
    "scripts/patch.py",
    "scripts/pipewright_pytest.py",
    "scripts/plan.py",
    "scripts/pods.py",
    "scripts/port_forward.py",
    "scripts/preflight.py",
    "scripts/pytest-plugins.txt",
    "scripts/pytest-timeout.txt",
    "scripts/pytest_order.py",
    "scripts/pytest_recorder.py",
    "scripts/pytest_split.py",
    "scripts/record.py",
    "scripts/records.py",
    "scripts/restore.py",
    "scripts/runner.py",
    "scripts/settings.py",
    "scripts/shards.py",
    "scripts/smoke.py",
    "scripts/smoke_plan.py",
    "scripts/tables.py",
    "scripts/thresholds.py",
    "scripts/traffic.py",
    "scripts/web.py",
    "scripts/workload.py",
    "steps/aks.sh",
    "steps/attested.sh",
    "steps/bucket.sh",
    "steps/command.sh",
    "steps/coverage.sh",
    "steps/doctests.sh",
    "steps/eks.sh",
    "steps/given.sh",
    "steps/gke.sh",
    "steps/kubectl.sh",
    "steps/nextest-coverage.sh",
    "steps/nextest.sh",
    "steps/npm.sh",
    "steps/pip.sh",
    "steps/pnpm.sh",
    "steps/poetry-install.sh",
    "steps/poetry.sh",
    "steps/pytest-plugins.sh",
    "steps/pytest.sh",
    "steps/rust.sh",
    "steps/secrets.sh",
    "steps/uv.sh",
];

#[cfg(test)]
mod tests {
    use super::*;

    /// A template that is not registered would never be emitted, and one out of order never found.
    #[test]
    fn every_file_is_registered_in_order() {
        let mut files = Vec::new();
        for folder in ["scripts", "steps"] {
            let folder_path = format!("{}/templates/{folder}", env!("CARGO_MANIFEST_DIR"));
            for entry in std::fs::read_dir(folder_path).expect("the folder is readable") {
                let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
                if !name.starts_with(['.', '_']) {
                    files.push(format!("{folder}/{name}"));
                }
            }
        }
        files.sort();
        assert_eq!(names().collect::<Vec<_>>(), files);
        assert!(file_names().all(|name| by_file_name(name).is_some()));
        assert_eq!(by_file_name("drift.sh"), None);
    }
}
