//! One way to accept output: `PIPEWRIGHT_ACCEPT=1`, also for what insta compares.

use std::process::Command;

/// Whether output is accepted by this call, for files that a test writes itself.
pub(crate) fn accepting() -> bool {
    std::env::var_os("PIPEWRIGHT_ACCEPT").is_some_and(|value| value == "1")
}

/// Accepts what a test's snapshots are now: insta reads how to act from the environment alone, so the test is run again.
pub(crate) fn accept_snapshots(test: &str) {
    if !accepting() || std::env::var_os("INSTA_UPDATE").is_some() {
        return;
    }
    let this = std::env::current_exe().expect("a test has a program");
    let again = Command::new(this).args(["--exact", test]).env("INSTA_UPDATE", "always").output();
    let again = again.expect("the program of a test can be started");
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stdout));
}
