//! Projects that the documentation's examples are tried on, each in a folder of its own that goes away.

use std::fs;
use std::path::Path;
use std::process::Command;

use pipewright::pins::builtin;
use tempfile::TempDir;

use super::repository;

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_pipewright");

/// What a copy of this repository leaves behind.
const LEFT_OUT: [&str; 8] =
    [".git", "target", "conformance", "snapshots", "node_modules", ".venv", "__pycache__", ".pytest_cache"];

/// A copy of the project that a comment names: `NAME` or `NAME, generated`.
pub(crate) fn project(about: &str) -> TempDir {
    let (name, state) = about.split_once(", ").map_or((about, None), |(name, state)| (name, Some(state)));
    let folder = tempfile::tempdir().expect("a folder can be made");
    let from = if name == "repository" {
        repository().to_owned()
    } else {
        repository().join("tests/docs/projects").join(name)
    };
    assert!(from.is_dir(), "there is no project `{name}`");
    copy(&from, folder.path());
    // Where a repository ends, and the branch that it is on.
    fs::create_dir(folder.path().join(".git")).expect("the folder can be made");
    fs::write(folder.path().join(".git/HEAD"), "ref: refs/heads/main\n").expect("the file can be written");
    let lock = folder.path().join("pipeline.lock");
    if folder.path().join("pipeline.toml").exists() && !lock.exists() {
        fs::write(lock, builtin::lock().to_text()).expect("the file can be written");
    }
    match state {
        None => {}
        Some("generated") => {
            let ended = Command::new(PROGRAM).arg("generate").current_dir(folder.path()).output();
            let ended = ended.expect("the program runs");
            assert!(ended.status.success(), "{name}: {}", String::from_utf8_lossy(&ended.stderr));
        }
        Some(other) => panic!("a project is `generated`, not `{other}`"),
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("the folder can be listed") {
        let entry = entry.expect("the entry can be read");
        let name = entry.file_name();
        let kind = entry.file_type().expect("the entry has a kind");
        if LEFT_OUT.iter().any(|left_out| name == *left_out) {
            continue;
        }
        let target = to.join(&name);
        if kind.is_dir() {
            fs::create_dir(&target).expect("the folder can be made");
            copy(&entry.path(), &target);
        } else if kind.is_file() {
            fs::copy(entry.path(), &target).expect("the file can be copied");
        }
    }
}
