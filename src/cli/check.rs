//! `check`: tell whether the files on disk are what the definitions compile to.

use std::path::{Path, PathBuf};

use clap::Args;
use pipewright::drift::Change;
use similar::TextDiff;

use super::project::{clashes, compared, compiled, report};
use super::{Exit, Format, err, out};

#[derive(Args)]
pub(crate) struct Check {
    /// Definitions; `pipeline.toml` where none is named
    files: Vec<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(command: &Check, folder: &Path, format: Format) -> Exit {
    let all = match compiled(folder, &command.files) {
        Ok(all) => all,
        Err(exit) => return exit,
    };
    if all.iter().any(|compiled| compiled.compilation.failed()) {
        report(&all, &[], format);
        return Exit::Definition;
    }
    let clashes = clashes(&all);
    for clash in &clashes {
        err(&format!("error: {clash}\n  = help: give one of them another `project.name` or a `project.prefix`\n"));
    }
    if !clashes.is_empty() {
        return Exit::Definition;
    }
    let changes = compared(&all);
    let is_document = matches!(format, Format::Json | Format::Sarif);
    report(&all, if is_document { &changes } else { &[] }, format);
    let mut exit = Exit::Fine;
    for (compiled, changes) in all.iter().zip(&changes) {
        for change in changes {
            exit = Exit::Drift;
            tell(change, format);
        }
        if changes.is_empty() && format == Format::Human {
            out(&format!("{}: {} files are up to date\n", compiled.file, compiled.compilation.files.len()));
        }
    }
    exit
}

fn tell(change: &Change, format: Format) {
    match format {
        Format::Github => out(&format!(
            "::error file={},title=Drift::{} is {}; {}\n",
            change.path,
            change.path,
            change.kind.word(),
            change.kind.help()
        )),
        Format::Json | Format::Sarif => {}
        Format::Human => err(&format!(
            "drift: {} is {}\n{}help: {}\n\n",
            change.path,
            change.kind.word(),
            diff(change),
            change.kind.help()
        )),
    }
}

/// How a file would change, as a unified diff.
pub(crate) fn diff(change: &Change) -> String {
    let after = change.after.as_deref().unwrap_or_default();
    let (from, to) = (format!("a/{}", change.path), format!("b/{}", change.path));
    let text = TextDiff::from_lines(change.before.as_str(), after);
    text.unified_diff().context_radius(3).header(&from, &to).to_string()
}
