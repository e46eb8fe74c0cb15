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

/// What a command ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// All is well.
    Fine = 0,
    /// Files are not what the definition compiles to.
    Drift = 1,
    /// The arguments mean nothing.
    Usage = 2,
    /// The definition is wrong.
    Definition = 3,
    /// Something could not be read or written.
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
    /// Work in this folder instead of the current one
    #[arg(short = 'C', global = true, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// How findings are printed
    #[arg(long, global = true, value_enum, default_value_t = Format::Human)]
    format: Format,
    #[command(subcommand)]
    command: Command,
}

/// How findings are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// As rustc does
    Human,
    /// As JSON
    Json,
    /// For code scanning
    Sarif,
    /// As annotations in the log of a GitHub workflow
    Github,
}

#[derive(Subcommand)]
enum Command {
    /// Compile definitions and write what they want
    Generate(generate::Generate),
    /// Tell whether the files on disk are what the definitions compile to; write nothing
    Check(check::Check),
    /// Look at a repository, and write its first definition and what that wants
    Init(init::Init),
    /// Record what actions, images and tools are pinned to
    Pins(pins::Pins),
    /// Tell what a rule means, why it is one, and what to do
    Explain(explain::Explain),
    /// Print the schema of the language, for editors
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

/// Prints to standard output; a reader who has gone away is no fault.
pub(crate) fn out(text: &str) {
    use std::io::Write;
    let _ = anstream::stdout().write_all(text.as_bytes());
}

/// Prints to standard error.
pub(crate) fn err(text: &str) {
    use std::io::Write;
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Says what could not be read or written.
pub(crate) fn io_failed(message: &str, help: Option<&str>) -> Exit {
    err(&format!("error: {message}\n"));
    if let Some(help) = help {
        err(&format!("  = help: {help}\n"));
    }
    Exit::Io
}
