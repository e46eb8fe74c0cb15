//! `check`: every way in which files depart from the definition, and nothing is ever written.

use std::fs;

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::{Project, Ran};

const CI: &str = ".github/workflows/ci.yml";

/// Checks, and proves that nothing was written.
fn check(project: &Project) -> Ran {
    let before = project.tree();
    let ran = project.run(["check"]);
    assert!(project.tree() == before, "check wrote something");
    ran
}

/// What is said about one file, from its name to the next.
fn about<'a>(ran: &'a Ran, path: &str) -> &'a str {
    let start = ran.err.find(&format!("drift: {path} ")).unwrap_or_else(|| panic!("nothing about {path}: {ran:?}"));
    let text = &ran.err[start..];
    text.split("\n\ndrift: ").next().unwrap_or(text)
}

#[test]
fn all_is_well() {
    assert_snapshot!(check(&Project::of(SMALL).generated()).whole(), @"
    stdout:
    pipeline.toml: 5 files are up to date
    status: 0
    ");
}

#[test]
fn nothing_was_generated_yet() {
    let ran = check(&Project::of(SMALL));
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert_snapshot!(ran.err, @"
    drift: .github/pipewright/.gitattributes is missing
    drift: .github/pipewright/ci.py is missing
    drift: .github/pipewright/drift.sh is missing
    drift: .github/pipewright/manifest.sha256 is missing
    drift: .github/workflows/.gitattributes is missing
    drift: .github/workflows/ci.yml is missing
    help: run `pipewright generate`
    ");
}

#[test]
fn a_file_was_removed() {
    let project = Project::of(SMALL).generated();
    fs::remove_file(project.path(CI)).expect("it was generated");
    let ran = check(&project);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("drift: .github/workflows/ci.yml is missing\n"), "{ran:?}");
    assert_eq!(ran.err.matches("drift: ").count(), 1, "{ran:?}");
}

#[test]
fn a_long_diff_is_cut_short() {
    let project = Project::of(SMALL).generated();
    let before = project.read(CI);
    let edited: Vec<String> = before.lines().map(|line| format!("{line} \n")).collect();
    project.write(CI, edited.concat());
    let ran = check(&project);
    let lines: Vec<&str> = ran.err.lines().collect();
    let help = lines.iter().position(|line| line.starts_with("help: ")).expect("a help");
    assert_eq!(help, 1 + 40, "{ran:?}");
    let left = 3 + 2 * before.lines().count() - 39;
    assert_eq!(lines[help - 1], format!("… {left} more lines; `pipewright check --full` shows them"));
    let full = project.run(["check", "--full"]);
    assert_eq!((full.code, full.err.matches("\n-").count()), (1, before.lines().count() + 1), "{full:?}");
}

#[test]
fn the_definition_was_changed() {
    let project = Project::of(SMALL).generated().replace("pipeline.toml", "ruff check .", "ruff check src");
    let ran = check(&project);
    assert_eq!(ran.code, 1);
    assert_snapshot!(about(&ran, CI), @"
    drift: .github/workflows/ci.yml is stale
    --- a/.github/workflows/ci.yml
    +++ b/.github/workflows/ci.yml
    @@ -55,7 +55,7 @@
               python-version: '3.12'
     
           - name: lint
    -        run: ruff check .
    +        run: ruff check src
     
       passed:
         name: small passed
    help: run `pipewright generate`
    ");
}

#[test]
fn a_workflow_was_edited() {
    let project = Project::of(SMALL).generated().append(CI, "# by hand\n");
    let ran = check(&project);
    assert_eq!(ran.code, 1);
    assert_snapshot!(ran.err, @r#"
    drift: .github/workflows/ci.yml is edited by hand
    --- a/.github/workflows/ci.yml
    +++ b/.github/workflows/ci.yml
    @@ -80,4 +80,3 @@
                   "tool": {}
                 }
             run: python3 -I .github/pipewright/ci.py passed
    -# by hand
    help: move the edit into the definition, or run `pipewright generate --force` to drop it
    "#);
}

#[test]
fn a_script_was_edited() {
    let project = Project::of(SMALL).generated().append(".github/pipewright/drift.sh", "exit 0\n");
    let ran = check(&project);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("drift: .github/pipewright/drift.sh is edited by hand\n"), "{ran:?}");
}

#[test]
fn a_header_was_cut_off() {
    let project = Project::of(SMALL).generated();
    let text = project.read(CI);
    project.write(CI, text.split_once("\n\n").expect("a header").1);
    let ran = check(&project);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("drift: .github/workflows/ci.yml is edited by hand\n"), "{ran:?}");
}

#[test]
fn a_workflow_is_not_wanted_any_more() {
    let release = "\n[workflows.release]\non = { tags = [\"v*\"] }\njobs.publish = { steps = [{ run = \"make\" }] }\n";
    let project = Project::of(&format!("{SMALL}{release}")).generated().with("pipeline.toml", SMALL);
    let ran = check(&project);
    assert_eq!(ran.code, 1);
    let release = about(&ran, ".github/workflows/release.yml");
    assert!(release.starts_with("drift: .github/workflows/release.yml is orphaned\n"), "{ran:?}");
    assert!(release.contains("\nhelp: run `pipewright generate` to remove it"), "{ran:?}");
}

/// A project whose files another version has generated.
fn of_version(version: &str) -> Project {
    let project = Project::of(SMALL).generated();
    let manifest = ".github/pipewright/manifest.sha256";
    // What that version generated: a script and a workflow that this one generates otherwise.
    for path in [CI, ".github/pipewright/ci.py"] {
        let before = project.read(path);
        let other = format!(" {version} from ");
        let header = before.lines().next().map(|line| line.replace(" from ", &other)).unwrap_or_default();
        let rest = before.split_once('\n').map(|(_, rest)| rest).unwrap_or_default();
        project.write(path, format!("{header}\n# other\n{rest}"));
    }
    let mut text = project.read(manifest).replace(env!("CARGO_PKG_VERSION"), version);
    for path in [CI, ".github/pipewright/ci.py"] {
        let line = text.lines().find(|line| line.ends_with(&format!("  {path}"))).expect("it is listed").to_owned();
        let hash = pipewright::files::hash(&project.read(path));
        text = text.replace(&line, &format!("{hash}  {path}"));
    }
    project.write(manifest, text);
    project
}

#[test]
fn another_version_wrote_the_files() {
    for (version, word, help) in [
        ("0.0.1", "an older version", "run `pipewright generate`"),
        ("99.0.0", "a newer version", "install that version, or run `pipewright generate` to go back to this one"),
    ] {
        let project = of_version(version);
        let ran = check(&project);
        assert_eq!(ran.code, 1);
        for path in [CI, ".github/pipewright/ci.py", ".github/pipewright/manifest.sha256"] {
            let printed = about(&ran, path);
            let state = format!("is from {word}, {version}, and this is {}\n", env!("CARGO_PKG_VERSION"));
            assert!(printed.starts_with(&format!("drift: {path} {state}")), "{printed}");
            assert!(printed.contains(&format!("help: {help}")), "{printed}");
        }
        // A later version reports what it changes, and why.
        let reason = format!("note: later versions changed generated files:\n  {}: ", env!("CARGO_PKG_VERSION"));
        assert_eq!(ran.err.contains(&reason), version == "0.0.1", "{ran:?}");
        let json = project.run(["check", "--format", "json"]).out;
        assert_eq!(json.contains("\"changes-of-versions\": ["), version == "0.0.1", "{json}");
        let shown = project.run(["generate", "--dry-run"]);
        assert_eq!(shown.err.contains(&reason), version == "0.0.1", "{shown:?}");
        let generated = project.run(["generate"]);
        assert_eq!(generated.code, 0, "another version's files are no edits: {generated:?}");
        assert_eq!(generated.err.contains("which is older"), version == "99.0.0", "{generated:?}");
        assert_eq!(check(&project).code, 0);
    }
}

#[test]
fn somebody_elses_file_has_the_name() {
    let project =
        Project::of(SMALL).generated().with(CI, "name: mine\n").with(".github/pipewright/manifest.sha256", "");
    let ran = check(&project);
    assert_eq!(ran.code, 1);
    assert!(about(&ran, CI).starts_with("drift: .github/workflows/ci.yml is not generated\n"), "{ran:?}");
}

#[test]
fn every_situation_has_its_status() {
    let right = Project::of(SMALL).generated();
    assert_eq!(check(&right).code, 0);
    assert_eq!(check(&Project::of(SMALL)).code, 1);
    assert_eq!(right.run(["chekc"]).code, 2);
    assert_eq!(right.run(["check", "--format", "xml"]).code, 2);
    assert_eq!(right.run::<_, &str>([]).code, 2);
    assert_eq!(check(&Project::of("version = 1\n")).code, 3);
    assert_eq!(check(&Project::empty()).code, 4);
    assert_eq!(right.run(["--version"]).code, 0);
    assert_eq!(right.run(["check", "--help"]).code, 0);
}

#[test]
fn a_mistyped_command_is_answered_with_what_was_meant() {
    assert_snapshot!(Project::empty().run(["chekc"]).whole(), @"
    stderr:
    error: unrecognized subcommand 'chekc'

      tip: some similar subcommands exist: 'schema', 'check'

    Usage: pipewright [OPTIONS] <COMMAND>

    For more information, try '--help'.
    status: 2
    ");
}
