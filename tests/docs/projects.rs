//! Projects that the documentation's examples are tried on, each in a folder of its own that goes away.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::repository;
use super::server::{ACTION, NOW, Server};

/// Repositories of actions in the place of GitHub's, beside a project that is `released`.
pub(crate) const REPOSITORIES: &str = "repositories";

/// The program.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_pipewright");

/// What a copy of this repository leaves behind.
const LEFT_OUT: [&str; 8] =
    [".git", "target", "conformance", "snapshots", "node_modules", ".venv", "__pycache__", ".pytest_cache"];

/// A copy of the project that a comment names: `NAME` or `NAME, generated`.
pub(crate) fn project(about: &str) -> TempDir {
    let (name, state) = about.split_once(", ").map_or((about, None), |(name, state)| (name, Some(state)));
    let folder = tempfile::tempdir().expect("a folder can be made");
    let from = if name == "repository" { repository().to_owned() } else { found(name) };
    copy(&from, folder.path());
    // Where a repository ends; a repository within this one cannot be kept under its own name.
    let (kept, git) = (folder.path().join("dot-git"), folder.path().join(".git"));
    let made = if kept.exists() { fs::rename(kept, git) } else { fs::create_dir(git) };
    made.expect("the folder can be made");
    if from.parent() == Some(&repository().join("tests/fixtures")) {
        let lock = repository().join("tests/fixtures/pipeline.lock");
        fs::copy(lock, folder.path().join("pipeline.lock")).expect("the file can be copied");
    }
    match state {
        None => {}
        Some("generated") => run(folder.path(), &["generate"]),
        Some("released") => released(folder.path(), false),
        Some("bumped") => released(folder.path(), true),
        Some(other) => panic!("a project is `generated`, `released` or `bumped`, not `{other}`"),
    }
    folder
}

fn run(folder: &Path, arguments: &[&str]) {
    let ended = Command::new(PROGRAM)
        .args(arguments)
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", NOW.to_string())
        .output()
        .expect("the program runs");
    assert!(ended.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
}

/// Releases versions of an action beside a generated project that pins the first of them; a bot moves the pin to the next
/// one in the workflows.
fn released(folder: &Path, bumped: bool) {
    let server = Server::at(&folder.join(REPOSITORIES));
    let release = |tag, days| server.release("actions/checkout", tag, days, ACTION);
    let first = release("v6.0.0", 300);
    let next =
        server.release("actions/checkout", "v6.1.0", 20, &ACTION.replace("  token: {}\n", "  submodule-depth: {}\n"));
    release("v6.2.0", 2);
    run(folder, &["pins", "add", &format!("actions/checkout@{first} # v6.0.0")]);
    run(folder, &["generate"]);
    for entry in fs::read_dir(folder.join(".github/workflows")).into_iter().flatten().filter_map(Result::ok) {
        let text = fs::read_to_string(entry.path()).expect("the workflow can be read");
        if bumped {
            let text = text.replace(&format!("{first} # v6.0.0"), &format!("{next} # v6.1.0"));
            fs::write(entry.path(), text).expect("the workflow can be written");
        }
    }
}

/// A project of the documentation's own, a fixture, or a repository that has no definition yet.
fn found(name: &str) -> PathBuf {
    let folders = ["tests/docs/projects", "tests/fixtures", "tests/projects"];
    let mut places = folders.iter().map(|folder| repository().join(folder).join(name));
    places.find(|place| place.is_dir()).unwrap_or_else(|| panic!("there is no project `{name}`"))
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
