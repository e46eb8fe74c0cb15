//! `init` and `generate` in repositories of others.

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
fn a_repository_in_which_nothing_is_tested_gets_no_workflow() {
    let project = Project::empty().with("Gemfile", "");
    let ran = project.run(["init", "--yes"]).whole();
    assert!(ran.contains("nothing that tests or checks this repository was recognised"), "{ran}");
    assert!(ran.contains("not supported, and not tested so far: Ruby;") && ran.contains("status: 3"), "{ran}");
    assert!(!project.path(".github/workflows").exists());
}
