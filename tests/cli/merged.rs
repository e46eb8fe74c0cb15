//! Two branches that both regenerated, merged by git itself.

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

fn commit(project: &Project, branch: &str) {
    let steps: [&[&str]; 3] =
        [&["checkout", "--quiet", "-b", branch], &["add", "--all"], &["commit", "--quiet", "--message", "a"]];
    for step in steps {
        assert!(project.git(step), "{step:?}");
    }
}

/// A repository whose branches `one` and `two` both changed the definition and regenerated; `two` is merged into `one`.
fn merged(change: impl Fn(&Project, &str)) -> Project {
    let project = Project::of(SMALL).generated();
    std::fs::remove_dir(project.path(".git")).expect("it is empty");
    assert!(project.git(&["init", "--quiet"]));
    commit(&project, "base");
    for branch in ["one", "two"] {
        assert!(project.git(&["checkout", "--quiet", "base"]));
        change(&project, branch);
        let ran = project.run(["generate"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        commit(&project, branch);
    }
    assert!(project.git(&["checkout", "--quiet", "one"]));
    assert!(!project.git(&["merge", "two"]), "the branches do not conflict");
    project
}

fn component(project: &Project, name: &str) {
    let text = project.read("pipeline.toml");
    // At both ends, so that the definitions merge and the generated files do not.
    let own = format!("[components.{name}]\npython = \"3.12\"\nchecks = {{ lint = \"{name}\" }}\n\n");
    let text = if name == "one" {
        text.replace("[components.tool]", &format!("{own}[components.tool]"))
    } else {
        format!("{text}\n{own}")
    };
    project.write("pipeline.toml", text);
}

#[test]
fn one_command_makes_conflicts_right() {
    let project = merged(component);
    let ran = project.run(["check"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.contains("drift: .github/workflows/ci.yml is in conflict after a merge\n"), "{ran:?}");
    assert!(ran.err.contains("help: run `pipewright generate`\n"), "{ran:?}");
    assert_eq!(project.run(["generate"]).code, 0);
    assert_eq!(project.run(["check"]).code, 0);
    assert!(
        ["one", "two", "tool"]
            .iter()
            .all(|name| project.read(".github/workflows/ci.yml").contains(&format!("  {name}:\n")))
    );
}

fn pin(project: &Project, branch: &str) {
    let digit = if branch == "one" { "1" } else { "2" };
    let pin = format!("actions/checkout@{} # v9.{digit}.0", digit.repeat(40));
    assert_eq!(project.run(["pins", "add", &pin]).code, 0);
}

#[test]
fn a_lock_in_conflict_keeps_the_later_version() {
    let project = merged(pin);
    assert_snapshot!(project.run(["check"]).err, @r"
    error[lock]: a conflict of a merge is not resolved
     --> pipeline.lock:7:1
      |
    7 | <<<<<<< HEAD
      | ^^^^^^^
      |
      = help: run `pipewright generate`: it keeps the later version of each pin

    for more information, run `pipewright explain lock`
    1 error; nothing was written
    ");
    assert_eq!(project.run(["generate"]).code, 0);
    let lock = project.read("pipeline.lock");
    assert!(lock.contains("v9.2.0") && !lock.contains("v9.1.0") && !lock.contains("<<<"), "{lock}");
    assert_eq!(project.run(["check"]).code, 0);
}

fn moved(project: &Project, branch: &str) {
    let digit = if branch == "one" { "1" } else { "2" };
    assert_eq!(project.run(["pins", "add", &format!("actions/checkout@{} # v9.0.0", digit.repeat(40))]).code, 0);
}

#[test]
fn two_commits_of_one_version_are_a_persons_choice() {
    let project = merged(moved);
    let before = project.tree();
    assert_snapshot!(project.run(["generate"]).whole(), @r"
    stderr:
    error: both sides of the merge pin `actions/checkout`, and neither has the later version
      = help: keep one of the two lines in `pipeline.lock`
    nothing was written
    status: 3
    ");
    assert!(project.tree() == before);
}

#[test]
fn a_definition_in_conflict_is_one_error() {
    let project = merged(|project, branch| {
        let text = project.read("pipeline.toml").replace("ruff check .", branch);
        project.write("pipeline.toml", text);
    });
    assert_snapshot!(project.run(["generate"]).whole(), @r"
    stderr:
    error[syntax]: a conflict of a merge is not resolved
     --> pipeline.toml:8:1
      |
    8 | <<<<<<< HEAD
      | ^^^^^^^
      |
      = help: keep one side, and remove the lines that start with `<<<<<<<`, `=======` and `>>>>>>>`

    for more information, run `pipewright explain syntax`
    1 error; nothing was written
    status: 3
    ");
}
