//! A run that ends in the middle, at any moment: one plain `generate` repairs what it left.

use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use insta::assert_snapshot;

use crate::SMALL;
use crate::support::{Project, Tree, program};

const CI: &str = ".github/workflows/ci.yml";
const MANIFEST: &str = ".github/pipewright/manifest.sha256";

/// The same project with another check, and with a workflow more.
fn larger() -> String {
    let small = SMALL.replace("ruff check .", "ruff check src");
    format!(
        "{small}\n[workflows.release]\non = {{ tags = [\"v*\"] }}\njobs.publish = {{ steps = [{{ run = \"make\" }}] }}\n"
    )
}

/// What a definition compiles to.
fn compiled(definition: &str) -> Tree {
    Project::of(definition).generated().outputs()
}

/// One plain `generate` makes the files those of the definition, and leaves nothing else.
fn repaired(project: &Project, definition: &str, wanted: &Tree) {
    project.write("pipeline.toml", definition);
    let ran = project.run(["generate"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(project.outputs() == *wanted, "{ran:?}: {:?}", project.outputs().keys());
    assert_eq!(project.run(["check"]).code, 0);
}

/// Any mixture of the files of two runs: what a kill between two renames leaves, in whichever order they came, and what
/// a merge that takes some files from one side leaves.
#[test]
fn any_mixture_of_two_runs_is_repaired() {
    let (before, after) = (compiled(SMALL), compiled(&larger()));
    let third = larger().replace("ruff check src", "ruff check lib");
    let differing: Vec<&String> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert_eq!(differing, [MANIFEST, ".github/workflows/.gitattributes", CI, ".github/workflows/release.yml"]);
    for mixture in 0..1 << differing.len() {
        for definition in [SMALL, &larger(), &third] {
            let project = Project::of(definition);
            for (path, bytes) in before.iter().filter(|(path, _)| !path.ends_with('/')) {
                project.write(path, bytes);
            }
            for (bit, path) in differing.iter().enumerate().filter(|(bit, _)| mixture >> bit & 1 == 1) {
                let _ = bit;
                project.write(path, &after[*path]);
            }
            repaired(&project, definition, &compiled(definition));
        }
    }
}

#[test]
fn temporary_files_are_removed_by_the_next_run() {
    let project = Project::of(SMALL).generated();
    let wanted = project.outputs();
    let left = [".github/workflows/.pipewright-ci.yml.new", ".github/pipewright/.pipewright-ci.py.old"];
    let project = left.iter().fold(project, |project, path| project.with(path, "half a te"));
    assert_snapshot!(project.run(["check"]).err, @"
    drift: .github/pipewright/.pipewright-ci.py.old is left over from an interrupted run
    help: run `pipewright generate` to remove it

    drift: .github/workflows/.pipewright-ci.yml.new is left over from an interrupted run
    help: run `pipewright generate` to remove it
    ");
    assert_snapshot!(project.run(["generate"]).whole(), @"
    stdout:
    removed: .github/pipewright/.pipewright-ci.py.old
    removed: .github/workflows/.pipewright-ci.yml.new
    pipeline.toml: 5 files are up to date
    status: 0
    ");
    assert!(project.outputs() == wanted);
}

/// Kills runs at many moments between their start and their end, each after the one before it was killed, too.
#[test]
#[cfg(unix)]
fn a_run_can_be_killed_at_any_moment() {
    let definitions = [SMALL.to_owned(), larger(), larger().replace("ruff check src", "ruff check lib")];
    let wanted: BTreeMap<&str, Tree> = definitions.iter().map(|text| (text.as_str(), compiled(text))).collect();
    let project = Project::of(SMALL).generated();
    let started = Instant::now();
    project.write("pipeline.toml", &definitions[1]);
    assert_eq!(project.run(["generate"]).code, 0);
    let whole = started.elapsed();
    for round in 0..20_u32 {
        for (turn, definition) in (0_u32..).zip(&definitions) {
            project.write("pipeline.toml", definition);
            let mut run = program()
                .arg("generate")
                .current_dir(project.root())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("the program starts");
            sleep(whole * ((round * 7 + turn * 13) % 20) / 16);
            // One that has ended already cannot be killed any more.
            let _ = run.kill();
            run.wait().expect("it ends");
        }
        let definition = &definitions[round as usize % 3];
        repaired(&project, definition, &wanted[definition.as_str()]);
    }
}

#[test]
#[cfg(unix)]
fn two_runs_do_not_write_at_once() {
    let project = Project::of(SMALL);
    let lock = fs::File::open(project.root()).expect("the folder is readable");
    lock.lock().expect("the disk knows locks");
    let mut run = program()
        .arg("generate")
        .current_dir(project.root())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    sleep(Duration::from_millis(300));
    assert!(run.try_wait().expect("it can be asked").is_none(), "it did not wait");
    assert!(!project.path(".github").exists());
    lock.unlock().expect("it was locked");
    let output = run.wait_with_output().expect("it ends");
    assert!(output.status.success());
    assert_snapshot!(String::from_utf8_lossy(&output.stderr), @"waiting for another `pipewright generate` in this repository");
    assert_eq!(project.run(["check"]).code, 0);
}

#[test]
#[cfg(unix)]
fn runs_at_once_end_as_one_after_the_other() {
    let project = Project::of(SMALL);
    let start = || program().arg("generate").current_dir(project.root()).stdout(Stdio::null()).spawn();
    let runs: Vec<_> = (0..8).map(|_| start().expect("the program starts")).collect();
    for mut run in runs {
        assert!(run.wait().expect("it ends").success());
    }
    assert!(project.outputs() == compiled(SMALL));
}

#[test]
fn what_is_no_text_is_never_lost() {
    let project = Project::of(SMALL).with(CI, [0xff, 0xfe, 0x00]);
    let ran = project.run(["generate"]);
    assert_snapshot!(ran.whole(), @"
    stderr:
    error: `.github/workflows/ci.yml` is not generated
      = help: move it away, or run `pipewright generate --force` to replace it
    nothing was written
    status: 1
    ");
    assert_eq!(fs::read(project.path(CI)).expect("it is there"), [0xff, 0xfe, 0x00]);
    assert!(!project.path(".github/pipewright").exists());
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_is_never_lost() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::of(SMALL).with(CI, "name: mine\n");
    fs::set_permissions(project.path(CI), fs::Permissions::from_mode(0o000)).expect("its mode can be set");
    assert_eq!(project.run(["generate"]).code, 1);
    fs::set_permissions(project.path(CI), fs::Permissions::from_mode(0o644)).expect("its mode can be set");
    assert_eq!(project.read(CI), "name: mine\n");
}

/// All pipelines of a call are written, however few files may be open at once.
#[test]
#[cfg(unix)]
fn many_pipelines_need_few_open_files() {
    let definitions: Vec<String> = (0..60).map(|index| format!("s{index}.toml")).collect();
    let project = definitions.iter().enumerate().fold(Project::empty().with_lock(), |project, (index, file)| {
        project.with(file, SMALL.replace("\"small\"", &format!("\"small-{index}\"")))
    });
    let run = format!("ulimit -n 40; exec \"$0\" generate {}", definitions.join(" "));
    let output = std::process::Command::new("sh")
        .args(["-c", &run, env!("CARGO_BIN_EXE_pipewright")])
        .current_dir(project.root())
        .output()
        .expect("a shell starts");
    assert!(output.status.success(), "{output:?}");
    let mut words = vec!["check".to_owned()];
    words.extend(definitions);
    assert_eq!(project.run(words).code, 0);
}
