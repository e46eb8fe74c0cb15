//! A bot's edit of pins in generated workflows.

use insta::assert_snapshot;
use pipewright::files::unsealed;

use super::{plain, project, today};
use crate::support::Project;
use crate::support::server::{ACTION, Server};

const CI: &str = ".github/workflows/ci.yml";

/// Edits a workflow as a bot does: the commit and the version in its comment.
fn bump(project: &Project, from: (&str, &str), to: (&str, &str)) {
    let text = project.read(CI);
    let (before, after) = (format!("{} # {}", from.0, from.1), format!("{} # {}", to.0, to.1));
    assert!(text.contains(&before), "{before}");
    project.write(CI, text.replace(&before, &after));
}

#[test]
fn a_bots_edit_is_named_and_taken_into_the_lock() {
    let server = Server::new();
    let project = project(&server);
    let old = server.commit("actions/checkout", "v6.0.0");
    let new = server.release("actions/checkout", "v6.1.0", 1, ACTION);
    bump(&project, (&old, "v6.0.0"), (&new, "v6.1.0"));
    let edited = project.read(CI);
    let ran = project.run(["check"]);
    assert!(ran.err.starts_with("drift: .github/workflows/ci.yml is edited by hand, pins only\n"), "{ran:?}");
    assert!(ran.err.contains("help: run `pipewright absorb` to take its pins into `pipeline.lock`"), "{ran:?}");
    let ran = project.run_against(&server, ["absorb"]);
    assert_snapshot!(plain(&ran, &[&old, &new]), @r"
    stdout:
    absorbed actions/checkout@<commit 1> as v6.1.0
    written: .github/pipewright/manifest.sha256
    written: .github/workflows/ci.yml
    written: pipeline.lock
    status: 0
    ");
    assert!(project.read("pipeline.lock").contains(&format!("sha = \"{new}\", date = \"{}\" }}", today().plus(-1))));
    assert_eq!(unsealed(&project.read(CI)), unsealed(&edited), "what the bot wrote, byte by byte");
    assert_eq!(project.run(["check"]).code, 0);
    assert_snapshot!(project.run_against(&server, ["absorb"]).whole(), @r"
    stdout:
    no workflow has other pins than its lock
    status: 0
    ");
}

#[test]
fn a_commit_that_does_not_belong_to_its_tag_is_refused() {
    let server = Server::new();
    let project = project(&server);
    let old = server.commit("actions/checkout", "v6.0.0");
    let new = server.release("actions/checkout", "v6.1.0", 1, ACTION);
    let planted = "b".repeat(40);
    bump(&project, (&old, "v6.0.0"), (&planted, "v6.1.0"));
    let before = project.tree();
    assert_snapshot!(plain(&project.run_against(&server, ["absorb"]), &[&old, &new, &planted]), @r"
    stderr:
    error: the commit <commit 2> of `actions/checkout` does not belong to the tag v6.1.0, which names <commit 1>
      = help: do not merge the change; run `pipewright generate --force` to drop it
    nothing was written
    status: 1
    ");
    assert!(project.tree() == before);
}

#[test]
fn an_older_version_is_refused() {
    let server = Server::new();
    let project = project(&server);
    let old = server.commit("actions/checkout", "v6.0.0");
    let older = server.release("actions/checkout", "v5.0.0", 400, ACTION);
    bump(&project, (&old, "v6.0.0"), (&older, "v5.0.0"));
    let before = project.tree();
    let ran = project.run_against(&server, ["absorb"]);
    assert_eq!((ran.code, ran.err.contains("have an older version of `actions/checkout`")), (1, true), "{ran:?}");
    assert!(project.tree() == before);
}

#[test]
fn another_edit_beside_the_pins_is_refused() {
    let server = Server::new();
    let project = project(&server);
    let old = server.commit("actions/checkout", "v6.0.0");
    let new = server.release("actions/checkout", "v6.1.0", 1, ACTION);
    bump(&project, (&old, "v6.0.0"), (&new, "v6.1.0"));
    project.write(CI, project.read(CI).replace("name: small ci", "name: other"));
    let before = project.tree();
    let ran = project.run_against(&server, ["absorb"]);
    assert_eq!((ran.code, ran.err.contains("differs by more than pins")), (1, true), "{ran:?}");
    assert!(project.tree() == before);
}

#[test]
fn a_moving_tag_covers_its_own_releases_alone() {
    let server = Server::new();
    let project = project(&server);
    let old = server.commit("actions/checkout", "v6.0.0");
    let other = server.release("actions/checkout", "v5.0.0", 400, ACTION);
    server.release("actions/checkout", "v6", 1, ACTION);
    bump(&project, (&old, "v6.0.0"), (&other, "v6"));
    let before = project.tree();
    let ran = project.run_against(&server, ["absorb"]);
    assert_eq!((ran.code, ran.err.contains("does not belong to the tag v6, which")), (1, true), "{ran:?}");
    assert!(project.tree() == before);
}

#[test]
fn a_lock_that_cannot_be_read_is_not_replaced() {
    let server = Server::new();
    let project = project(&server);
    let old = server.commit("actions/checkout", "v6.0.0");
    let new = server.release("actions/checkout", "v6.1.0", 1, ACTION);
    bump(&project, (&old, "v6.0.0"), (&new, "v6.1.0"));
    let lock = project.read("pipeline.lock");
    project.write("pipeline.lock", format!("{lock}<<<<<<< HEAD\n=======\n>>>>>>> other\n"));
    let before = project.tree();
    let ran = project.run_against(&server, ["absorb"]);
    assert!(ran.code != 0 && project.tree() == before, "{ran:?}");
}

/// Renovate's custom manager, which `init` writes, edits the lock alone.
#[test]
fn renovate_edits_the_lock_and_generate_follows() {
    let server = Server::new();
    let project = project(&server);
    let old = server.commit("actions/checkout", "v6.0.0");
    let new = server.release("actions/checkout", "v6.1.0", 9, ACTION);
    // The form of an entry that its pattern matches.
    let entry =
        |version: &str, sha: &str| format!("\"actions/checkout\" = {{ version = \"{version}\", sha = \"{sha}\" }}\n");
    let project = project.replace("pipeline.lock", &entry("v6.0.0", &old), &entry("v6.1.0", &new));
    let ran = project.run(["check"]);
    assert!(ran.err.contains("drift: .github/workflows/ci.yml is stale\n"), "{ran:?}");
    assert!(ran.err.contains("help: run `pipewright generate`\n"), "{ran:?}");
    assert_eq!(project.run(["generate"]).code, 0);
    assert!(project.read(CI).contains(&format!("uses: actions/checkout@{new} # v6.1.0\n")));
    assert_eq!(project.run(["check"]).code, 0);
    assert_eq!(project.run_against(&server, ["pins", "verify", "actions/checkout"]).code, 0);
    // A commit that is not the tag's is found by `verify`.
    let project = project.replace("pipeline.lock", &new, &"1".repeat(40));
    assert_eq!(project.run(["generate"]).code, 0);
    let ran = project.run_against(&server, ["pins", "verify", "actions/checkout"]);
    assert_eq!(ran.code, 1, "{ran:?}");
}
