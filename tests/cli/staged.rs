//! `check --staged`: the files of the index, as a commit would have them.
#![cfg(unix)]

use std::process::Command;

use crate::SMALL;
use crate::support::{Project, Ran, program};

const CI: &str = ".github/workflows/ci.yml";

fn git(project: &Project, arguments: &[&str]) {
    let mut git = Command::new("git");
    let ended = git.args(arguments).current_dir(project.root()).output().expect("git is installed");
    assert!(ended.status.success(), "{arguments:?} {ended:?}");
}

/// A git repository with these files in its index.
fn staged() -> Project {
    let project = Project::of(SMALL).generated();
    std::fs::remove_dir(project.path(".git")).expect("it is empty");
    git(&project, &["init", "--quiet"]);
    git(&project, &["add", "--all"]);
    project
}

fn check(project: &Project) -> Ran {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = program();
    command.env("PATH", path).current_dir(project.root()).args(["check", "--staged"]);
    Ran::from(command.output().expect("the program starts"))
}

#[test]
fn what_is_not_staged_does_not_count() {
    let project = staged();
    assert_eq!(check(&project).whole(), "stdout:\npipeline.toml: 5 files are up to date\nstatus: 0");
    let project = project.replace("pipeline.toml", "ruff check .", "ruff check src");
    assert_eq!(project.run(["check", "-q"]).code, 1);
    assert_eq!(check(&project).code, 0, "the change is not staged");
    git(&project, &["add", "pipeline.toml"]);
    let ran = check(&project);
    assert!(ran.code == 1 && ran.err.contains("drift: .github/workflows/ci.yml is stale"), "{ran:?}");
    assert_eq!(project.run(["generate", "-q"]).code, 0);
    assert_eq!(project.run(["check", "-q"]).code, 0);
    assert_eq!(check(&project).code, 1, "the generated files are not staged");
    git(&project, &["add", ".github"]);
    assert_eq!(check(&project).code, 0);
}

#[test]
fn a_file_that_is_left_out_of_the_commit_is_missing() {
    let project = staged();
    git(&project, &["rm", "--quiet", "--cached", CI]);
    let ran = check(&project);
    assert!(ran.code == 1 && ran.err.contains("drift: .github/workflows/ci.yml is missing"), "{ran:?}");
    git(&project, &["rm", "--quiet", "--cached", "pipeline.toml"]);
    let ran = check(&project);
    assert_eq!(
        ran.whole(),
        "stderr:\nerror: `pipeline.toml` is not in the index of git\n  = help: run `git add pipeline.toml`\nstatus: 4"
    );
}

#[test]
fn a_folder_that_is_no_repository_is_refused() {
    let project = Project::of(SMALL).generated();
    let ran = check(&project);
    assert!(ran.code == 4 && ran.err.starts_with("error: cannot read the index of git: "), "{ran:?}");
}
