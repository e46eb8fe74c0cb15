//! `generate`: compile definitions and write the workflows.

use std::path::{Path, PathBuf};

use clap::Args;
use pipewright::drift::{self, Ignored, Kind};

use super::departure::{Departure, Diffs};
use super::output::{Exit, Format, err, out};
use super::place::places;
use super::project::{Compiled, Use, clash, commit, compiled, ignored, lacking_attributes, report, repositories};

#[derive(Args, Default)]
pub(crate) struct Generate {
    /// Definitions to compile [default: pipeline.toml]
    files: Vec<PathBuf>,
    /// List the files that would change, without writing them
    #[arg(long)]
    dry_run: bool,
    /// Show the changes as a diff, without writing them
    #[arg(long)]
    diff: bool,
    /// Overwrite files that were edited by hand or not generated
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Generate, folder: &Path, format: Format) -> Exit {
    match generated(command, folder, format) {
        Ok(()) => Exit::Fine,
        Err(exit) => exit,
    }
}

fn generated(command: &Generate, folder: &Path, format: Format) -> Result<(), Exit> {
    let places = places(folder, &command.files)?;
    let stages = !command.dry_run && !command.diff;
    let mut roots: Vec<&Path> = places.iter().filter(|_| stages).map(|(root, _)| root.as_path()).collect();
    roots.sort_unstable();
    roots.dedup();
    let wait = || err("waiting for another `pipewright generate` in this repository\n");
    let _locks: Vec<drift::Lock> = roots.iter().map(|root| drift::lock(root, wait)).collect();
    let mut repositories = repositories(&places);
    for repository in repositories.values_mut().filter(|_| stages) {
        for path in repository.remove_temporary() {
            out(&format!("removed: {path}\n"));
        }
    }
    let diffs = if command.diff { Diffs::All } else { Diffs::None };
    let mut all = compiled(&places, &repositories, Use { diffs, stages, records: true })?;
    if report(&all, format, false) || clash(&all) {
        return Err(Exit::Definition);
    }
    if stages {
        refuse(command, &all)?;
        commit(&mut all)?;
    }
    for one in &all {
        tell(command, one);
    }
    advise(&lacking_attributes(&all, &repositories));
    advise_of_ignored(&ignored(&all, &repositories));
    Ok(())
}

/// Names the files that must not be overwritten.
fn refuse(command: &Generate, all: &[Compiled]) -> Result<(), Exit> {
    let departures = all.iter().flat_map(|one| &one.departures);
    let precious: Vec<&Departure> =
        departures.filter(|departure| departure.kind.is_precious() && !command.force).collect();
    for Departure { path, kind, .. } in &precious {
        err(&format!("error: `{path}` is {}\n  = help: {}\n", kind.word(), kind.help()));
    }
    if precious.is_empty() {
        return Ok(());
    }
    err("nothing was written\n");
    Err(Exit::Drift)
}

/// Prints what the user's own attributes of workflows lack.
fn advise(lines: &[String]) {
    if !lines.is_empty() {
        let file = ".github/workflows/.gitattributes";
        err(&format!("warning: `{file}` is not generated, and does not cover every generated workflow\n"));
        err(&format!("  = help: add to it:\n\n    {}\n\n", lines.join("\n    ")));
    }
}

/// Prints the files that git ignores, and the lines that take them in again.
fn advise_of_ignored(found: &[Ignored]) {
    let mut files: Vec<&str> = found.iter().map(|ignored| ignored.file.as_str()).collect();
    files.dedup();
    for file in files {
        let of: Vec<&Ignored> = found.iter().filter(|ignored| ignored.file == file).collect();
        let mut lines: Vec<&str> = of.iter().flat_map(|ignored| &ignored.lines).map(String::as_str).collect();
        lines.sort_unstable();
        lines.dedup();
        for Ignored { path, pattern, .. } in of {
            err(&format!("warning: git ignores `{path}` by `{pattern}` of `{file}`: a commit would not have it\n"));
        }
        err(&format!("  = help: add to the end of `{file}`:\n\n    {}\n\n", lines.join("\n    ")));
    }
}

/// Prints what was done, or would be.
fn tell(command: &Generate, one: &Compiled) {
    let (planted, changes): (Vec<&Departure>, Vec<&Departure>) =
        one.departures.iter().partition(|departure| departure.kind == Kind::Planted);
    if changes.is_empty() {
        out(&format!("{}: {} files are up to date\n", one.file, one.files));
    }
    let would = if command.dry_run { "would be " } else { "" };
    for Departure { path, kind, removes, diff } in changes {
        if command.diff {
            out(diff);
            continue;
        }
        let done = match kind {
            _ if *removes => "removed",
            Kind::Missing => "created",
            _ => "written",
        };
        out(&format!("{would}{done}: {path}\n"));
    }
    for Departure { path, kind, .. } in planted {
        err(&format!("warning: `{path}` is {}\n  = help: {}\n", kind.word(), kind.help()));
    }
}
