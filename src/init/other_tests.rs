//! Test commands of the project's workflows that its test run does not repeat.

use super::names;
use super::own::Command;
use super::project::{Component, TestRunner};
use super::walk::View;
use crate::definition::Name;

/// Words that select no other tests than those that run without them.
const PLAIN: &[&str] =
    &["--all", "--workspace", "--locked", "--verbose", "-v", "-vv", "--quiet", "-q", "--no-fail-fast", "--color=yes"];

/// Tests of `cargo test` that run beside nextest.
const DOCTESTS: &str = "--doc";

/// Proposals of checks: the test commands behind the first one, which the test run replaces, each with its place.
pub(super) fn others(view: &View<'_>, component: &Component) -> Vec<(Name, String, String)> {
    let Some(tests) = &component.tests else { return Vec::new() };
    let commands = view.own.tests(&component.path, component.toolchain.key());
    let run = |command: &Command| plain(&command.words());
    let mut known: Vec<String> = commands.first().map(|first| run(first)).into_iter().collect();
    let unsure = component.unsure.iter().map(|(_, command, _)| command);
    let written = component.checks.iter().map(|(_, command)| command).chain(unsure).chain(match &tests.runner {
        TestRunner::Command(command) | TestRunner::Reports(command, _) => Some(command),
        _ => None,
    });
    known.extend(written.map(|command| plain(&command.split_whitespace().collect::<Vec<_>>())));
    let mut found: Vec<(Name, String, String)> = Vec::new();
    for command in commands {
        let Some(text) = command.for_folder(&component.path) else { continue };
        let words: Vec<&str> = text.split_whitespace().collect();
        let is_doctest = tests.runner == TestRunner::Nextest && words.contains(&DOCTESTS);
        if is_doctest || known.contains(&run(command)) || known.contains(&plain(&words)) {
            continue;
        }
        known.push(run(command));
        let name = names::word(&format!("test-{}", found.len() + 2));
        found.push((name, text, format!("{} runs this, too", command.place)));
    }
    found
}

/// A command without words that select nothing.
fn plain(words: &[&str]) -> String {
    words.iter().filter(|word| !PLAIN.contains(word)).copied().collect::<Vec<_>>().join(" ")
}
