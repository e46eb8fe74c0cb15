//! Files that all pipelines of a repository share.

use std::fs;
use std::process::Command;

use crate::SMALL;
use crate::support::Project;

const BOTH: [&str; 2] = ["services/a/pipeline.toml", "services/b/pipeline.toml"];
const ATTRIBUTES: &str = ".github/workflows/.gitattributes";

#[test]
fn a_script_cannot_be_replaced() {
    for name in ["ci.py", "gates.py"] {
        let project = Project::of(SMALL).with(&format!("templates/{name}"), "# Pipewright's gates, with a change\n");
        let before = project.tree();
        let ran = project.run(["generate"]);
        assert_eq!(ran.code, 3, "{ran:?}");
        let message = format!("`templates/{name}` cannot replace a script: scripts are the same in every repository");
        assert!(ran.err.contains(&message), "{ran:?}");
        assert!(project.tree() == before, "something was written");
    }
    let other = Project::of(SMALL).with("templates/ci.py", "# a template of the project, for something else\n");
    assert_eq!(other.run(["generate"]).code, 0);
}

#[test]
fn attributes_of_the_users_own_stay() {
    let project = Project::of(SMALL).with(ATTRIBUTES, "*.yaml eol=lf\n");
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(project.read(ATTRIBUTES), "*.yaml eol=lf\n");
    assert!(ran.err.contains("ci.yml text eol=lf linguist-generated"), "{ran:?}");
    let covered = Project::of(SMALL).with(ATTRIBUTES, "*.yml eol=lf\n").run(["generate"]);
    assert_eq!((covered.code, covered.err.as_str()), (0, ""), "{covered:?}");
}

#[test]
fn a_shared_file_goes_with_the_last_pipeline_that_uses_it() {
    let project = Project::from("two-pipelines");
    assert_eq!(project.run(["generate", BOTH[0], BOTH[1]]).code, 0);
    let unused = ".github/pipewright/gke-credential.sh";
    fs::copy(project.path(".github/pipewright/ci.py"), project.path(unused)).expect("it is copied");
    for path in project.outputs().keys().map(|path| project.path(path)) {
        if path.is_file() && path.to_string_lossy().contains("billing") {
            fs::remove_file(path).expect("it was there");
        }
    }
    fs::remove_file(project.path(BOTH[1])).expect("it was there");
    assert_eq!(project.run(["generate", BOTH[0]]).code, 0);
    let checked = project.run(["check", BOTH[0]]);
    assert_eq!(checked.code, 0, "{checked:?}");
    assert!(!project.path(unused).exists() && project.path(".github/pipewright/ci.py").is_file());
}

#[test]
fn the_drift_script_does_not_count_line_ends() {
    let project = Project::of(SMALL).generated();
    let drift = |project: &Project| {
        let script = [".github/pipewright/drift.sh", ".github/pipewright/manifest.sha256"];
        let ran = Command::new("bash").args(script).current_dir(project.root()).output().expect("bash runs");
        (ran.status.code(), String::from_utf8_lossy(&ran.stdout).into_owned())
    };
    let fine = (Some(0), "All generated files are up to date with pipeline.toml.\n".to_owned());
    assert_eq!(drift(&project), fine);
    for path in [".github/workflows/ci.yml", ".github/pipewright/manifest.sha256", ".github/pipewright/ci.py"] {
        project.write(path, project.read(path).replace('\n', "\r\n"));
    }
    assert_eq!(drift(&project), fine);
    assert_eq!(project.run(["check"]).code, 0);
    project.write(".github/workflows/ci.yml", project.read(".github/workflows/ci.yml").replace("main", "other"));
    let (code, told) = drift(&project);
    assert!(code == Some(1) && told.contains("ci.yml was edited by hand"), "{told}");
}
