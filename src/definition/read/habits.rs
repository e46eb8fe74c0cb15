//! Keys of GitHub's own workflows, and keys of other tables: what to type instead.

use serde_json::Value;

use super::lookup::{named, properties};
use super::renamed::as_toml;
use crate::diagnostics::{Part, listed};

/// A key that people know from GitHub's workflows.
struct Habit {
    /// First part of the path of the tables that it is written in; empty for any.
    at: &'static str,
    key: &'static str,
    /// Builds the help from the value that the key has.
    help: fn(&Value) -> String,
}

const HABITS: &[Habit] = &[
    habit("", "cache", |_| "remove it: packages are cached by their lock file".to_owned()),
    habit("", "concurrency", |_| {
        "remove it: a newer commit of a pull request cancels the older run, and deploys wait for each other".to_owned()
    }),
    habit("", "continue-on-error", |_| {
        "remove it: a failure that must not block a merge is a job with `merge = \"reported\"`".to_owned()
    }),
    habit("", "defaults", |_| SHELL.to_owned()),
    habit("", "fail-fast", |_| "remove it: all jobs of a matrix run to their end".to_owned()),
    habit("", "id", |_| "remove it: steps have an `id`".to_owned()),
    habit("", "if", |_| {
        "write `when` at a job or a step, as in `when = \"failure\"` or `when = { event = [\"push\"] }`".to_owned()
    }),
    habit("", "matrix", |_| MATRIX.to_owned()),
    habit("", "on", |_| {
        "write `branches` in `[project]`; a separate workflow has its own `on`, in `[workflows.<name>]`".to_owned()
    }),
    habit("", "outputs", |_| OUTPUTS.to_owned()),
    habit("", "shell", |_| SHELL.to_owned()),
    habit("", "strategy", |_| MATRIX.to_owned()),
    habit("", "timeout-minutes", |value| match value.as_u64() {
        Some(minutes) => format!("write `timeout = \"{minutes}m\"`"),
        None => "write `timeout = \"20m\"`".to_owned(),
    }),
    habit("", "working-directory", |value| format!("write `path = {}`", as_toml(value))),
    habit("components", "needs", |_| ORDER.to_owned()),
    habit("components", "permissions", |_| PERMISSIONS.to_owned()),
    habit("images", "needs", |_| ORDER.to_owned()),
    habit("project", "permissions", |_| PERMISSIONS.to_owned()),
    habit("suites", "needs", |_| ORDER.to_owned()),
    habit("tests", "needs", |_| ORDER.to_owned()),
    habit("tests", "permissions", |_| PERMISSIONS.to_owned()),
    habit("workflows", "cron", |value| format!("write `schedule = {{ cron = {} }}`", as_toml(value))),
    habit("workflows", "push", |value| match value.as_object() {
        Some(table) if !table.is_empty() => {
            let keys: Vec<String> = table.iter().map(|(key, value)| format!("`{key} = {}`", as_toml(value))).collect();
            format!("write {} in its place", keys.join(" and "))
        }
        _ => "write `branches = [\"main\"]` or `tags = [\"v*\"]`".to_owned(),
    }),
    habit("workflows", "pull_request_target", |_| GUARDED.to_owned()),
    habit("workflows", "pull-request-target", |_| GUARDED.to_owned()),
    habit("workflows", "workflow_call", |_| "write `call = true`".to_owned()),
    habit("workflows", "workflow_dispatch", |_| "write `manual = true`".to_owned()),
    habit("workflows", "workflow_run", |_| GUARDED.to_owned()),
    habit("workflows", "workflow-run", |_| GUARDED.to_owned()),
];

/// Source: <https://docs.zizmor.sh/audits/#dangerous-triggers>.
const GUARDED: &str = "remove it: such a run has secrets and a token that writes, on behalf of code from forks, and no filter of \
                       branches makes that safe; `needs = [\"ci\"]` calls `ci.yml` before the jobs of a workflow";
const MATRIX: &str = "remove it: a list is a matrix, as in `python = [\"3.11\", \"3.12\"]` or \
                      `runs-on = [\"ubuntu-24.04\", \"macos-15\"]` of a component";
const ORDER: &str = "remove it: a job waits for the jobs whose results it uses";
const PERMISSIONS: &str = "remove it: each job has the permissions that its steps need";
const SHELL: &str = "remove it: scripts run in bash";
const OUTPUTS: &str = "remove it: a job that needs this one reads `{ output = \"job.name\" }`";

const fn habit(at: &'static str, key: &'static str, help: fn(&Value) -> String) -> Habit {
    Habit { at, key, help }
}

/// Help for a key of GitHub's workflows that the table at `table` does not have.
pub(super) fn translated(table: &[Part], key: &str, value: &Value) -> Option<String> {
    let first = match table.first() {
        Some(Part::Key(first)) => first.as_ref(),
        _ => "",
    };
    let habit = HABITS.iter().find(|habit| habit.key == key && (habit.at.is_empty() || habit.at == first))?;
    Some((habit.help)(value))
}

/// The most tables that are named as the right ones for a key.
const MOST_TABLES: usize = 3;

/// Help for a key that other tables have.
pub(super) fn elsewhere(schema: &Value, key: &str) -> Option<String> {
    let tops = schema.get("properties")?.as_object()?;
    let mut tables = Vec::new();
    for (table, here) in tops {
        if properties(schema, here).any(|keys| keys.contains_key(key)) {
            tables.push(format!("[{table}]"));
        } else if named(schema, here).is_some_and(|inner| properties(schema, inner).any(|keys| keys.contains_key(key)))
        {
            tables.push(format!("[{table}.<name>]"));
        }
    }
    (1..=MOST_TABLES).contains(&tables.len()).then(|| format!("this key belongs to {}", listed(&tables)))
}

/// The tables without a name that have a key; none if tables with names have it, too.
pub(super) fn homes(schema: &Value, key: &str) -> Vec<String> {
    let Some(tops) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let has = |here: &Value| properties(schema, here).any(|keys| keys.contains_key(key));
    if tops.values().any(|here| named(schema, here).is_some_and(has)) {
        return Vec::new();
    }
    tops.iter().filter(|(_, here)| has(here)).map(|(table, _)| table.clone()).collect()
}

/// Tables that hold tables by name, and hold something else: each with the sentence about it.
pub(super) fn nameless(schema: &Value, definition: &Value) -> Vec<(String, String)> {
    let Some(tops) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let mut found = Vec::new();
    for (table, here) in tops {
        let Some(inner) = named(schema, here) else { continue };
        let is_key = |key: &str| properties(schema, inner).any(|keys| keys.contains_key(key));
        let value = definition.get(table);
        if value.is_some_and(Value::is_array) {
            found.push((table.clone(), format!("`{table}` holds tables by name, and is no list")));
        }
        let children = value.and_then(Value::as_object).into_iter().flatten();
        let mut scalars = children.filter(|(key, value)| !value.is_object() && is_key(key));
        let message = |key: &str| format!("`[{table}]` holds tables by name, and `{key}` is a key of one");
        found.extend(scalars.next().map(|(key, _)| (table.clone(), message(key))));
    }
    found
}
