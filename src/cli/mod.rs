//! Arguments in, exit status out: one file per command.

mod absorb;
mod actions_lock;
mod check;
mod clock;
mod completions;
mod departure;
mod doctor;
mod eject;
mod explain;
mod failure;
mod fix;
mod generate;
mod graph;
mod init;
mod init_add;
mod locks;
mod lsp;
mod man;
mod migrate;
mod needs;
mod output;
mod pins;
mod place;
mod plan;
mod project;
mod reasons;
mod report;
mod repository;
mod repository_settings;
mod schema;
mod settings;
mod single;
mod staged;
mod table;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};

use failure::Failure;
use output::{Exit, Format};
use settings::Settings;

#[derive(Parser)]
#[command(name = "pipewright", version, about, max_term_width = 100, disable_help_subcommand = true)]
struct Arguments {
    #[command(flatten)]
    settings: Settings,
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
    /// Take pins that a bot has moved in workflows into the lock
    Absorb(absorb::Absorb),
    /// Rewrite a definition of an earlier version of the language
    Migrate(migrate::Migrate),
    /// Explain a rule, or a line of a generated file
    Explain(explain::Explain),
    /// Print what a change of the definition means
    Plan(plan::Plan),
    /// Print the jobs of the workflows as a graph
    Graph(graph::Command),
    /// Print the secrets, variables and environments to create on GitHub
    Needs(needs::Command),
    /// Compare the settings on GitHub with those that the workflows need
    Doctor(doctor::Command),
    /// Print requests that make these settings
    Settings(repository_settings::Command),
    /// Leave working workflows without Pipewright
    Eject(eject::Eject),
    /// Print the completions of a shell
    Completions(completions::Completions),
    /// Print a manual page
    Man(man::Page),
    /// Print the JSON schema of the language
    Schema,
    /// Answer an editor, as a language server
    Lsp(lsp::Command),
}

/// Runs the program.
pub(crate) fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return refused(&error).into(),
    };
    let settings = arguments.settings;
    settings.apply_color();
    let ended = match arguments.command {
        Command::Generate(command) => generate::run(&command, &settings),
        Command::Check(command) => check::run(&command, &settings),
        Command::Init(command) => init::run(&command, &settings),
        Command::Pins(command) => pins::run(&command, &settings),
        Command::Absorb(command) => absorb::run(&command, &settings),
        Command::Migrate(command) => migrate::run(&command, &settings),
        Command::Explain(command) => explain::run(&command, &settings),
        Command::Plan(command) => plan::run(&command, &settings),
        Command::Graph(command) => graph::run(&command, &settings),
        Command::Needs(command) => needs::run(&command, &settings),
        Command::Doctor(command) => doctor::run(&command, &settings),
        Command::Settings(command) => repository_settings::run(&command, &settings),
        Command::Eject(command) => eject::run(&command, &settings),
        Command::Completions(command) => completions::run(&command, Arguments::command(), &settings),
        Command::Man(page) => man::run(&page, Arguments::command(), &settings),
        Command::Schema => schema::run(),
        Command::Lsp(command) => lsp::run(&command, &settings),
    };
    ended.unwrap_or_else(|failure| failure.print(settings.format)).into()
}

/// Reports invalid arguments, as a document where one was asked for.
fn refused(error: &clap::Error) -> Exit {
    let format = asked(std::env::args_os());
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if is_answer || format == Format::Human {
        // A closed pipe is not an error.
        let _ = error.print();
        return if is_answer { Exit::Fine } else { Exit::Usage };
    }
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    Failure::usage(text.lines().next().unwrap_or_default(), "run `pipewright --help`").print(format)
}

/// The format that invalid arguments ask for.
fn asked(arguments: impl Iterator<Item = OsString>) -> Format {
    let words: Vec<String> = arguments.map(|word| word.to_string_lossy().into_owned()).collect();
    let name = words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix("--format") {
        Some("") => words.get(index + 1).cloned(),
        Some(rest) => rest.strip_prefix('=').map(str::to_owned),
        None => None,
    });
    name.and_then(|name| <Format as clap::ValueEnum>::from_str(&name, false).ok()).unwrap_or(Format::Human)
}
