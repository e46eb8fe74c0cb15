//! Steps of tools that are given files or packages: the tool lists them, a script selects those of the shard, and the
//! record proves that all of them ran.

use super::runner::{Scripts, Shard};
use crate::workflow::{Pairs, Property, Step, Value, pairs, step};

/// Returns the step that lists, selects and runs; `more` are variables of the script.
pub(super) fn run(shard: &Shard<'_>, scripts: &dyn Scripts, template: &str, values: minijinja::Value) -> Step {
    let mut env = shard.env.clone();
    env.extend(pairs![("PIPEWRIGHT_WORK", Property::RunnerTemp)]);
    let own = if shard.elsewhere.is_some() { "PIPEWRIGHT_PATHS" } else { "PIPEWRIGHT_SUITE" };
    let paths: Vec<&str> = shard.paths.iter().map(String::as_str).collect();
    // A run without paths is given everything that is not left out.
    let elsewhere = shard.elsewhere.as_deref().filter(|_| !paths.is_empty()).unwrap_or_default();
    let lists = [(own, paths.as_slice()), ("PIPEWRIGHT_LEFT_OUT", shard.left_out), ("PIPEWRIGHT_ELSEWHERE", elsewhere)];
    let given = lists.into_iter().filter(|(_, paths)| !paths.is_empty());
    env.extend(given.map(|(name, paths)| (name.to_owned(), Value::from(paths.join("\n")))));
    env.sort_by(|(one, _), (other, _)| one.cmp(other));
    Step::run("Run tests", scripts.short(template, values), shard.origin.clone())
        .id("tests")
        .folder(shard.folder)
        .env(env)
}

/// Returns the step that turns the tool's report into a record; `replay` runs a file or package again.
pub(super) fn record(
    shard: &Shard<'_>,
    scripts: &dyn Scripts,
    format: &str,
    replay: impl Into<Value>,
    more: Pairs,
) -> Step {
    let mut env = shard.env.clone();
    env.extend(pairs![
        ("PIPEWRIGHT_EXIT", step("tests").output("exit")),
        ("PIPEWRIGHT_FORMAT", format),
        ("PIPEWRIGHT_LISTED", Value::temp("listed.txt")),
        ("PIPEWRIGHT_REPLAY", replay.into()),
        ("PIPEWRIGHT_REPORT", Value::temp("report.json")),
        ("PIPEWRIGHT_SELECTED", Value::temp("selected.txt")),
    ]);
    env.extend(more);
    env.sort_by(|(one, _), (other, _)| one.cmp(other));
    Step::run("Record what ran", scripts.python("ci.py record"), shard.origin.clone()).folder(shard.folder).env(env)
}

/// Returns the seed of a shard, where it shuffles.
pub(super) fn seed(shard: &Shard<'_>) -> Option<Value> {
    let found = shard.env.iter().find(|(name, _)| name == "PIPEWRIGHT_SEED");
    found.filter(|_| shard.random).map(|(_, value)| value.clone())
}

/// Returns words as a shell reads them, the plain ones without quotes.
pub(super) fn quoted(words: &[String]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:@%+,=".contains(&byte);
    let quoted = |word: &String| {
        let bare = !word.is_empty() && word.bytes().all(plain);
        if bare { word.clone() } else { format!("'{}'", word.replace('\'', r"'\''")) }
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}
