//! `explain`: tell what a rule means, why it is one, and what to do.

use clap::Args;

use super::Exit;

#[derive(Args)]
pub(crate) struct Explain {
    /// The rule's name, as it stands in brackets behind `error`; all rules are listed where none is named
    rule: Option<String>,
}

/// Runs the command.
pub(crate) fn run(_command: &Explain) -> Exit {
    Exit::Usage
}
