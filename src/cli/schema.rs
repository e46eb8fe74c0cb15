//! `schema`: print the schema of the language.

use super::failure::Failure;
use super::output::{Exit, out};

/// Runs the command. The schema is a JSON document in every format.
#[expect(clippy::unnecessary_wraps, reason = "every command may fail")]
pub(crate) fn run() -> Result<Exit, Failure> {
    out(&format!("{:#}\n", pipewright::definition::schema()));
    Ok(Exit::Fine)
}
