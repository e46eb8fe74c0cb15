//! Arguments in, exit status out: one file per command.

mod check;
mod departure;
mod explain;
mod generate;
mod init;
mod pins;
mod project;
mod schema;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// Exit status of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Success.
    Fine = 0,
    /// Generated files are not up to date.
    Drift = 1,
    /// Invalid arguments.
    Usage = 2,
    /// Invalid definition.
    Definition = 3,
    /// A file could not be read or written.
    Io = 4,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

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

/// Output format of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text, in the style of rustc
    Human,
    /// JSON
    Json,
    /// SARIF, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow run
    Github,
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

/// Prints to standard output; a closed pipe is not an error.
pub(crate) fn out(text: &str) {
    use std::io::Write;
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// Prints to standard error.
pub(crate) fn err(text: &str) {
    use std::io::Write;
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Reports a file that could not be read or written.
pub(crate) fn io_failed(message: &str, help: Option<&str>) -> Exit {
    err(&format!("error: {message}\n"));
    if let Some(help) = help {
        err(&format!("  = help: {help}\n"));
    }
    Exit::Io
}
