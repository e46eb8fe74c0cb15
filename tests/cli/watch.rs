//! `generate --watch`: a file is edited, and its workflows follow.

use std::fs;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::SMALL;
use crate::support::{Project, program};

const CI: &str = ".github/workflows/ci.yml";

/// A program that ends with its test.
struct Watch(Child);

impl Drop for Watch {
    fn drop(&mut self) {
        // It may have ended with a failure of the test.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Waits until something is so; a machine may be slow, so it waits for long.
fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..1200 {
        if is_so() {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    panic!("never: {what}");
}

#[test]
fn every_edit_is_generated_and_an_error_ends_nothing() {
    let project = Project::of(SMALL);
    let output = |name: &str| Stdio::from(fs::File::create(project.path(name)).expect("the folder is writable"));
    let mut command = program();
    command
        .current_dir(project.root())
        .args(["generate", "--watch"])
        .stdout(output("out.txt"))
        .stderr(output("err.txt"));
    let _watch = Watch(command.spawn().expect("the program starts"));
    let reads = |file: &str, text: &str| fs::read_to_string(project.path(file)).unwrap_or_default().contains(text);
    until("a first run", || reads(CI, "ruff check .") && reads("out.txt", "watching pipeline.toml"));
    project.write("pipeline.toml", SMALL.replace("ruff check .", "ruff check src"));
    until("a changed command", || reads(CI, "ruff check src"));
    project.write("pipeline.toml", SMALL.replace("name", "nmae"));
    until("an error", || reads("err.txt", "error[unknown-key]: there is no key `nmae` here"));
    project.write("pipeline.toml", "version = \n");
    until("another error", || reads("err.txt", "error[syntax]"));
    project.write("pipeline.toml", SMALL.replace("ruff check .", "ruff check tests"));
    until("the fix", || reads(CI, "ruff check tests"));
    // A bot may move a pin in the lock.
    let sha = "a".repeat(40);
    assert_eq!(project.run(["pins", "add", &format!("actions/checkout@{sha} # v7.9.0")]).code, 0);
    until("the new pin", || reads(CI, &sha));
}

#[test]
fn documents_and_standard_input_are_not_watched() {
    let project = Project::of(SMALL);
    for arguments in [&["generate", "--watch", "--format", "json"][..], &["generate", "--watch", "--diff"]] {
        assert_eq!(project.run(arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(project.run_with(["generate", "--watch", "-"], SMALL).code, 2);
}
