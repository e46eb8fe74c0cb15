//! Files below `.github/pipewright` that nothing has generated: `check` and the *drift* job's script name each of them.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::{Project, Ran};

const FOLDER: &str = ".github/pipewright";
const BOTH: [&str; 2] = ["services/a/pipeline.toml", "services/b/pipeline.toml"];

/// The drift script of the pipeline whose files are in `folder`.
fn drift(project: &Project, folder: &str) -> Ran {
    let words = [format!("{FOLDER}/drift.sh"), format!("{folder}/manifest.sha256")];
    Ran::from(Command::new("bash").args(words).current_dir(project.root()).output().expect("bash starts"))
}

/// Both name exactly these files, as not generated.
fn named(project: &Project, definition: &str, folder: &str, files: &[&str]) {
    let check = project.run(["check", definition]);
    let help = "help: remove it: `.github/pipewright` is for generated files alone\n\n";
    let expected: Vec<String> = files.iter().map(|file| format!("drift: {file} is not generated\n{help}")).collect();
    let expected = expected.concat();
    assert_eq!((check.code, check.err), (i32::from(!files.is_empty()), expected));
    let script = drift(project, folder);
    let expected: Vec<String> = files
        .iter()
        .map(|file| format!("::error file={file},title=Drift::{file} is not generated; remove it\n"))
        .collect();
    let clean = format!("All generated files are up to date with {definition}.\n");
    let expected = if files.is_empty() { clean } else { expected.concat() };
    assert_eq!((script.code, script.out, script.err), (check.code, expected, String::new()));
}

#[test]
fn every_planted_file_is_drift() {
    for file in [
        "decimal.py",
        "__pycache__/decimal.cpython-312.pyc",
        "sitecustomize.py",
        "json/__init__.py",
        "usercustomize.pth",
        "decimal.so",
        ".hidden",
        ".hidden/deep/er/module.py",
        "a name with spaces.py",
        "passed/manifest.sha256",
        "notes.txt",
    ] {
        let file = format!("{FOLDER}/{file}");
        let project = Project::of(SMALL).generated().with(&file, "import os\n");
        named(&project, "pipeline.toml", FOLDER, &[&file]);
    }
}

#[test]
fn a_planted_link_is_drift() {
    for target in ["../../pipeline.toml", "nowhere", ".."] {
        let project = Project::of(SMALL).generated();
        symlink(target, project.path(&format!("{FOLDER}/decimal.py"))).expect("a link");
        named(&project, "pipeline.toml", FOLDER, &[&format!("{FOLDER}/decimal.py")]);
    }
}

#[test]
fn a_link_in_the_place_of_a_script_is_drift() {
    let project = Project::of(SMALL).generated();
    let script = project.path(&format!("{FOLDER}/ci.py"));
    fs::rename(&script, project.path("elsewhere.py")).expect("it was generated");
    symlink("../../elsewhere.py", &script).expect("a link");
    let ran = project.run(["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("drift: .github/pipewright/ci.py is not generated\n"), "{ran:?}");
    assert_snapshot!(drift(&project, FOLDER).out, @"::error file=.github/pipewright/ci.py,title=Drift::.github/pipewright/ci.py is a link; remove it, then run `pipewright generate`");
}

#[test]
fn all_of_them_are_named() {
    let files = ["a.py", "b/c.py", "b/d/e.py"].map(|file| format!("{FOLDER}/{file}"));
    let project = files.iter().fold(Project::of(SMALL).generated(), |project, file| project.with(file, ""));
    named(&project, "pipeline.toml", FOLDER, &files.each_ref().map(String::as_str));
}

#[test]
fn generate_leaves_them_alone_and_names_them() {
    let project = Project::of(SMALL).with(&format!("{FOLDER}/notes.txt"), "notes\n");
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_snapshot!(ran.err, @"
    warning: `.github/pipewright/notes.txt` is not generated
      = help: remove it: `.github/pipewright` is for generated files alone
    ");
    assert_eq!(project.run(["generate", "--force"]).err, ran.err);
    assert_eq!(project.read(&format!("{FOLDER}/notes.txt")), "notes\n");
}

/// Two pipelines in folders of their own, and one at the root of the repository.
fn three() -> Project {
    let project = Project::from("two-pipelines").with("pipeline.toml", SMALL);
    let ran = project.run(["generate", "pipeline.toml", BOTH[0], BOTH[1]]);
    assert_eq!(ran.code, 0, "{ran:?}");
    project
}

const THREE: [(&str, &str); 3] =
    [("pipeline.toml", FOLDER), (BOTH[0], ".github/pipewright/accounts"), (BOTH[1], ".github/pipewright/billing")];

#[test]
fn pipelines_of_one_repository_know_each_other() {
    let project = three();
    for (definition, folder) in THREE {
        named(&project, definition, folder, &[]);
    }
    assert_eq!(project.run(["check", "pipeline.toml", BOTH[0], BOTH[1]]).code, 0);
    // Drift of one is none of the others'.
    let project = project.append(BOTH[0], "# a word\n").append(".github/workflows/accounts-ci.yml", "# by hand\n");
    for (definition, folder) in [THREE[0], THREE[2]] {
        named(&project, definition, folder, &[]);
    }
}

#[test]
fn every_pipeline_names_what_was_planted_anywhere() {
    for file in ["decimal.py", "accounts/decimal.py", "accounts/json/__init__.py", "other/decimal.py"] {
        let file = format!("{FOLDER}/{file}");
        let project = three().with(&file, "");
        for (definition, folder) in THREE {
            named(&project, definition, folder, &[&file]);
        }
        let all = project.run(["check", "pipeline.toml", BOTH[0], BOTH[1]]);
        assert_eq!((all.code, all.err.matches("drift: ").count()), (1, 1), "{all:?}");
    }
}

#[test]
fn a_manifest_vouches_for_its_own_folder_and_an_existing_definition() {
    let manifest = |definition: &str, file: &str| {
        format!("# Generated by Pipewright 0.1.0 from {definition}.\n# inputs\n# outputs\n{}  {file}\n", "0".repeat(64))
    };
    let planted = [
        ".github/pipewright/decimal.py",
        ".github/pipewright/json/__init__.py",
        ".github/pipewright/json/manifest.sha256",
    ];
    for (definition, file, named_files) in
        [("nowhere.toml", planted[1], &planted[1..]), ("README.md", planted[0], &planted[..2])]
    {
        let project = Project::of(SMALL).generated().with("README.md", "");
        let project = named_files.iter().fold(project, |project, file| project.with(file, ""));
        let project = project.with(planted[2], manifest(definition, file));
        named(&project, "pipeline.toml", FOLDER, named_files);
    }
    // One that names the definition of this call is left from another prefix.
    let project = Project::of(SMALL).generated().with(planted[1], "");
    let project = project.with(planted[2], manifest("pipeline.toml", planted[1]));
    let check = project.run(["check"]);
    assert!(check.err.contains(&format!("drift: {} is not generated\n", planted[1])), "{check:?}");
    assert!(check.err.contains(&format!("drift: {} is orphaned\n", planted[2])), "{check:?}");
    assert_eq!(drift(&project, FOLDER).out.lines().count(), 2);
}

#[test]
fn the_folder_of_a_pipeline_that_is_gone_is_drift() {
    let project = three();
    fs::remove_file(project.path(BOTH[1])).expect("it was there");
    let ran = project.run(["check"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("drift: .github/pipewright/billing/manifest.sha256 is not generated\n"), "{ran:?}");
    assert_eq!(drift(&project, FOLDER).code, 1);
}
