//! Pins that are compared with repositories and registries, moved to later versions, and taken from a bot's edits.
//!
//! The repositories are bare ones on disk, which git reads as it reads those of GitHub; the registry is a server of this
//! test that answers as <https://github.com/opencontainers/distribution-spec/blob/main/spec.md> says.

mod absorb;
mod registry;

use crate::support::server::{ACTION, NOW, Server};
use insta::assert_snapshot;
use pipewright::day::Day;

use crate::SMALL;
use crate::support::{Project, Ran};

/// A project whose pin of `actions/checkout` is the release v6.0.0 of a server.
fn project(server: &Server) -> Project {
    let commit = server.release("actions/checkout", "v6.0.0", 300, ACTION);
    let project = Project::of(SMALL);
    let ran = project.run(["pins", "add", &format!("actions/checkout@{commit} # v6.0.0")]);
    assert_eq!(ran.code, 0, "{ran:?}");
    project.generated()
}

fn today() -> Day {
    Day::from_unix_seconds(NOW)
}

fn plain(ran: &Ran, commits: &[&str]) -> String {
    let mut text = ran.whole();
    for (index, commit) in commits.iter().enumerate() {
        text = text.replace(commit, &format!("<commit {index}>"));
    }
    text
}

#[test]
fn a_later_version_is_listed_when_it_is_out_for_a_week() {
    let server = Server::new();
    let project = project(&server);
    assert_snapshot!(project.run_against(&server, ["pins", "outdated", "actions/checkout"]).whole(), @r"
    stdout:
    1 pins are up to date
    status: 0
    ");
    server.release("actions/checkout", "v6.1.0", 20, ACTION);
    server.release("actions/checkout", "v6.2.0", 2, ACTION);
    server.release("actions/checkout", "v7.0.0-rc.1", 30, ACTION);
    assert_snapshot!(project.run_against(&server, ["pins", "outdated", "actions/checkout"]).whole(), @r"
    stdout:
      actions/checkout  v6.0.0 -> v6.1.0  20 days old
    status: 1
    ");
    assert_snapshot!(project.run_against(&server, ["pins", "outdated", "actions/checkout", "--cooldown", "1"]).whole(), @r"
    stdout:
      actions/checkout  v6.0.0 -> v6.2.0  2 days old
    status: 1
    ");
}

#[test]
fn a_version_within_the_cooldown_waits() {
    let server = Server::new();
    let project = project(&server);
    server.release("actions/checkout", "v6.2.0", 2, ACTION);
    assert_snapshot!(project.run_against(&server, ["pins", "outdated", "actions/checkout"]).whole(), @r"
    stdout:
      actions/checkout  v6.0.0 -> v6.2.0  2 days old: waits
    status: 0
    ");
    let before = project.tree();
    let ran = project.run_against(&server, ["pins", "update", "actions/checkout"]);
    assert_eq!((ran.code, project.tree() == before), (0, true), "{ran:?}");
}

#[test]
fn an_update_changes_the_lock_and_the_workflows_together() {
    let server = Server::new();
    let project = project(&server);
    let changed = ACTION.replace("  token: {}\n", "  submodule-depth: {}\n");
    let commit = server.release("actions/checkout", "v6.1.0", 20, &changed);
    let ran = project.run_against(&server, ["pins", "update", "--dry-run", "actions/checkout"]);
    assert_snapshot!(ran.whole(), @r"
    stdout:
    actions/checkout: v6.0.0 -> v6.1.0 (20 days old)
      actions/checkout: new input `submodule-depth`
      actions/checkout: input `token` is gone
    status: 0
    ");
    let ran = project.run_against(&server, ["pins", "update", "actions/checkout"]);
    assert_snapshot!(ran.whole(), @r"
    stdout:
    actions/checkout: v6.0.0 -> v6.1.0 (20 days old)
      actions/checkout: new input `submodule-depth`
      actions/checkout: input `token` is gone
    written: .github/pipewright/manifest.sha256
    written: .github/workflows/ci.yml
    written: pipeline.lock
    status: 0
    ");
    let lock = project.read("pipeline.lock");
    let line = lock.lines().find(|line| line.contains(&commit)).unwrap_or_default();
    let days = |text: &str| text.split_once(", date = \"").and_then(|(_, rest)| Day::parse(rest.split('"').next()?));
    assert_eq!(days(line).map(|date| today().since(date)), Some(20), "{line}");
    assert!(project.read(".github/workflows/ci.yml").contains(&format!("uses: actions/checkout@{commit} # v6.1.0")));
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn an_update_records_the_dates_of_pins_that_have_none() {
    let server = Server::new();
    let project = project(&server);
    let other = server.release("acme/other", "v1.0.0", 30, ACTION);
    assert_eq!(project.run(["pins", "add", &format!("acme/other@{other} # v1.0.0")]).code, 0);
    server.release("actions/checkout", "v6.1.0", 20, ACTION);
    let ran = project.run_against(&server, ["pins", "update", "actions/checkout", "acme/other"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let day = today().plus(-30);
    let (lock, line) = (project.read("pipeline.lock"), format!("sha = \"{other}\", date = \"{day}\" }}"));
    assert!(lock.contains(&line), "{lock}");
    assert!(project.run(["pins", "list"]).out.contains("30 days old"));
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn a_moved_tag_is_refused_and_nothing_is_written() {
    let server = Server::new();
    let project = project(&server);
    let before = project.tree();
    let pinned = server.commit("actions/checkout", "v6.0.0");
    let planted = server.release("actions/checkout", "v6.0.0", 1, ACTION);
    server.release("actions/checkout", "v6.1.0", 20, ACTION);
    let ran = project.run_against(&server, ["pins", "update", "actions/checkout"]);
    assert_snapshot!(plain(&ran, &[&pinned, &planted]), @r"
    stderr:
    error: the tag v6.0.0 of `actions/checkout` was moved: it names <commit 1>, and <commit 0> is pinned
      = help: keep the pin, and ask the owner of the action why: tags are moved in attacks, too
    nothing was written
    status: 1
    ");
    assert!(project.tree() == before);
    let ran = project.run_against(&server, ["pins", "verify", "actions/checkout"]);
    assert_eq!((ran.code, ran.err.contains("was moved: it names")), (1, true), "{ran:?}");
}

#[test]
fn an_input_that_a_workflow_gives_and_that_is_gone_is_refused() {
    let server = Server::new();
    let project = project(&server);
    let before = project.tree();
    server.release("actions/checkout", "v6.1.0", 20, &ACTION.replace("  persist-credentials: {}\n", ""));
    let ran = project.run_against(&server, ["pins", "update", "actions/checkout"]);
    assert_snapshot!(ran.whole(), @r"
    stderr:
    error: v6.1.0 of `actions/checkout` has no input `persist-credentials`, and `drift` of ci.yml and 2 more jobs need it
      = help: until the definition does without it, update the other pins by their names
    nothing was written
    status: 3
    ");
    assert!(project.tree() == before);
}

#[test]
fn a_version_can_be_named_and_is_never_an_earlier_one() {
    let server = Server::new();
    let project = project(&server);
    server.release("actions/checkout", "v6.1.0", 40, ACTION);
    server.release("actions/checkout", "v6.2.0", 20, ACTION);
    server.release("actions/checkout", "v5.9.0", 20, ACTION);
    let ran = project.run_against(&server, ["pins", "update", "actions/checkout@v6.1.0"]);
    assert_eq!((ran.code, project.read("pipeline.lock").contains("v6.1.0")), (0, true), "{ran:?}");
    let before = project.tree();
    let ran = project.run_against(&server, ["pins", "update", "actions/checkout@v5.9.0"]);
    assert_snapshot!(ran.whole().replace(&server.address(), "<server>"), @r"
    stderr:
    error: cannot read `<server>/actions/checkout`: no tag `v5.9.0` is later than v6.1.0, which is pinned
      = help: check the name and the network, then run the command again
    nothing was written
    status: 4
    ");
    assert_snapshot!(project.run_against(&server, ["pins", "update", "actions/chekout"]).whole(), @r"
    stderr:
    error: `pipeline.lock` has no pin of `actions/chekout`
      = help: did you mean `actions/checkout`?
    status: 2
    ");
    assert!(project.tree() == before);
}

#[test]
fn a_repository_that_gives_no_answer_is_named() {
    let server = Server::new();
    let project = project(&server);
    let ran = project.run_against(&server, ["pins", "verify", "actions/setup-python"]);
    assert_eq!((ran.code, ran.err.contains("/actions/setup-python`: ")), (4, true), "{ran:?}");
}

#[test]
fn the_lock_the_workflows_and_the_repositories_agree() {
    let server = Server::new();
    let project = project(&server);
    let verify = || project.run_against(&server, ["pins", "verify", "actions/checkout"]);
    assert_snapshot!(verify().whole(), @r"
    stdout:
    1 pins are those of their repositories and registries
    status: 0
    ");
    let pinned = server.commit("actions/checkout", "v6.0.0");
    let other = "1".repeat(40);
    let project = &project;
    let edited = project.read(".github/workflows/ci.yml").replacen(&pinned, &other, 1);
    project.write(".github/workflows/ci.yml", edited);
    let ran = verify();
    assert_eq!((ran.code, ran.err.contains(&format!("uses {other} of `actions/checkout`"))), (1, true), "{ran:?}");
}

#[test]
fn pins_are_removed_all_or_none() {
    let project = Project::of(SMALL);
    let before = project.read("pipeline.lock");
    let ran = project.run(["pins", "remove", "kubectl", "nothing"]);
    assert_eq!((ran.code, project.read("pipeline.lock") == before), (2, true), "{ran:?}");
    assert_snapshot!(project.run(["pins", "remove", "kubectl", "Actions/Checkout"]).whole(), @r"
    stdout:
    removed kubectl
    removed Actions/Checkout
    status: 0
    ");
    assert!(!project.read("pipeline.lock").contains("checkout"));
}

/// A year of updates: every pin of the pipeline moves each week, and each state is whole.
#[test]
fn fifty_updates_one_after_the_other() {
    let server = Server::new();
    let project = project(&server);
    for week in 1..=50 {
        server.release("actions/checkout", &format!("v6.{week}.0"), 300 - week * 5, ACTION);
        let ran = project.run_against(&server, ["pins", "update", "actions/checkout"]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(project.read("pipeline.lock").contains(&format!("v6.{week}.0")), "{week}");
    }
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
fn a_year_of_updates_stays_green() {
    let server = Server::new();
    let names = ["actions/checkout", "acme/one", "acme/two", "acme/three", "acme/four"];
    let release = |round: usize, days: u64| {
        names.map(|name| {
            let version = format!("v9.{round}.0");
            let commit = server.release(name, &version, days, ACTION);
            format!("{name}@{commit} # {version}")
        })
    };
    // Actions that a custom job uses, so that its workflow has each pin.
    let steps = names[1..].iter().map(|name| format!("{{ uses = \"{name}\" }}")).collect::<Vec<_>>().join(", ");
    let project = Project::of(&format!("{SMALL}\n[jobs.other]\nsteps = [{steps}]\n"));
    for pin in release(0, 400) {
        assert_eq!(project.run(["pins", "add", &pin]).code, 0, "{pin}");
    }
    let project = project.generated();
    let mut moved = 0;
    for round in 1..=10 {
        let released = release(round, 400 - 36 * round as u64);
        let arguments = ["pins", "update", names[0], names[1], names[2], names[3], names[4]];
        let ran = project.run_against(&server, arguments);
        assert_eq!(ran.code, 0, "{round}: {ran:?}");
        let (lock, ci) = (project.read("pipeline.lock"), project.read(".github/workflows/ci.yml"));
        for pin in released {
            let (action, version) = pin.split_once(" # ").expect("it has a version");
            let (_, commit) = action.split_once('@').expect("it has a commit");
            assert!(lock.contains(commit), "{round}: {pin}");
            assert!(ci.contains(&format!("uses: {action} # {version}\n")), "{round}: {pin}");
            moved += 1;
        }
        assert_eq!(project.run(["check"]).code, 0, "{round}");
    }
    let verified = ["pins", "verify", names[0], names[1], names[2], names[3], names[4]];
    assert_eq!(project.run_against(&server, verified).code, 0);
    assert_eq!(moved, 50);
}
