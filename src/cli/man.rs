//! `man`: print a manual page.

use clap::Args;
use clap_mangen::Man;
use pipewright::diagnostics::did_you_mean;

use super::failure::Failure;
use super::output::{Exit, out};
use super::settings::Settings;

#[derive(Args)]
pub(crate) struct Page {
    /// Command to print the page of [default: the program]
    command: Option<String>,
}

/// Runs the command.
pub(crate) fn run(page: &Page, mut program: clap::Command, settings: &Settings) -> Result<Exit, Failure> {
    settings.text_only("man")?;
    program.build();
    let command = match &page.command {
        None => program,
        Some(name) => {
            let found = program.get_subcommands().find(|command| command.get_name() == name);
            let Some(found) = found else {
                let names = program.get_subcommands().map(clap::Command::get_name);
                return Err(Failure::usage(format!("there is no command `{name}`"), did_you_mean(name, names)));
            };
            found.clone().display_name(format!("pipewright-{name}"))
        }
    };
    let mut text = Vec::new();
    let rendered = Man::new(command).render(&mut text);
    rendered.map_err(|error| Failure::io(format!("cannot print the page: {error}"), None))?;
    out(&String::from_utf8_lossy(&text));
    Ok(Exit::Fine)
}
