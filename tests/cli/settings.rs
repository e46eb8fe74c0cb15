//! Options of every command, and the place of the definition.

use insta::assert_snapshot;
use serde_json::Value;

use crate::SMALL;
use crate::support::{Project, Ran, program};

/// A project with a warning: a test run in fixed order.
fn warned() -> Project {
    let tests = "[tests.tool]\ncomponent = \"tool\"\nrunner = \"pytest\"\ngates = { order = \"fixed\" }\n";
    let install = "install = { pip = [\"requirements.txt\"] }\n";
    Project::of(&format!("{SMALL}{install}\n{tests}")).with("requirements.txt", "pytest\n")
}

/// Runs the program in a folder of a repository.
fn run_in(project: &Project, folder: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let mut command = program();
    command.current_dir(project.path(folder)).args(arguments).envs(variables.iter().copied());
    Ran::from(command.output().expect("the program starts"))
}

#[test]
fn the_definition_is_found_from_any_folder_below() {
    let project = Project::of(SMALL).with("src/deep/file.py", "");
    let ran = run_in(&project, "src/deep", &["generate"], &[]);
    assert!(ran.code == 0 && ran.out.contains("created: .github/workflows/ci.yml"), "{ran:?}");
    assert!(!project.path("src/deep/.github").exists());
    assert_snapshot!(run_in(&project, "src/deep", &["check"], &[]).whole(), @"
    stdout:
    pipeline.toml: 5 files are up to date
    status: 0
    ");
    // A named file is that file.
    assert_eq!(run_in(&project, "src", &["check", "pipeline.toml"], &[]).code, 4);
}

#[test]
fn the_closest_definition_of_the_same_repository_is_meant() {
    let project = Project::of(SMALL)
        .with("services/a/pipeline.toml", SMALL.replace("small", "a"))
        .with("services/a/src/a.py", "")
        .with("vendor/other/.git/HEAD", "")
        .generated();
    let ran = run_in(&project, "services/a/src", &["generate"], &[]);
    assert!(ran.out.contains("created: .github/workflows/a-ci.yml"), "{ran:?}");
    assert_snapshot!(run_in(&project, "vendor/other", &["check"], &[]).whole(), @"
    stderr:
    error: cannot read `pipeline.toml`: there is no such file
      = help: run `pipewright init` to write one
    status: 4
    ");
}

#[test]
fn pins_are_those_of_the_lock_above() {
    let project = Project::of(SMALL).with("src/file.py", "");
    let image = format!("ghcr.io/acme/tool:1@sha256:{}", "0".repeat(64));
    let ran = run_in(&project, "src", &["pins", "list"], &[]);
    assert!(ran.out.contains("actions/checkout"), "{ran:?}");
    assert_eq!(run_in(&project, "src", &["pins", "add", &image], &[]).code, 0);
    assert!(project.read("pipeline.lock").contains("acme/tool") && !project.path("src/pipeline.lock").exists());
}

#[test]
fn quiet_prints_findings_only() {
    let project = warned();
    let ran = project.run(["generate", "-q"]);
    assert!(ran.out.is_empty() && ran.err.contains("warning[order-not-random]"), "{ran:?}");
    let project = Project::of(SMALL);
    assert_eq!(project.run(["generate", "--quiet"]).whole(), "status: 0");
    assert_eq!(project.run(["check", "-q"]).whole(), "status: 0");
    assert_eq!(project.run(["check", "-q", "-v"]).code, 2);
    let project = project.append(".github/workflows/ci.yml", "# by hand\n");
    assert!(project.run(["check", "-q"]).err.starts_with("drift: .github/workflows/ci.yml is edited by hand"));
}

#[test]
fn verbose_names_what_is_read() {
    let project = Project::of(SMALL).generated();
    assert_snapshot!(project.run(["check", "--verbose"]).whole(), @"
    stdout:
    pipeline.toml: 5 files are up to date
    stderr:
    read: pipeline.toml
    read: pipeline.lock
    status: 0
    ");
}

#[test]
fn colors_are_as_asked_for() {
    let project = warned();
    let colored = |arguments: &[&str], variables: &[(&str, &str)]| {
        run_in(&project, ".", arguments, variables).err.contains('\u{1b}')
    };
    assert!(!colored(&["check"], &[]));
    assert!(colored(&["check", "--color", "always"], &[]));
    assert!(colored(&["check", "--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!colored(&["check", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(colored(&["check", "--color", "auto"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!colored(&["check", "--color", "auto"], &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
}

#[test]
fn warnings_can_be_errors() {
    let project = warned();
    let ran = project.run(["generate", "--deny-warnings"]);
    assert!(ran.code == 3 && ran.err.contains("error[order-not-random]"), "{ran:?}");
    assert!(ran.err.ends_with("1 error; nothing was written\n"), "{ran:?}");
    assert!(!project.path(".github").exists());
    let project = project.generated();
    assert_eq!(project.run(["check"]).code, 0);
    assert_eq!(project.run(["check", "--deny-warnings"]).code, 3);
    // Warnings about other files, too.
    let project = Project::of(SMALL).with(".gitignore", "*.py\n");
    let ran = project.run(["generate", "--deny-warnings"]);
    assert!(ran.code == 3 && ran.err.starts_with("error: git ignores `.github/pipewright/ci.py`"), "{ran:?}");
    assert!(!project.path(".github/workflows/ci.yml").exists());
}

#[test]
fn the_definition_may_come_from_standard_input() {
    let project = Project::of(SMALL).generated();
    assert_eq!(project.run_with(["check", "-"], SMALL).code, 0);
    let changed = SMALL.replace("ruff check .", "ruff check src");
    let ran = project.run_with(["check", "-"], &changed);
    assert!(ran.code == 1 && ran.err.contains("+        run: ruff check src"), "{ran:?}");
    let ran = project.run_with(["check", "-"], &SMALL.replace("python", "pyhton"));
    assert!(ran.code == 3 && ran.err.contains("--> pipeline.toml:7:1"), "{ran:?}");
    let ran = project.run_with(["generate", "--diff", "-"], &changed);
    assert!(ran.code == 0 && ran.out.contains("+        run: ruff check src"), "{ran:?}");
    assert_snapshot!(project.run_with(["generate", "-"], &changed).whole(), @"
    stderr:
    error: nothing is written for a definition on standard input
      = help: add `--diff` or `--dry-run`: workflows are generated from a file, which `check` compares
    status: 2
    ");
    assert_eq!(project.run(["check"]).code, 0);
    assert_eq!(Project::empty().with_lock().run_with(["check", "-q", "-"], SMALL).code, 1, "no file is needed");
}

#[test]
fn another_version_may_be_required() {
    let require =
        |text: &str| SMALL.replace("name = \"small\"", &format!("name = \"small\"\nrequired-version = \"{text}\""));
    assert_eq!(Project::of(&require(">=0.1, <99")).run(["generate"]).code, 0);
    // A newer version may have other keys, so they are not reported.
    let ran = Project::of(&require(">=99").replace("python", "pyhton")).run(["generate"]);
    assert_snapshot!(ran.whole(), @r#"
    stderr:
    error[required-version]: this is Pipewright 0.1.0, which is older than `>=99` allows
     --> pipeline.toml:5:20
      |
    5 | required-version = ">=99"
      |                    ^^^^^^
      |
      = help: install Pipewright 99 or newer

    for more information, run `pipewright explain required-version`
    1 error; nothing was written
    status: 3
    "#);
    let ran = Project::of(&require("<0.1")).run(["check"]);
    assert!(ran.err.contains("this is Pipewright 0.1.0, which is newer than `<0.1` allows"), "{ran:?}");
    assert!(
        ran.err.contains("install Pipewright older than 0.1, or change `required-version` to `\">=0.1.0\"`"),
        "{ran:?}"
    );
    let ran = Project::of(&require("0.2")).run(["check"]);
    assert!(ran.err.contains("invalid value `\"0.2\"` for `project.required-version`"), "{ran:?}");
    assert!(ran.err.contains("write comparisons of a version, separated by commas, as in `>=0.2, <1`"), "{ran:?}");
}

/// A project, the arguments of a call in it, and its exit status.
type Case<'a> = (&'a dyn Fn() -> Project, &'a [&'a str], i32);

#[test]
fn every_command_ends_with_a_document() {
    let right = || Project::of(SMALL).generated();
    let wrong = || Project::of("version = 1\n");
    let unlocked = || Project::of(SMALL).with("pipeline.lock", "version = 99\n");
    let edited = || right().append(".github/workflows/ci.yml", "# by hand\n");
    let cases: [Case<'_>; 19] = [
        (&right, &["generate"], 0),
        (&right, &["generate", "--dry-run"], 0),
        (&right, &["generate", "--diff"], 0),
        (&wrong, &["generate"], 3),
        (&edited, &["generate"], 1),
        (&Project::empty, &["generate"], 4),
        (&right, &["generate", "pipeline.toml", "pipeline.toml"], 3),
        (&right, &["check"], 0),
        (&edited, &["check"], 1),
        (&Project::empty, &["check"], 4),
        (&right, &["check", "--no-such-flag"], 2),
        (&right, &["chekc"], 2),
        (&right, &["pins", "list"], 0),
        (&right, &["pins", "add", "nonsense"], 2),
        (&unlocked, &["pins", "list"], 3),
        (&right, &["explain"], 0),
        (&right, &["explain", "drift"], 0),
        (&right, &["explain", "drfit"], 2),
        (&right, &["schema"], 0),
    ];
    for (project, arguments, code) in cases {
        for format in ["json", "sarif"] {
            let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", format]).collect();
            let ran = project().run(&arguments);
            let document: Value =
                serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {arguments:?} {ran:?}"));
            assert_eq!(ran.err, "", "{arguments:?}");
            let key = if format == "json" { "diagnostics" } else { "runs" };
            if arguments.first() == Some(&"schema") {
                continue;
            }
            assert!(document[key].is_array(), "{arguments:?} {ran:?}");
            let has_findings = matches!(arguments.first(), Some(&("generate" | "check" | "chekc")));
            let code = if format == "sarif" && !has_findings { 2 } else { code };
            assert_eq!(ran.code, code, "{arguments:?} {ran:?}");
        }
    }
}

#[test]
fn init_ends_with_a_document() {
    let project = Project::empty()
        .with("pyproject.toml", "[project]\nname = \"a\"\n")
        .with("tests/test_a.py", "def test_a():\n    pass\n");
    let ran = project.run(["init", "--format", "json"]);
    let document: Value = serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(ran.err, "", "{ran:?}");
    assert_eq!(document["wrote"][0]["path"], "pipeline.toml", "{document:#}");
    assert!(document["files"].as_array().is_some_and(|files| files.len() > 3), "{document:#}");
    assert!(document["diagnostics"].is_array());
}
