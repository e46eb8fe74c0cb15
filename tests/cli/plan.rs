//! The meaning of a change, against a commit.

use insta::assert_snapshot;

use crate::support::{Project, Ran, program};

/// A fixture as a commit of a repository.
fn committed(fixture: &str) -> Project {
    let project = Project::from(fixture);
    std::fs::remove_dir(project.path(".git")).expect("it is empty");
    assert!(project.git(&["init", "--quiet"]));
    assert!(project.git(&["add", "--all"]));
    assert!(project.git(&["commit", "--quiet", "--message", "a"]));
    project
}

fn plan<const N: usize>(project: &Project, arguments: [&str; N]) -> Ran {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = program();
    command.current_dir(project.root()).arg("plan").args(arguments).env("PATH", path);
    Ran::from(command.output().expect("the program starts"))
}

#[test]
fn a_definition_that_has_not_changed() {
    assert_snapshot!(plan(&committed("three-environments"), []).whole(), @r"
    stdout:
    the workflows do the same as before
    status: 0
    ");
}

#[test]
fn what_is_allowed_reached_or_left_out_needs_a_review() {
    let project = committed("no-deploy")
        .replace("pipeline.toml", "reruns       = 1", "reruns       = 2")
        .append(
            "pipeline.toml",
            "\n[quarantine.\"tests/slow/test_scenarios.py\"]\nreason = \"slow\"\nuntil = 2027-06-30\n",
        )
        .append(
            "pipeline.toml",
            "\n[jobs.publish]\nenvironment = \"release\"\npermissions = { packages = \"write\" }\n",
        )
        .append("pipeline.toml", "steps = [{ run = \"publish\", env = { TOKEN = { secret = \"TOKEN\" } } }]\n")
        .append("pipeline.toml", "\n[workflows.audit]\non = { schedule = [{ cron = \"5 4 * * *\" }] }\n")
        .append("pipeline.toml", "[workflows.audit.jobs.audit]\nsteps = [{ run = \"audit\" }]\n");
    let before = project.tree();
    assert_snapshot!(plan(&project, []).whole(), @r"
    stdout:
    jobs
      + workflow audit.yml
      + `audit`, the check `audit` (audit.yml)
      + `publish`, the check `publish` (ci.yml)
    triggers
      + schedule `5 4 * * *` in UTC (audit.yml)
    permissions
    ! + `publish` of ci.yml: `packages: write` (asked for in the definition)
      + `audit` of audit.yml: `contents: read` (check out the repository)
      + `publish` of ci.yml: `contents: read` (check out the repository)
    secrets
    ! + `TOKEN` of the environment `release` in `publish` of ci.yml, also in pull requests
    gates and limits
    ! ~ `tests.solver.reruns` is 2, and was 1
    tests
    ! + `quarantine.tests/slow/test_scenarios.py.until` is 2027-06-30
    time limits
      ~ audit.yml: at most 30 machine minutes a run, 0 before
      ~ ci.yml: at most 324 machine minutes a run, 294 before
    status: 0
    ");
    assert!(project.tree() == before, "a plan writes nothing");
    let markdown = plan(&project, ["--markdown"]).out;
    let start = "## Pipeline changes\n\n### Jobs\n\n- `+` workflow audit.yml\n";
    assert!(markdown.starts_with(start) && markdown.contains("\n- `~` **review** `tests.solver.reruns`"), "{markdown}");
    let document: serde_json::Value =
        serde_json::from_str(&plan(&project, ["--format", "json"]).out).expect("it is JSON");
    let changes = document["changes"].as_array().expect("a list of changes");
    assert!(changes.iter().any(|it| it["subject"] == "secrets" && it["review"] == true), "{document:#}");
}

#[test]
fn a_renamed_required_check_is_an_error_unless_it_is_accepted() {
    let project = committed("python-library").replace("pipeline.toml", "name = \"textkit\"", "name = \"text\"");
    let ran = plan(&project, []);
    assert_eq!((ran.code, ran.out.contains("! ~ `textkit passed` is now `text passed`")), (1, true), "{ran:?}");
    assert_eq!(plan(&project, ["--renamed-check"]).code, 0);
}

#[test]
fn a_new_definition_is_all_new_and_an_unknown_commit_is_named() {
    let project = committed("python-library");
    assert!(project.git(&["rm", "--quiet", "--cached", "pipeline.toml"]));
    assert!(project.git(&["commit", "--quiet", "--message", "b"]));
    let ran = plan(&project, []);
    assert_eq!((ran.code, ran.out.contains("+ `textkit passed`: require it")), (0, true), "{ran:?}");
    let ran = plan(&project, ["--against", "HEAD~1"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "the workflows do the same as before\n"), "{ran:?}");
    let ran = plan(&project, ["--against", "nowhere"]);
    assert_eq!((ran.code, ran.err.contains("cannot read `nowhere` of git")), (4, true), "{ran:?}");
    let ran = plan(&project, ["--against", "--output=x"]);
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn an_earlier_definition_that_does_not_compile_is_named() {
    let project = committed("python-library");
    let good = project.read("pipeline.toml");
    project.write("pipeline.toml", "version = 1\n");
    assert!(project.git(&["commit", "--quiet", "--all", "--message", "b"]));
    project.write("pipeline.toml", good);
    let ran = plan(&project, []);
    assert_eq!((ran.code, ran.err.contains("the definition of `HEAD` does not compile")), (3, true), "{ran:?}");
}
