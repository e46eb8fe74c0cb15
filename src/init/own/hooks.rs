//! Hooks of pre-commit: checks that the project runs, though no workflow has to.

use serde_yaml::Value;

use super::super::yaml;
use super::command::{Command, HOOKS};
use super::place::Place;
use crate::sources::Tree;

/// Hooks of the tools' own repositories, and what they run.
const KNOWN: &[(&str, &str)] = &[
    ("ruff", "ruff check"),
    ("ruff-check", "ruff check"),
    ("ruff-format", "ruff format"),
    ("black", "black"),
    ("black-pre-commit-mirror", "black"),
    ("flake8", "flake8"),
    ("cargo-fmt", "cargo fmt"),
    ("fmt", "cargo fmt"),
    ("clippy", "cargo clippy"),
];

/// The commands of `.pre-commit-config.yaml`; those that get names of files are not whole.
pub(super) fn commands(tree: &dyn Tree) -> Vec<Command> {
    let Some(text) = tree.read(HOOKS) else { return Vec::new() };
    let documents = yaml::documents(&text);
    let is_filtered = |node: &Value| node.get("exclude").is_some() || node.get("files").is_some();
    // Of a tool that sees a part of the files, nothing is known about the others.
    if documents.iter().any(is_filtered) {
        return Vec::new();
    }
    let repositories = documents.iter().filter_map(|document| document.get("repos")?.as_sequence()).flatten();
    let mut found = Vec::new();
    for repository in repositories {
        let is_local = repository.get("repo").and_then(Value::as_str) == Some("local");
        for hook in repository.get("hooks").and_then(Value::as_sequence).into_iter().flatten() {
            let of = |key: &str| hook.get(key).and_then(Value::as_str);
            let known = || KNOWN.iter().find(|(id, _)| Some(*id) == of("id")).map(|(_, command)| (*command).to_owned());
            let command = if is_local { of("entry").map(str::to_owned) } else { known() };
            let whole = is_local && hook.get("pass_filenames").and_then(Value::as_bool) == Some(false);
            let Some(command) = command.filter(|_| whole || !is_filtered(hook)) else { continue };
            let given = hook.get("args").and_then(Value::as_sequence).into_iter().flatten().filter_map(Value::as_str);
            let words: Vec<&str> = std::iter::once(command.as_str()).chain(given).collect();
            let id = of("id").unwrap_or_default();
            let line = text.lines().position(|line| line.trim_end().ends_with(&format!("id: {id}")));
            found.push(Command {
                text: words.join(" "),
                folder: String::new(),
                place: Place { file: HOOKS.to_owned(), line: line.map_or(1, |index| index + 1) },
                job: None,
                env: Vec::new(),
                conditional: false,
                whole,
                depth: 0,
                starts: 0,
            });
        }
    }
    found
}
