//! `check`: compare the files on disk with the definitions.

use std::path::{Path, PathBuf};

use clap::Args;
use pipewright::drift::Kind;

use super::departure::{Departure, Diffs};
use super::output::{Exit, Format, err, out};
use super::place::places;
use super::project::{Compiled, Use, clash, compiled, report, repositories};

/// Lines of a file's diff, without `--full`.
const LINES: usize = 40;

#[derive(Args)]
pub(crate) struct Check {
    /// Definitions to check [default: pipeline.toml]
    files: Vec<PathBuf>,
    /// Show whole diffs instead of the first 40 lines
    #[arg(long)]
    full: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Check, folder: &Path, format: Format) -> Exit {
    let diffs = match format {
        Format::Human if command.full => Diffs::Present,
        Format::Human => Diffs::Short(LINES),
        _ => Diffs::None,
    };
    let all = places(folder, &command.files)
        .and_then(|places| compiled(&places, &repositories(&places), Use { diffs, stages: false, records: false }));
    let all = match all {
        Ok(all) => all,
        Err(exit) => return exit,
    };
    let is_document = matches!(format, Format::Json | Format::Sarif);
    let failed = all.iter().any(Compiled::failed);
    if !failed && clash(&all) {
        return Exit::Definition;
    }
    report(&all, format, is_document && !failed);
    if failed {
        return Exit::Definition;
    }
    let mut exit = Exit::Fine;
    for one in &all {
        for departure in &one.departures {
            exit = Exit::Drift;
            tell(departure, format);
        }
        if one.departures.is_empty() && format == Format::Human {
            out(&format!("{}: {} files are up to date\n", one.file, one.files));
        }
    }
    if format == Format::Human && all.iter().flat_map(|one| &one.departures).any(|one| one.kind == Kind::Missing) {
        err(&format!("help: {}\n", Kind::Missing.help()));
    }
    exit
}

fn tell(departure: &Departure, format: Format) {
    let Departure { path, kind, diff, .. } = departure;
    let (word, help) = (kind.word(), kind.help());
    match format {
        Format::Github => out(&format!("::error file={path},title=Drift::{path} is {word}; {help}\n")),
        Format::Json | Format::Sarif => {}
        // One help is enough for all that are missing.
        Format::Human if *kind == Kind::Missing => err(&format!("drift: {path} is {word}\n")),
        Format::Human => err(&format!("drift: {path} is {word}\n{diff}help: {help}\n\n")),
    }
}
