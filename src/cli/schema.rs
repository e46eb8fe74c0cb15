//! `schema`: print the schema of the language.

use super::output::{Exit, out};

/// Runs the command.
pub(crate) fn run() -> Exit {
    out(&format!("{:#}\n", pipewright::definition::schema()));
    Exit::Fine
}
