//! Several definitions in one call.

use std::fs;

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

const BOTH: [&str; 2] = ["services/a/pipeline.toml", "services/b/pipeline.toml"];

#[test]
fn none_of_their_files_collide() {
    let project = Project::from("two-pipelines");
    let ran = project.run(["generate", BOTH[0], BOTH[1]]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_snapshot!(project.run(["check", BOTH[0], BOTH[1]]).whole(), @"
    stdout:
    services/a/pipeline.toml: 9 files are up to date
    services/b/pipeline.toml: 9 files are up to date
    status: 0
    ");
    for file in BOTH {
        assert_eq!(project.run(["check", file]).code, 0, "{file} alone");
    }
}

#[test]
fn one_does_not_remove_the_files_of_the_other() {
    let project = Project::from("two-pipelines");
    for file in BOTH {
        assert_eq!(project.run(["generate", file]).code, 0);
    }
    assert_eq!(project.run(["check", BOTH[0], BOTH[1]]).code, 0);
}

#[test]
fn two_that_want_the_same_file_are_refused() {
    let project = Project::of(SMALL).with("services/a/pipeline.toml", SMALL.replace("small", "a"));
    project.write("services/b/pipeline.toml", SMALL.replace("\"small\"", "\"b\"\nprefix = \"a\""));
    let before = project.tree();
    let said = ["generate", "check"].map(|command| {
        let ran = project.run([command, BOTH[0], BOTH[1]]);
        assert_eq!((ran.code, ran.out.as_str()), (3, ""), "{ran:?}");
        ran.err
    });
    assert!(said[0].starts_with(&said[1]), "{said:?}");
    let first: Vec<&str> = said[0].lines().take(2).collect();
    assert_snapshot!(first.join("\n"), @"
    error: `services/a/pipeline.toml` and `services/b/pipeline.toml` both generate `.github/workflows/a-ci.yml`
      = help: give one of them another `project.name` or a `project.prefix`
    ");
    assert!(project.tree() == before, "something was written");
}

#[test]
fn nothing_is_written_where_one_of_them_is_wrong() {
    let project = Project::from("two-pipelines").replace(BOTH[1], "runner    = \"pytest\"", "runner    = \"pyfest\"");
    let before = project.tree();
    let ran = project.run(["generate", BOTH[0], BOTH[1]]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(project.tree() == before, "something was written");
}

#[test]
fn nothing_is_written_where_the_files_of_one_of_them_cannot_be() {
    let project = Project::from("two-pipelines").with(".github/workflows/billing-ci.yml/README.md", "a folder\n");
    let before = project.tree();
    let ran = project.run(["generate", "--force", BOTH[0], BOTH[1]]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""), "{ran:?}");
    assert!(project.tree() == before, "something was written");
}

#[test]
fn all_that_cannot_be_read_are_named() {
    let project = Project::of(SMALL).with("latin.toml", b"# caf\xe9\n");
    let ran = project.run(["generate", "pipeline.toml", "missing.toml", "latin.toml"]);
    assert_snapshot!(ran.whole(), @"
    stderr:
    error: cannot read `missing.toml`: there is no such file
      = help: run `pipewright init` to write one
    error: cannot read `latin.toml`: line 1 is not UTF-8
      = help: save it as UTF-8
    status: 4
    ");
    assert!(!project.path(".github").exists());
}

#[test]
fn a_folder_can_be_named_instead_of_the_current_one() {
    let project = Project::of(SMALL);
    fs::create_dir(project.path("elsewhere")).expect("the folder is writable");
    assert_eq!(project.run(["-C", "elsewhere/..", "generate"]).code, 0);
    assert_eq!(project.run(["check", "-C", "."]).code, 0);
    assert_eq!(project.run(["check", "-C", "elsewhere"]).code, 0, "the definition is above the folder");
    assert_snapshot!(project.run(["check", "-C", "nowhere"]).whole(), @"
    stderr:
    error: cannot find `nowhere/pipeline.toml`: No such file or directory (os error 2)
    status: 4
    ");
}
