//! `explain`: print the page of a rule.

use clap::Args;
use pipewright::diagnostics::did_you_mean;

use super::output::{Exit, err, out};

#[derive(Args)]
pub(crate) struct Explain {
    /// Name of the rule, as in `error[name]`; lists all rules if omitted
    rule: Option<String>,
}

/// Runs the command.
pub(crate) fn run(command: &Explain) -> Exit {
    let Some(rule) = &command.rule else {
        let codes = pipewright::codes();
        out(&format!("{}\n", codes.join("\n")));
        return Exit::Fine;
    };
    if let Some(page) = pipewright::explain(rule) {
        out(&page);
        return Exit::Fine;
    }
    let codes = pipewright::codes();
    let help = did_you_mean(rule, codes.iter().copied());
    err(&format!("error: there is no rule `{rule}`\n  = help: {help}\n"));
    Exit::Usage
}
