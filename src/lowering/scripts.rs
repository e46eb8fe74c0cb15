//! Files of the user's `templates/` that would replace a script: scripts are the same in every repository.

use crate::diagnostics::{Code, Diagnostic, Location};
use crate::shared;
use crate::sources::{Sources, join};

/// Scripts of earlier versions, which could be replaced.
const FORMER: &[&str] = &["console.py", "nextest.toml", "run.py", "tell.py"];

/// Returns an error for each file that would replace a script. Templates of another tool may have the same names, but
/// do not mention this program.
pub(super) fn replaced(sources: &Sources) -> Vec<Diagnostic> {
    let folder = join(sources.folder(), "templates").unwrap_or_default();
    let names = sources.tree.list(&folder);
    let files = names.iter().filter(|name| is_script(name)).map(|name| format!("{folder}/{name}"));
    let speaks = |text: String| text.to_lowercase().contains("pipewright");
    files.filter(|file| sources.tree.read(file).is_some_and(speaks)).map(error).collect()
}

fn is_script(name: &str) -> bool {
    shared::is_script(name) || FORMER.contains(&name) || name.starts_with("pipewright_")
}

fn error(file: String) -> Diagnostic {
    let message = format!("`{file}` cannot replace a script: scripts are the same in every repository");
    Diagnostic::error(Code("template"), Location::File(file), message)
        .help("remove it; add what it does as a step in `before` or `after`, or replace a step's template instead")
}
