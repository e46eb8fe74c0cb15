//! A program that does the transport.

use std::fmt;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// A repository or registry that gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreachable {
    /// The address.
    pub address: String,
    /// The failure.
    pub message: String,
}

impl fmt::Display for Unreachable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read `{}`: {}", self.address, self.message)
    }
}

impl std::error::Error for Unreachable {}

/// Runs a command for an address, and returns what it printed.
pub(super) fn output(command: &mut Command, input: &str, address: &str) -> Result<Vec<u8>, Unreachable> {
    let failed = |message: String| Unreachable { address: address.to_owned(), message };
    let program = command.get_program().to_string_lossy().into_owned();
    let missing = |error: std::io::Error| failed(format!("`{program}` cannot be started: {error}"));
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = started.map_err(missing)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that has failed no longer reads; its status reports it.
        let _ = stdin.write_all(input.as_bytes());
    }
    let Output { status, stdout, stderr } = child.wait_with_output().map_err(missing)?;
    if status.success() {
        return Ok(stdout);
    }
    let said = String::from_utf8_lossy(&stderr);
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    let last = last.map(|line| line.trim_start_matches("fatal: ").to_owned());
    Err(failed(last.unwrap_or_else(|| format!("`{program}` ended with {status}"))))
}
