//! The program as its users run it: arguments in, text, files and exit status out.

mod action;
mod actions_lock;
mod adopted;
mod allow;
mod check;
mod commands;
mod completions;
mod coverage_floor;
mod doctor;
mod drift;
mod eject;
mod errors;
mod explain;
mod fixes;
mod formats;
mod generate;
mod graph;
mod hostile;
mod interrupted;
mod lsp;
mod merged;
mod migrate;
mod mistakes;
mod needs;
mod pins;
mod plan;
mod planted;
mod quoting;
mod refusals;
mod repository_settings;
mod secrets;
mod settings;
mod several;
mod shared;
mod staged;
#[path = "../support/mod.rs"]
mod support;
mod upstream;
mod watch;

/// The smallest pipeline that does something.
pub(crate) const SMALL: &str = "\
version = 1

[project]
name = \"small\"

[components.tool]
python = \"3.12\"
checks = { lint = \"ruff check .\" }
";
