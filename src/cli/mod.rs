//! Arguments in, exit status out: one file per command.

mod check;
mod departure;
mod explain;
mod generate;
mod init;
mod locks;
mod output;
mod pins;
mod place;
mod project;
mod schema;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::Format;

#[derive(Parser)]
#[command(name = "pipewright", version, about, max_term_width = 100, disable_help_subcommand = true)]
struct Arguments {
    /// Change to this folder before running the command
    #[arg(short = 'C', global = true, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Output format of findings
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generate the workflows
    Generate(generate::Generate),
    /// Check that generated files are up to date
    Check(check::Check),
    /// Create a definition for this repository
    Init(init::Init),
    /// Manage the pins of actions, images and tools
    Pins(pins::Pins),
    /// Explain a rule
    Explain(explain::Explain),
    /// Print the JSON schema of the language
    Schema,
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let folder = arguments.folder.unwrap_or_else(|| PathBuf::from("."));
    let exit = match arguments.command {
        Command::Generate(command) => generate::run(&command, &folder, arguments.format),
        Command::Check(command) => check::run(&command, &folder, arguments.format),
        Command::Init(command) => init::run(&command, &folder),
        Command::Pins(command) => pins::run(&command, &folder),
        Command::Explain(command) => explain::run(&command),
        Command::Schema => schema::run(),
    };
    exit.into()
}
