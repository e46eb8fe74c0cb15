//! GitHub's lockfile of actions is complete, or `check` names what it lacks.

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

const FILE: &str = ".github/workflows/actions.lock";

#[test]
fn a_repository_without_a_lockfile_needs_none() {
    let project = Project::of(SMALL).generated();
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn missing_entries_are_named_until_the_lockfile_is_complete() {
    let project = Project::of(SMALL).with(FILE, "version: 'v0.0.3'\n");
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("is not in `workflows`"), "{ran:?}");
    let ran = project.run(["check"]);
    assert_snapshot!(ran.whole(), @"
    stdout:
    pipeline.toml: 5 files are up to date
    stderr:
    drift: `.github/workflows/actions.lock` does not fit the workflows: `actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1` of `.github/workflows/ci.yml` is not in `workflows`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        workflows:
            '.github/workflows/ci.yml':
                - 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1'

    drift: `.github/workflows/actions.lock` does not fit the workflows: `actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97` of `.github/workflows/ci.yml` is not in `workflows`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        workflows:
            '.github/workflows/ci.yml':
                - 'actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97'

    drift: `.github/workflows/actions.lock` does not fit the workflows: `actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1` is not in `dependencies`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        dependencies:
            'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1':
                ref: 'v7.0.1'
                commit: 'sha1-3d3c42e5aac5ba805825da76410c181273ba90b1'
                owner_id: <gh api repos/actions/checkout --jq .owner.id>
                repo_id: <gh api repos/actions/checkout --jq .id>

    drift: `.github/workflows/actions.lock` does not fit the workflows: `actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97` is not in `dependencies`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        dependencies:
            'actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97':
                ref: 'v7.0.0'
                commit: 'sha1-5fda3b95a4ea91299a34e894583c3862153e4b97'
                owner_id: <gh api repos/actions/setup-python --jq .owner.id>
                repo_id: <gh api repos/actions/setup-python --jq .id>

    status: 1
    ");
    // The lines of the help, with numbers in place of the commands that find them.
    let parts = |head: &str| {
        let head = format!("    {head}:\n");
        let own = ran.err.split(&head).skip(1);
        let lines = own.flat_map(|part| part.lines().take_while(|line| line.starts_with("        ")));
        lines.fold(String::new(), |text, line| text + &line[4..] + "\n")
    };
    let listed = parts("workflows");
    let path = listed.lines().next().unwrap_or_default().to_owned();
    let listed = format!("{path}\n{}", listed.replace(&format!("{path}\n"), ""));
    let known = parts("dependencies");
    let known = known.lines().fold(String::new(), |text, line| {
        text + &line.split('<').next().unwrap_or_default().replace("_id: ", "_id: 7") + "\n"
    });
    project.write(FILE, format!("version: 'v0.0.3'\nworkflows:\n{listed}dependencies:\n{known}"));
    let ran = project.run(["check"]);
    assert_eq!(ran.code, 0, "{ran:?} {}", project.read(FILE));
    // Another pin, as of a new version: the numbers of the repository are known.
    let added = project.run(["pins", "add", &format!("actions/checkout@{} # v7.9.0", "a".repeat(40))]);
    assert_eq!(added.code, 0, "{added:?}");
    let before = project.read(FILE);
    let ran = project.run(["generate"]);
    assert!(ran.err.is_empty() && ran.out.contains("written: .github/workflows/actions.lock\n"), "{ran:?}");
    let expected =
        before.replace("3d3c42e5aac5ba805825da76410c181273ba90b1", &"a".repeat(40)).replace("v7.0.1", "v7.9.0");
    assert_eq!(project.read(FILE), expected);
    assert_eq!(project.run(["check"]).code, 0);
    assert!(!project.run(["generate"]).out.contains("actions.lock"));
    // A workflow is added, and its actions have entries.
    let more = "\n[workflows.more]\non = { tags = [\"v*\"] }\njobs.one = { steps = [{ run = \"make\" }] }\n";
    let project = project.append("pipeline.toml", more);
    assert_eq!(project.run(["generate"]).code, 0);
    assert!(project.read(FILE).contains(".github/workflows/more.yml':\n        - 'actions/checkout@aaaa"));
    assert_eq!(project.run(["check"]).code, 0);
    // An action without an entry is named in every format.
    let project = project.replace(FILE, "'actions/setup-python@", "'actions/other@");
    let ran = project.run(["check", "--format", "github"]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("::error file=.github/workflows/actions.lock,title=Drift::"), "{ran:?}");
    let ran = project.run(["check", "--format", "json"]);
    assert!(ran.out.contains("\"actions-lock\": ["), "{ran:?}");
}

#[test]
fn an_unknown_format_is_no_guess() {
    let project = Project::of(SMALL).generated().with(FILE, "version: 'v1'\n");
    assert_snapshot!(project.run(["check"]).whole(), @"
    stdout:
    pipeline.toml: 5 files are up to date
    stderr:
    drift: `.github/workflows/actions.lock` does not fit the workflows: its `version` is `v1`, and the known ones are v0.0.1, v0.0.2, v0.0.3
      = help: write it again: `gh actions-lock --no-narrow`
    status: 1
    ");
}
