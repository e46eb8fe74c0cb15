//! `man`: print a manual page.

use clap::Args;
use clap_mangen::Man;
use pipewright::diagnostics::did_you_mean;

use super::failure::Failure;
use super::output::{Exit, out};
use super::settings::Settings;

#[derive(Args)]
pub(crate) struct Page {
    /// Command to print the page of, as in `pins add` [default: the program]
    command: Vec<String>,
}

/// Runs the command.
pub(crate) fn run(page: &Page, mut program: clap::Command, settings: &Settings) -> Result<Exit, Failure> {
    settings.text_only("man")?;
    program.build();
    let mut command = program;
    let mut title = "pipewright".to_owned();
    for name in &page.command {
        let Some(found) = command.find_subcommand(name).cloned() else {
            let names = command.get_subcommands().map(clap::Command::get_name);
            let message = format!("there is no command `{}`", page.command.join(" "));
            return Err(Failure::usage(message, did_you_mean(name, names)));
        };
        title = format!("{title}-{name}");
        command = found.display_name(title.clone());
    }
    let mut text = Vec::new();
    let rendered = Man::new(command).render(&mut text);
    rendered.map_err(|error| Failure::io(format!("cannot print the page: {error}"), None))?;
    out(&String::from_utf8_lossy(&text));
    Ok(Exit::Fine)
}
