//! `init` and `generate` in repositories of others.

use std::process::Command;

use crate::SMALL;
use crate::support::Project;

#[test]
fn files_that_git_ignores_are_named_with_the_lines_that_take_them_in() {
    let project = Project::of(SMALL).with(".gitignore", "*.py\n.github/workflows/*\n");
    let ran = project.run(["generate"]).whole();
    assert!(ran.contains("warning: git ignores `.github/pipewright/ci.py` by `*.py` of `.gitignore`"), "{ran}");
    let lines =
        "    !/.github/pipewright/ci.py\n    !/.github/workflows/.gitattributes\n    !/.github/workflows/ci.yml\n";
    assert!(ran.contains(&format!("  = help: add to the end of `.gitignore`:\n\n{lines}")), "{ran}");
    let project = project.with(".gitignore", format!("*.py\n.github/workflows/*\n{}", lines.replace(' ', "")));
    let ran = project.run(["generate"]).whole();
    assert!(!ran.contains("git ignores"), "{ran}");
}

#[test]
fn a_second_init_adds_to_the_definition_and_shows_a_diff() {
    let project = Project::empty()
        .with("pyproject.toml", "[project]\nname = \"lib\"\n[dependency-groups]\ndev = [\"pytest\"]\n")
        .with("tests/test_a.py", "def test_a():\n    pass\n");
    let ran = project.run(["init", "--add", "fixtures"]).whole();
    assert!(ran.contains("there is no `pipeline.toml` to add to") && ran.contains("status: 2"), "{ran}");
    assert!(project.run(["init", "--yes"]).code == 0);
    let before = project.read("pipeline.toml");
    let ran = project.run(["init", "--yes"]).whole();
    assert!(ran.contains("help: add to it: `pipewright init --add fixtures`"), "{ran}");
    let ran = project.run(["init", "--add", "fixtures", "--dry-run"]);
    assert!(ran.out.contains("+++ b/tests/conftest.py") && ran.code == 0, "{ran:?}");
    assert!(!project.path("tests/conftest.py").exists());
    let ran = project.run(["init", "--yes", "--add", "fixtures"]);
    assert!(ran.out.contains("+def worker_name") && ran.code == 0, "{ran:?}");
    assert!(project.path("tests/conftest.py").exists() && project.read("pipeline.toml") == before);
    let ran = project.run(["init", "--yes", "--add", "deploys"]).whole();
    assert!(ran.contains("no manifest was found that runs an image of this repository"), "{ran}");
    let ran = project.run(["init", "--add", "fixtures", "--hook"]).whole();
    assert!(ran.contains("cannot be used with"), "{ran}");
}

#[test]
fn a_repository_in_which_nothing_is_tested_gets_no_workflow() {
    let project = Project::empty().with("Gemfile", "");
    let ran = project.run(["init", "--yes"]).whole();
    assert!(ran.contains("nothing that tests or checks this repository was recognised"), "{ran}");
    assert!(ran.contains("not tested so far: Ruby;") && ran.contains("status: 3"), "{ran}");
    assert!(!project.path(".github/workflows").exists());
}

#[test]
fn a_file_that_git_tracks_is_not_ignored() {
    let project = Project::of(SMALL).with(".gitignore", "*.py\n*.sha256\n").generated();
    std::fs::remove_dir(project.path(".git")).expect("it is empty");
    for arguments in [&["init", "--quiet"][..], &["add", "--force", ".github/pipewright/ci.py"]] {
        let ended = Command::new("git").current_dir(project.root()).args(arguments).status().expect("git starts");
        assert!(ended.success(), "{arguments:?}");
    }
    let ran = project.run(["generate"]);
    assert!(ran.err.contains("git ignores `.github/pipewright/manifest.sha256`"), "{ran:?}");
    assert!(!ran.err.contains("git ignores `.github/pipewright/ci.py`"), "{ran:?}");
}
