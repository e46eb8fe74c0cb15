//! `generate`: compile definitions and write what they want.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use pipewright::drift::{self, Change, Kind};
use pipewright::readback::read_back;

use super::project::{Compiled, clashes, compared, compiled, report};
use super::{Exit, Format, err, io_failed, out};

#[derive(Args, Default)]
pub(crate) struct Generate {
    /// Definitions; `pipeline.toml` where none is named
    files: Vec<PathBuf>,
    /// Say what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Show how the files would change, and write nothing
    #[arg(long)]
    diff: bool,
    /// Overwrite files that were edited by hand or never generated
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(crate) fn run(command: &Generate, folder: &Path, format: Format) -> Exit {
    let all = match compiled(folder, &command.files) {
        Ok(all) => all,
        Err(exit) => return exit,
    };
    if report(&all, &[], format) {
        return Exit::Definition;
    }
    let clashes = clashes(&all);
    if !clashes.is_empty() {
        for clash in clashes {
            err(&format!("error: {clash}\n  = help: give one of them another `project.name` or a `project.prefix`\n"));
        }
        return Exit::Definition;
    }
    let plans: Vec<(&Compiled, Vec<Change>)> = all.iter().zip(compared(&all)).collect();
    if let Some(exit) = refused(command, &plans) {
        return exit;
    }
    for (compiled, changes) in &plans {
        if let Err(fault) = verified(compiled, changes) {
            return io_failed(&fault, None);
        }
    }
    if !command.dry_run
        && !command.diff
        && let Err(exit) = write(&plans)
    {
        return exit;
    }
    for (compiled, changes) in &plans {
        tell(command, compiled, changes);
    }
    Exit::Fine
}

/// Writes the changes of every definition of a repository at once: all of them or none.
fn write(plans: &[(&Compiled, Vec<Change>)]) -> Result<(), Exit> {
    let mut roots: BTreeMap<&Path, Vec<Change>> = BTreeMap::new();
    for (compiled, changes) in plans {
        roots.entry(&compiled.root).or_default().extend(changes.iter().cloned());
    }
    for (root, changes) in roots {
        drift::write(root, &changes).map_err(|error| {
            io_failed(&error.to_string(), Some("nothing was written; mend that, and run the command again"))
        })?;
    }
    Ok(())
}

/// Says which files must not be overwritten.
fn refused(command: &Generate, plans: &[(&Compiled, Vec<Change>)]) -> Option<Exit> {
    if command.force || command.dry_run || command.diff {
        return None;
    }
    let precious: Vec<&Change> =
        plans.iter().flat_map(|(_, changes)| changes).filter(|change| change.is_precious()).collect();
    for change in &precious {
        err(&format!("error: `{}` is {}\n  = help: {}\n", change.path, change.kind.word(), change.kind.help()));
    }
    if precious.is_empty() {
        return None;
    }
    err("nothing was written\n");
    Some(Exit::Drift)
}

/// Reads back every workflow that is about to change.
fn verified(compiled: &Compiled, changes: &[Change]) -> Result<(), String> {
    for change in changes {
        let workflow = compiled
            .compilation
            .workflows
            .iter()
            .find(|workflow| change.path.strip_prefix(".github/workflows/") == Some(&workflow.file));
        if let (Some(workflow), Some(text)) = (workflow, &change.after) {
            read_back(workflow, text)?;
        }
    }
    Ok(())
}

/// Says what was done, or would be.
fn tell(command: &Generate, compiled: &Compiled, changes: &[Change]) {
    if changes.is_empty() {
        out(&format!("{}: {} files are up to date\n", compiled.file, compiled.compilation.files.len()));
    }
    let would = if command.dry_run { "would be " } else { "" };
    for change in changes {
        if command.diff {
            out(&super::check::diff(change));
            continue;
        }
        let done = match (&change.after, change.kind) {
            (None, _) => "removed",
            (Some(_), Kind::Missing) => "created",
            (Some(_), _) => "written",
        };
        out(&format!("{would}{done}: {}\n", change.path));
    }
}
