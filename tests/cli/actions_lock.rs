//! GitHub's lockfile of actions is complete, or `check` names what it lacks.

use insta::assert_snapshot;
use serde_json::{Map, Value};

use crate::SMALL;
use crate::support::Project;

const FILE: &str = ".github/workflows/actions.lock";

/// A job with an action whose numbers are unknown.
const OWN: &str = "\n[jobs.other]\nsteps = [{ uses = \"acme/own\" }]\n";

#[test]
fn a_repository_without_a_lockfile_needs_none() {
    let project = Project::of(SMALL).generated();
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn missing_entries_are_named_until_the_lockfile_is_complete() {
    let project = Project::of(&format!("{SMALL}{OWN}")).with(FILE, "version: 'v0.0.3'\n");
    assert_eq!(project.run(["pins", "add", &format!("acme/own@{} # v1.0.0", "c".repeat(40))]).code, 0);
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.err.contains("is not in `workflows`"), "{ran:?}");
    let ran = project.run(["check"]);
    assert_snapshot!(ran.whole(), @"
    stdout:
    pipeline.toml: 5 files are up to date
    stderr:
    drift: `.github/workflows/actions.lock` does not fit the workflows: `acme/own@cccccccccccccccccccccccccccccccccccccccc` of `.github/workflows/ci.yml` is not in `workflows`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        workflows:
            '.github/workflows/ci.yml':
                - 'acme/own@cccccccccccccccccccccccccccccccccccccccc'

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

    drift: `.github/workflows/actions.lock` does not fit the workflows: `acme/own@cccccccccccccccccccccccccccccccccccccccc` is not in `dependencies`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        dependencies:
            'acme/own@cccccccccccccccccccccccccccccccccccccccc':
                ref: 'v1.0.0'
                commit: 'sha1-cccccccccccccccccccccccccccccccccccccccc'
                owner_id: <gh api repos/acme/own --jq .owner.id>
                repo_id: <gh api repos/acme/own --jq .id>

    drift: `.github/workflows/actions.lock` does not fit the workflows: `actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1` is not in `dependencies`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        dependencies:
            'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1':
                ref: 'v7.0.1'
                commit: 'sha1-3d3c42e5aac5ba805825da76410c181273ba90b1'
                owner_id: 44036562
                repo_id: 197814629

    drift: `.github/workflows/actions.lock` does not fit the workflows: `actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97` is not in `dependencies`
      = help: run `gh actions-lock --no-narrow`, or add to it:

        dependencies:
            'actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97':
                ref: 'v7.0.0'
                commit: 'sha1-5fda3b95a4ea91299a34e894583c3862153e4b97'
                owner_id: 44036562
                repo_id: 192625525

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

/// The places where a lockfile is not as GitHub's parser reads it.
///
/// Sources: <https://github.com/github/actions-lockfile/blob/main/schema/lockfile-v0.0.3.json>, and for paths, closures and
/// cycles <https://github.com/github/actions-lockfile/blob/main/go/pkg/lockfile/lockfile.go>.
fn faults(lock: &str) -> Vec<String> {
    let document: Value = serde_yaml::from_str(lock).expect("it is YAML");
    let mut faults = Vec::new();
    let mut check = |is_right: bool, fault: String| faults.extend((!is_right).then_some(fault));
    let empty = Map::new();
    let table = |of: &Value, key: &str| of.get(key).and_then(Value::as_object).unwrap_or(&empty).clone();
    let names = |of: &Value, allowed: &[&str]| table_keys(of).iter().all(|key| allowed.contains(&key.as_str()));
    check(names(&document, &["version", "workflows", "dependencies"]), "unknown keys".to_owned());
    let versions = ["v0.0.2", "v0.0.3"];
    check(document["version"].as_str().is_some_and(|it| versions.contains(&it)), format!("{}", document["version"]));
    let entries = table(&document, "dependencies");
    for (key, entry) in &entries {
        let parts = key.split_once('@').and_then(|(name, to)| Some((name.split_once('/')?, to)));
        let is_pin = parts.is_some_and(|((owner, name), to)| {
            ![owner, name, to].iter().any(|part| part.is_empty() || part.contains(':')) && !name.contains('/')
        });
        let name = key.split('@').next().unwrap_or_default();
        check(is_pin && name == name.to_lowercase(), format!("key {key}"));
        check(names(entry, &["hostname", "ref", "commit", "owner_id", "repo_id", "uses"]), format!("fields of {key}"));
        check(entry["ref"].as_str().is_some_and(|it| !it.is_empty()), format!("ref of {key}"));
        let digits = entry["commit"].as_str().and_then(|commit| commit.strip_prefix("sha1-")).unwrap_or_default();
        let is_commit = digits.len() == 40 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        check(is_commit, format!("commit of {key}"));
        for id in ["owner_id", "repo_id"] {
            check(entry[id].as_u64().is_some_and(|id| id > 0), format!("{id} of {key}"));
        }
    }
    for (path, keys) in table(&document, "workflows") {
        check(!path.starts_with('/') && !path.contains(".."), format!("path {path}"));
        for key in keys.as_array().into_iter().flatten().filter_map(Value::as_str) {
            check(entries.contains_key(key), format!("{key} of {path} has no entry"));
            for used in entries.get(key).and_then(|it| it["uses"].as_array()).into_iter().flatten() {
                check(keys.as_array().is_some_and(|all| all.contains(used)), format!("{used} of {path} is not listed"));
            }
        }
    }
    faults
}

fn table_keys(of: &Value) -> Vec<String> {
    of.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect()
}

#[test]
fn lockfiles_of_other_tools_pass_the_same_rules_and_broken_ones_do_not() {
    let right = "version: 'v0.0.2'\nworkflows:\n    'a.yml':\n        - 'a/b@v1'\ndependencies:\n    'a/b@v1':\n        ref: 'v1'\n        \
                 commit: 'sha1-3d3c42e5aac5ba805825da76410c181273ba90b1'\n        owner_id: 1\n        repo_id: 2\n";
    assert_eq!(faults(right), Vec::<String>::new());
    for (before, after) in [
        ("v0.0.2", "v9"),
        ("'a/b@v1':", "'a/b/c@v1':"),
        ("'a/b@v1':", "'A/b@v1':"),
        ("        owner_id: 1\n", ""),
        ("repo_id: 2", "repo_id: 0"),
        ("sha1-3d", "sha1-"),
        ("ref: 'v1'", "ref: ''"),
        ("'a.yml'", "'/a.yml'"),
        ("version", "versions"),
        ("- 'a/b@v1'", "- 'a/b@v2'"),
    ] {
        assert_ne!(faults(&right.replace(before, after)), Vec::<String>::new(), "{before} -> {after}");
    }
}

#[test]
fn a_lockfile_is_created_on_request_and_is_complete() {
    let project = Project::of(SMALL);
    let before = project.tree();
    let ran = project.run(["generate", "--actions-lock", "--dry-run"]);
    assert!(ran.out.contains("would be created: .github/workflows/actions.lock\n"), "{ran:?}");
    let ran = project.run(["generate", "--actions-lock", "--diff"]);
    assert!(ran.out.contains("+++ b/.github/workflows/actions.lock\n"), "{ran:?}");
    assert!(project.tree() == before);
    let ran = project.run(["generate", "--actions-lock"]);
    assert!(ran.err.is_empty() && ran.out.contains("created: .github/workflows/actions.lock\n"), "{ran:?}");
    assert_snapshot!(project.read(FILE), @"
    # Generated by Pipewright for GitHub's lockfile of actions, which `gh actions-lock` updates, too.
    # Docs: https://gh.io/actions-lockfile
    version: 'v0.0.2'
    workflows:
        '.github/workflows/ci.yml':
            - 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1'
            - 'actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97'
    dependencies:
        'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1':
            ref: 'v7.0.1'
            commit: 'sha1-3d3c42e5aac5ba805825da76410c181273ba90b1'
            owner_id: 44036562
            repo_id: 197814629
        'actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97':
            ref: 'v7.0.0'
            commit: 'sha1-5fda3b95a4ea91299a34e894583c3862153e4b97'
            owner_id: 44036562
            repo_id: 192625525
    ");
    assert_eq!(project.run(["check"]).code, 0);
    let ran = project.run(["generate", "--actions-lock"]);
    assert_eq!(ran.out, "pipeline.toml: 5 files are up to date\n", "{ran:?}");
    // A workflow and an action are added: the next call completes it, and a dry run shows that.
    let more = "\n[workflows.more]\non = { tags = [\"v*\"] }\njobs.one = { steps = [{ uses = \"actions/download-artifact\" }] }\n";
    let project = project.append("pipeline.toml", more);
    let ran = project.run(["generate", "--diff"]);
    assert!(ran.out.contains("+    '.github/workflows/more.yml':\n"), "{ran:?}");
    assert_eq!(project.run(["generate"]).code, 0);
    assert_eq!(project.run(["check"]).code, 0);
    let lock = project.read(FILE);
    assert!(lock.contains("'actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c':\n"), "{lock}");
    assert_eq!(faults(&lock), Vec::<String>::new());
    // A workflow is removed, and its entries with it.
    project.write("pipeline.toml", SMALL);
    assert_eq!(project.run(["generate"]).code, 0);
    assert!(!project.read(FILE).contains("more.yml") && !project.read(FILE).contains("download-artifact"));
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn an_action_whose_numbers_are_unknown_is_named() {
    let project = Project::of(&format!("{SMALL}{OWN}"));
    assert_eq!(project.run(["pins", "add", &format!("acme/own@{} # v1.0.0", "a".repeat(40))]).code, 0);
    let ran = project.run(["generate", "--actions-lock"]);
    assert!(ran.err.contains("<gh api repos/acme/own --jq .owner.id>"), "{ran:?}");
    // A listed workflow without all of its entries would not start.
    assert!(!project.read(FILE).contains("workflows:"), "{}", project.read(FILE));
    assert_eq!(project.run(["check"]).code, 1);
}
