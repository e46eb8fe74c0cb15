//! Built-in templates by name; a file of the same name in the user's `templates/` takes the place of one.

/// Names of all templates, as paths below `templates/`.
pub fn names() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|(name, _)| *name)
}

/// The built-in template whose file has this name, in whichever folder.
pub fn by_file_name(file: &str) -> Option<&'static str> {
    names().find(|name| name.rsplit('/').next() == Some(file))
}

/// The text of a built-in template.
pub fn built_in(name: &str) -> Option<&'static str> {
    entry(name).map(|(_, text)| text)
}

/// The name of a built-in template, where there is one of that name.
pub(crate) fn name(name: &str) -> Option<&'static str> {
    entry(name).map(|(name, _)| name)
}

fn entry(name: &str) -> Option<(&'static str, &'static str)> {
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
    "scripts/cluster.py",
    "scripts/console.py",
    "scripts/coverage_report.py",
    "scripts/delivery.py",
    "scripts/deploy.py",
    "scripts/drift.sh",
    "scripts/environment.py",
    "scripts/expectation.py",
    "scripts/gate.py",
    "scripts/gates.py",
    "scripts/gke-credential.sh",
    "scripts/history.py",
    "scripts/json_path.py",
    "scripts/kube_jobs.py",
    "scripts/marks.py",
    "scripts/metrics.py",
    "scripts/nextest.toml",
    "scripts/passed.py",
    "scripts/pipewright_common.py",
    "scripts/pipewright_completeness.py",
    "scripts/pipewright_coverage.py",
    "scripts/pipewright_doctests.py",
    "scripts/pipewright_findings.py",
    "scripts/pipewright_history.py",
    "scripts/pipewright_patch.py",
    "scripts/pipewright_pytest.py",
    "scripts/pipewright_pytest_order.py",
    "scripts/pipewright_pytest_recorder.py",
    "scripts/pipewright_pytest_split.py",
    "scripts/pipewright_records.py",
    "scripts/pipewright_shards.py",
    "scripts/plan.py",
    "scripts/pods.py",
    "scripts/port_forward.py",
    "scripts/preflight.py",
    "scripts/pytest-plugins.txt",
    "scripts/pytest-timeout.txt",
    "scripts/record.py",
    "scripts/restore.py",
    "scripts/run.py",
    "scripts/settings.py",
    "scripts/smoke.py",
    "scripts/smoke_plan.py",
    "scripts/tell.py",
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
        assert!(names().all(|name| by_file_name(name.rsplit('/').next().unwrap_or(name)) == Some(name)));
    }
}
