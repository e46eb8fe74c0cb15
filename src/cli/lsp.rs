//! `lsp`: answer an editor over standard input and output.

use std::io::{BufReader, BufWriter, stdin, stdout};
use std::path::Path;

use clap::Args;
use pipewright::lsp::{End, serve};

use super::failure::Failure;
use super::output::{Exit, Format};
use super::place::{Place, place};
use super::settings::Settings;

#[derive(Args)]
pub(crate) struct Command {
    /// Use standard input and output, as is the default; some editors add it
    #[arg(long)]
    stdio: bool,
}

/// Runs the command.
pub(crate) fn run(_: &Command, settings: &Settings) -> Result<Exit, Failure> {
    if settings.format != Format::Human {
        return Err(Failure::usage("`lsp` prints messages of its protocol only", "remove `--format`"));
    }
    let locate = |path: &Path| place(path).ok().map(|Place { root, file, .. }| (root, file));
    match serve(BufReader::new(stdin()), &mut BufWriter::new(stdout()), &locate, settings.deny_warnings) {
        End::Orderly => Ok(Exit::Fine),
        // 1, as the protocol has it.
        End::Abrupt => Ok(Exit::Drift),
        End::Broken(reason) => {
            let help = "start it from an editor: it reads messages of the Language Server Protocol";
            Err(Failure::io(format!("cannot read standard input: {reason}"), Some(help)))
        }
    }
}
