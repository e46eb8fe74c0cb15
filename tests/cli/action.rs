//! `action.yml`: the steps of the composite action, run by bash with a stand-in of `gh`.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_yaml::Value;

use crate::SMALL;
use crate::support::Project;

/// The script of a step.
fn script(name: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("action.yml")).expect("it is there");
    let action: Value = serde_yaml::from_str(&text).expect("it is YAML");
    let steps = action["runs"]["steps"].as_sequence().expect("it has steps").clone();
    let step = steps.into_iter().find(|step| step["name"] == name).unwrap_or_else(|| panic!("no step {name}"));
    step["run"].as_str().expect("it is a script").to_owned()
}

fn run(project: &Project, folder: &str, script: &str, env: &[(&str, &str)]) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_pipewright")).parent().expect("it is in a folder").to_owned();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{}:{path}", project.path("bin").display(), program.display());
    let mut bash = Command::new("bash");
    // As GitHub runs a step with `shell: bash`.
    bash.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(project.path(folder));
    bash.env_clear().env("PATH", path).envs(env.iter().copied()).output().expect("bash starts")
}

#[test]
fn the_archive_of_the_machine_is_verified_and_on_the_path() {
    let project = Project::empty();
    let gh = "#!/bin/sh\necho \"$@\" >> calls\ncase \"$1\" in\n  release) mkdir pipewright-x86_64-unknown-linux-gnu\n    \
              tar czf pipewright-x86_64-unknown-linux-gnu.tar.gz pipewright-x86_64-unknown-linux-gnu ;;\n  *) exit \
              \"${VERIFIED:-0}\" ;;\nesac\n";
    project.write("bin/gh", gh);
    project.write("temp/empty", "");
    assert!(Command::new("chmod").arg("+x").arg(project.path("bin/gh")).status().expect("it runs").success());
    let (temp, list) = (project.path("temp").display().to_string(), project.path("list").display().to_string());
    let env = |machine: &'static str, verified: &'static str| {
        [("RUNNER_OS", machine), ("RUNNER_ARCH", "X64"), ("VERSION", "0.1.0"), ("VERIFIED", verified)]
    };
    let own = [("RUNNER_TEMP", temp.as_str()), ("GITHUB_PATH", list.as_str())];
    let install = |machine, verified| {
        let _ = fs::remove_dir_all(project.path("temp/pipewright-x86_64-unknown-linux-gnu"));
        let env: Vec<(&str, &str)> = env(machine, verified).into_iter().chain(own).collect();
        run(&project, ".", &script("Install Pipewright"), &env)
    };
    // An archive that another workflow built is not unpacked.
    let ended = install("Linux", "1");
    assert!(!ended.status.success() && !project.path("list").exists(), "{ended:?}");
    let ended = install("Linux", "0");
    assert!(ended.status.success(), "{ended:?}");
    assert_eq!(project.read("list"), format!("{temp}/pipewright-x86_64-unknown-linux-gnu\n"));
    let calls = project.read("temp/calls");
    assert!(calls.contains("--source-ref refs/tags/v0.1.0 --signer-workflow pipewright/pipewright/"), "{calls}");
    let ended = install("Plan9", "0");
    let said = String::from_utf8_lossy(&ended.stdout).into_owned();
    assert_eq!(said, "::error::Pipewright has no program for Plan9 X64\n");
}

#[test]
fn a_pull_request_is_checked_and_its_changes_are_in_the_summary() {
    let project = Project::of(SMALL);
    fs::remove_dir_all(project.path(".git")).expect("it can be removed");
    assert!(project.git(&["init", "--quiet", "--initial-branch=main"]));
    let project = project.generated();
    assert!(project.git(&["add", "--all"]) && project.git(&["commit", "--quiet", "--message=base"]));
    let base = project.read(".git/refs/heads/main").trim().to_owned();
    let project = project.append("pipeline.toml", "\n[components.more]\npath = \"more\"\nchecks = { b = \"true\" }\n");
    let file = [("FILE", "pipeline.toml")];
    let check = script("Check generated files");
    let ended = run(&project, ".", &check, &file);
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    project.write("more/x", "");
    let ended = run(&project, ".", &check, &file);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(String::from_utf8_lossy(&ended.stdout).contains("::error file=.github/workflows/ci.yml"), "{ended:?}");
    let project = project.generated();
    assert!(run(&project, ".", &check, &file).status.success());
    // A shallow clone, as actions/checkout makes it, lacks the commit of the base.
    assert!(project.git(&["add", "--all"]) && project.git(&["commit", "--quiet", "--message=change"]));
    let root = format!("file://{}", project.root().display());
    assert!(project.git(&["clone", "--quiet", "--depth=1", &root, "clone"]));
    assert!(project.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]));
    let (server, name) = root.rsplit_once('/').expect("a path has folders");
    let summary = project.path("summary").display().to_string();
    let env = [
        ("BASE", base.as_str()),
        ("FILE", "pipeline.toml"),
        ("GH_TOKEN", "secret"),
        ("GITHUB_SERVER_URL", server),
        ("GITHUB_REPOSITORY", name),
        ("GITHUB_STEP_SUMMARY", summary.as_str()),
    ];
    let ended = run(&project, "clone", &script("Show pipeline changes"), &env);
    assert!(ended.status.success(), "{ended:?}");
    let summary = project.read("summary");
    assert!(summary.starts_with("## Pipeline changes\n\n### Jobs\n\n- `+` "), "{summary}");
}
