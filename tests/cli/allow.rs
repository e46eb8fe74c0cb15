//! `[allow]`: warnings that are accepted with a reason.

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::Project;

/// A test run in fixed order, which is a warning.
fn ordered(allow: &str) -> Project {
    let tests = "[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\ngates = { order = \"fixed\" }\n";
    let install = "install = { pip = [\"requirements.txt\"] }\n";
    Project::of(&format!("{SMALL}{install}\n{tests}\n{allow}")).with("requirements.txt", "pytest\n")
}

const REASON: &str = "[allow]\norder-not-random = \"the tests share a database\"\n";

#[test]
fn an_allowed_warning_is_not_reported() {
    let ran = ordered("").run(["generate"]);
    assert!(ran.code == 0 && ran.err.contains("warning[order-not-random]"), "{ran:?}");
    let ran = ordered(REASON).run(["generate"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let ran = ordered(REASON).generated().run(["check", "--deny-warnings", "-v"]);
    assert_snapshot!(ran.whole(), @"
    stdout:
    pipeline.toml: 7 files are up to date
    stderr:
    read: pipeline.toml
    read: pipeline.lock
    allowed[order-not-random]: tests that depend on each other go unnoticed in an order that never changes
    status: 0
    ");
}

#[test]
fn a_rule_that_does_not_exist_is_an_error() {
    let ran = ordered("[allow]\norder-not-randm = \"the tests share a database\"\n").run(["generate"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("error[allow]: there is no rule `order-not-randm`"), "{ran:?}");
    assert!(ran.err.contains("= help: did you mean `order-not-random`?"), "{ran:?}");
}

#[test]
fn an_entry_that_allows_nothing_is_a_warning() {
    let project = Project::of(&format!("{SMALL}\n{REASON}"));
    assert_snapshot!(project.run(["check", "-q"]).err.split("drift:").next().unwrap_or_default(), @"
    warning[allow]: there is no warning of `order-not-random` to allow
      --> pipeline.toml:11:1
       |
    11 | order-not-random = \"the tests share a database\"
       | ^^^^^^^^^^^^^^^^
       |
       = help: remove this line

    for more information, run `pipewright explain allow`
    1 fix is certain: `pipewright check --fix` applies it
    ");
    assert_eq!(project.run(["generate"]).code, 0);
}

#[test]
fn an_error_cannot_be_allowed() {
    let timezone = "name = \"small\"\nnightly = { cron = \"17 2 * * *\", timezone = \"CEST\" }";
    let text = SMALL.replace("name = \"small\"", timezone);
    let project = Project::of(&format!("{text}\n[allow]\ntimezone = \"it is summer\"\n"));
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("error[timezone]"), "{ran:?}");
    assert!(ran.err.contains("error[allow]: `timezone` is an error here, and only warnings can be allowed"), "{ran:?}");
    assert!(!project.path(".github/workflows/ci.yml").exists());
}
