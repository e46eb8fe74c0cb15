//! `explain`: print the page of a rule.

use clap::Args;
use pipewright::diagnostics::did_you_mean;
use serde_json::json;

use super::failure::Failure;
use super::output::{Exit, out};
use super::report;
use super::settings::Settings;

#[derive(Args)]
pub(crate) struct Explain {
    /// Name of the rule, as in `error[name]`; lists all rules if omitted
    rule: Option<String>,
}

/// Runs the command.
pub(crate) fn run(command: &Explain, settings: &Settings) -> Result<Exit, Failure> {
    settings.without_findings("explain")?;
    let codes = pipewright::codes();
    let Some(rule) = &command.rule else {
        if settings.is_text() {
            out(&format!("{}\n", codes.join("\n")));
        } else {
            report::result(json!({ "rules": codes }));
        }
        return Ok(Exit::Fine);
    };
    let Some(page) = pipewright::explain(rule) else {
        let help = did_you_mean(rule, codes.iter().copied());
        return Err(Failure::usage(format!("there is no rule `{rule}`"), help));
    };
    if settings.is_text() {
        out(&page);
    } else {
        report::result(json!({ "rule": rule, "page": page }));
    }
    Ok(Exit::Fine)
}
