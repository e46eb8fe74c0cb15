//! `completions`: print the completions of a shell.

use clap::Args;
use clap_complete::Shell;

use super::failure::Failure;
use super::output::{Exit, out};
use super::settings::Settings;

#[derive(Args)]
pub(crate) struct Completions {
    /// Shell to complete in
    #[arg(value_enum)]
    shell: Shell,
}

/// Runs the command.
pub(crate) fn run(command: &Completions, mut program: clap::Command, settings: &Settings) -> Result<Exit, Failure> {
    settings.text_only("completions")?;
    let mut text = Vec::new();
    clap_complete::generate(command.shell, &mut program, "pipewright", &mut text);
    out(&String::from_utf8_lossy(&text));
    Ok(Exit::Fine)
}
