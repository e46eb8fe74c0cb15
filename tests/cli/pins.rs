//! `pins`, and what is said about what is not pinned.

use std::time::UNIX_EPOCH;

use insta::assert_snapshot;
use pipewright::day::Day;
use pipewright::pins::Lock;
use serde_json::{Value, json};

use crate::SMALL;
use crate::support::{Project, Ran, program};

const DIGEST: &str = "sha256:57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777";
const COMMIT: &str = "3d3c42e5aac5ba805825da76410c181273ba90b1";

fn add(project: &Project, pin: &str) -> String {
    project.run(["pins", "add", pin]).whole()
}

#[test]
fn every_kind_of_pin_is_recorded() {
    let project = Project::empty();
    assert_snapshot!(add(&project, &format!("postgres:16-alpine@{DIGEST}")), @"
    stdout:
    added postgres:16-alpine
    status: 0
    ");
    assert_snapshot!(add(&project, &format!("actions/checkout@{COMMIT} # v7.0.1")), @"
    stdout:
    added actions/checkout
    status: 0
    ");
    assert_snapshot!(add(&project, &format!("kubectl@v1.36.4 linux-amd64={DIGEST}")), @"
    stderr:
    error: no hash is given for kubectl on linux-arm64
      = help: write `kubectl@<version> linux-amd64=sha256:<hash> linux-arm64=sha256:<hash>`
    status: 2
    ");
    assert_snapshot!(project.read("pipeline.lock"), @r#"
    # Written by pipewright; change it with `pipewright pins add`.
    version = 1

    [actions]
    "actions/checkout" = { version = "v7.0.1", sha = "3d3c42e5aac5ba805825da76410c181273ba90b1", date = "2026-07-17" }

    [images]
    "postgres:16-alpine" = { digest = "sha256:57c72fd2a128e416c7fcc499958864df5301e940bca0a56f58fddf30ffc07777" }
    "#);
}

/// The pins of a lock.
fn listed(project: &Project, arguments: &[&str]) -> Ran {
    project.run([&["pins", "list"], arguments].concat())
}

#[test]
fn a_list_has_the_age_and_the_source_of_each_pin() {
    let project = Project::empty();
    let own = format!("acme/own@{} # v1.2.0", "1".repeat(40));
    for pin in
        [&format!("actions/checkout@{COMMIT} # v7.0.1"), &own, &format!("postgres:16-alpine@{DIGEST}"), "poetry@2.5.1"]
    {
        assert_eq!(project.run(["pins", "add", pin]).code, 0, "{pin}");
    }
    let lock = project.read("pipeline.lock").replace("111\" }", "111\", date = \"2026-11-21\" }");
    project.write("pipeline.lock", &lock);
    assert_snapshot!(listed(&project, &[]).whole(), @"
    stdout:
      acme/own            v1.2.0               1 day old     https://github.com/acme/own
      actions/checkout    v7.0.1               128 days old  https://github.com/actions/checkout
      postgres:16-alpine  sha256:57c72fd2a128  age unknown   docker.io/library/postgres
      poetry              2.5.1                age unknown   https://github.com/python-poetry/poetry
    status: 0
    ");
    let document: Value = serde_json::from_str(&listed(&project, &["--format", "json"]).out).expect("it is JSON");
    let checkout = json!({
        "name": "actions/checkout", "version": "v7.0.1", "sha": COMMIT, "date": "2026-07-17", "days": 128,
        "source": "https://github.com/actions/checkout",
    });
    let postgres = json!({
        "name": "postgres:16-alpine", "digest": DIGEST, "date": null, "days": null,
        "source": "docker.io/library/postgres",
    });
    assert_eq!((&document["actions"][1], &document["images"][0]), (&checkout, &postgres));
}

#[test]
fn a_lock_without_dates_stays_as_it_is() {
    let project = Project::of(SMALL);
    let before = project.read("pipeline.lock");
    assert!(!before.contains("date"), "{before}");
    let project = project.generated();
    assert_eq!(project.read("pipeline.lock"), before);
    assert!(listed(&project, &[]).out.contains("days old"));
}

#[test]
fn an_age_is_counted_from_the_clock() {
    let project = Project::empty();
    add(&project, &format!("acme/own@{} # v1.2.0", "1".repeat(40)));
    let today = || Day::from_unix_seconds(UNIX_EPOCH.elapsed().expect("the clock is right").as_secs());
    let before = today();
    let lock = project.read("pipeline.lock").replace("111\" }", &format!("111\", date = \"{before}\" }}"));
    project.write("pipeline.lock", &lock);
    let mut command = program();
    command.current_dir(project.root()).args(["pins", "list", "--format", "json"]).env_remove("SOURCE_DATE_EPOCH");
    let document: Value = serde_json::from_slice(&command.output().expect("it starts").stdout).expect("it is JSON");
    let days = document["actions"][0]["days"].as_i64().expect("it has an age");
    // A day may begin meanwhile.
    assert!((0..=today().since(before)).contains(&days), "{document}");
}

#[test]
fn a_date_is_that_of_its_release() {
    let project = Project::empty();
    add(&project, &format!("actions/checkout@{COMMIT} # v7.0.1"));
    assert!(project.read("pipeline.lock").contains(&format!("sha = \"{COMMIT}\", date = \"2026-07-17\" }}")));
    add(&project, &format!("actions/checkout@{} # v7.0.2", "4".repeat(40)));
    assert!(!project.read("pipeline.lock").contains("date"));
    project.write("pipeline.lock", project.read("pipeline.lock").replace("4\" }", "4\", date = \"2026-02-30\" }"));
    assert_snapshot!(listed(&project, &[]).whole(), @r#"
    stderr:
    error: pipeline.lock:5:101: `2026-02-30` is not a date
      = help: write it as in `date = "2026-11-22"`, or leave it out
    status: 3
    "#);
}

#[test]
fn what_is_recorded_already_is_not_written_again() {
    let project = Project::empty();
    let pin = format!("actions/checkout@{COMMIT} # v7.0.1");
    add(&project, &pin);
    let before = project.tree();
    let written = std::fs::metadata(project.path("pipeline.lock")).and_then(|about| about.modified()).expect("a time");
    assert_snapshot!(add(&project, &pin), @"
    stdout:
    actions/checkout was pinned so already
    status: 0
    ");
    assert_eq!(project.tree(), before);
    let after = std::fs::metadata(project.path("pipeline.lock")).and_then(|about| about.modified()).expect("a time");
    assert_eq!(written, after);
}

#[test]
fn a_newer_pin_takes_the_place_of_an_older_one() {
    let project = Project::empty();
    add(&project, &format!("actions/checkout@{COMMIT} # v7.0.1"));
    let newer = COMMIT.replace('3', "4");
    assert_snapshot!(add(&project, &format!("Actions/Checkout@{newer} # v7.0.2")), @"
    stdout:
    replaced Actions/Checkout, which was pinned to 3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
    status: 0
    ");
    let lock = Lock::parse(&project.read("pipeline.lock")).expect("the lock is as it should be");
    assert_eq!(lock.actions().count(), 1);
}

#[test]
fn what_is_no_pin_is_refused_and_nothing_recorded() {
    let project = Project::empty();
    for (pin, part) in [
        ("postgres:16-alpine", "sha256"),
        ("actions/checkout@v7", "is a tag or a branch"),
        (&format!("actions/checkout@{COMMIT}") as &str, "version"),
        ("postgres@sha256:12", "has no tag"),
        ("postgres:16-alpine@sha256:12", "64"),
        ("", ""),
        ("$(reboot)", ""),
    ] {
        let ran = project.run(["pins", "add", pin]);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{pin}: {ran:?}");
        assert!(ran.err.contains("error: ") && ran.err.contains("  = help: "), "{pin}: {ran:?}");
        assert!(ran.err.contains(part), "{pin}: {ran:?}");
    }
    let good = format!("postgres:16-alpine@{DIGEST}");
    assert_eq!(project.run(["pins", "add", good.as_str(), "bad"]).code, 2);
    assert!(!project.path("pipeline.lock").exists());
}

#[test]
fn a_broken_lock_is_not_overwritten() {
    let project = Project::empty().with("pipeline.lock", "version = 1\n[actions]\n\"a/b\" = 1\n");
    let before = project.tree();
    assert_snapshot!(add(&project, &format!("postgres:16-alpine@{DIGEST}")), @r#"
    stderr:
    error: pipeline.lock:3:9: `a/b` is not a table
      = help: a pin is written `"name" = { … }`, under [actions], [images] or [tools]
    status: 3
    "#);
    assert_eq!(project.tree(), before);
}

#[test]
fn what_is_not_pinned_is_reported_with_the_command_that_pins_it() {
    let project = Project::empty().with("pipeline.toml", SMALL);
    let ran = project.run(["check"]);
    assert_eq!(ran.code, 3);
    assert_snapshot!(ran.err, @"
    error[unpinned]: `actions/checkout` is not pinned in `pipeline.lock`
     --> pipeline.toml:3:1
      |
    3 | [project]
      | ^^^^^^^^^
      |
      = help: run `pipewright generate`, which adds the pins that it knows

    error[unpinned]: `actions/setup-python` is not pinned in `pipeline.lock`
     --> pipeline.toml:6:1
      |
    6 | [components.tool]
      | ^^^^^^^^^^^^^^^^^
      |
      = help: run `pipewright generate`, which adds the pins that it knows

    for more information, run `pipewright explain unpinned`
    2 errors; nothing was written
    ");
}

#[test]
fn generate_adds_the_pins_that_it_knows() {
    let project = Project::from("three-environments");
    let given = project.read("pipeline.lock");
    std::fs::remove_file(project.path("pipeline.lock")).expect("it was there");
    let before = project.tree();
    let dry = project.run(["generate", "--dry-run"]);
    assert!(dry.out.contains("would be created: pipeline.lock\n"), "{dry:?}");
    assert_eq!(project.tree(), before);
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.out.contains("created: pipeline.lock\n"), "{ran:?}");
    let known = project.read("pipeline.lock");
    let undated = known.lines().map(|line| match line.split_once(", date = ") {
        Some((front, _)) => format!("{front} }}"),
        None => line.to_owned(),
    });
    undated.for_each(|line| assert!(given.contains(&line), "{line}"));
    assert_eq!(project.run(["check"]).code, 0);
    let again = project.tree();
    project.run(["generate"]);
    assert_eq!(project.tree(), again);
}

#[test]
fn a_pin_of_the_projects_own_stays() {
    let lock = "version = 1\n[actions]\n\"actions/checkout\" = { version = \"v9.0.0\", sha = \"1111111111111111111111111111111111111111\" }\n";
    let project = Project::empty().with("pipeline.toml", SMALL).with("pipeline.lock", lock);
    let ran = project.run(["generate"]);
    assert!(ran.out.contains("written: pipeline.lock\n"), "{ran:?}");
    assert_snapshot!(project.read("pipeline.lock"), @r#"
    # Written by pipewright; change it with `pipewright pins add`.
    version = 1

    [actions]
    "actions/checkout" = { version = "v9.0.0", sha = "1111111111111111111111111111111111111111" }
    "actions/setup-python" = { version = "v7.0.0", sha = "5fda3b95a4ea91299a34e894583c3862153e4b97", date = "2026-07-19" }
    "#);
}

#[test]
fn definitions_that_share_a_lock_add_their_pins_to_it() {
    let rust = SMALL.replace("\"small\"", "\"other\"").replace("python", "rust").replace("3.12", "1.90");
    let project = Project::empty()
        .with("pipeline.lock", "version = 1\n")
        .with("one/pipeline.toml", SMALL)
        .with("two/pipeline.toml", &rust);
    let ran = project.run(["generate", "one/pipeline.toml", "two/pipeline.toml"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let lock = project.read("pipeline.lock");
    assert!(lock.contains("actions/setup-python") && lock.contains("rust-cache"), "{lock}");
    assert_eq!(project.run(["check", "one/pipeline.toml", "two/pipeline.toml"]).code, 0);
}

#[test]
fn nothing_is_written_while_a_pin_is_unknown() {
    let service = "[services.db]\nimage = \"example/db:3\"\n[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\nservices = [\"db\"]\n";
    let project = Project::of(&format!("{SMALL}{service}"));
    std::fs::remove_file(project.path("pipeline.lock")).expect("it was there");
    let before = project.tree();
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.err.matches("error[unpinned]").count(), 1, "{ran:?}");
    assert_eq!(project.tree(), before);
}

#[test]
fn an_image_that_nobody_knows_is_asked_for_by_its_form() {
    let service = "[services.db]\nimage = \"example/db:3\"\n[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\nservices = [\"db\"]\n";
    let ran = Project::of(&format!("{SMALL}{service}")).run(["check"]);
    let unpinned = ran.err.split("\n\n").find(|text| text.contains("example/db")).expect("it is named");
    assert_snapshot!(unpinned, @r#"
    error[unpinned]: `example/db:3` is not pinned in `pipeline.lock`
      --> pipeline.toml:10:9
       |
    10 | image = "example/db:3"
       |         ^^^^^^^^^^^^^^
       |
       = help: run `pipewright pins add 'example/db:3@sha256:<digest>'`
    "#);
}
