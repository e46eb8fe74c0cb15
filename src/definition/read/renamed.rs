//! Keys and values by their former names, until 1.0: each is an error that names the new one.

use serde_json::Value;

use crate::diagnostics::Part;

/// A key or value that has another name now.
struct Renamed {
    /// Path of the table that holds the key, or of the value; `*` matches any one part.
    at: &'static [&'static str],
    /// The former name.
    old: &'static str,
    /// The name now.
    new: &'static str,
    /// Builds what to type instead from the value that the former key has.
    fix: fn(&Value) -> String,
}

const KEYS: &[Renamed] = &[
    key(&["environments", "*"], "after", "needs", |value| format!("needs = {}", as_toml(value))),
    key(&["environments", "*"], "finally", "after", |value| format!("after = {}", as_toml(value))),
    key(&["environments", "*", "migrate"], "on-restore", "on-rollback", |value| {
        format!("on-rollback = {}", as_toml(value))
    }),
    key(&["environments", "*", "traffic"], "through", "provider", |value| format!("provider = {}", as_toml(value))),
    key(&["suites", "*"], "also", "on", |value| format!("on = {}", as_toml(value))),
    key(&["tests", "*"], "distribute", "dist", |value| format!("dist = {}", as_toml(value).replace('-', ""))),
    key(&["tests", "*"], "measure", "coverage.source", |value| format!("coverage = {{ source = {} }}", as_toml(value))),
    key(&["tests", "*"], "report-version", "coverage.version", |value| {
        format!("coverage = {{ source = [\"…\"], version = {} }}", as_toml(value))
    }),
];

const VALUES: &[Renamed] = &[
    value(&["notify", "*", "on", "*"], "restored", "rollback"),
    value(&["tests", "*", "dist"], "load-scope", "loadscope"),
    value(&["tests", "*", "dist"], "load-file", "loadfile"),
    value(&["tests", "*", "dist"], "load-group", "loadgroup"),
    value(&["tests", "*", "dist"], "work-steal", "worksteal"),
];

const fn key(at: &'static [&'static str], old: &'static str, new: &'static str, fix: fn(&Value) -> String) -> Renamed {
    Renamed { at, old, new, fix }
}

const fn value(at: &'static [&'static str], old: &'static str, new: &'static str) -> Renamed {
    Renamed { at, old, new, fix: |_| String::new() }
}

impl Renamed {
    fn fits(&self, path: &[Part]) -> bool {
        let same =
            |(pattern, part): (&&str, &Part)| *pattern == "*" || matches!(part, Part::Key(key) if key == *pattern);
        self.at.len() == path.len() && self.at.iter().zip(path).all(same)
    }
}

/// The message and the help for a former key of the table at `table`; none for a key that was never one.
pub(super) fn former_key(table: &[Part], key: &str, value: &Value) -> Option<(String, String)> {
    // `after` of an environment is a key again, for steps.
    if key == "after" && !value.is_string() {
        return None;
    }
    let renamed = KEYS.iter().find(|renamed| renamed.old == key && renamed.fits(table))?;
    Some((format!("`{key}` is now `{}`", renamed.new), format!("write `{}`", (renamed.fix)(value))))
}

/// The message and the help for a former value at `path`.
pub(super) fn former_value(path: &[Part], value: &Value) -> Option<(String, String)> {
    let old = value.as_str()?;
    let renamed = VALUES.iter().find(|renamed| renamed.old == old && renamed.fits(path))?;
    Some((format!("`\"{old}\"` is now `\"{}\"`", renamed.new), format!("write `\"{}\"`", renamed.new)))
}

/// Returns whether a table holds the former name of a key that it lacks: one error is enough then.
pub(super) fn holds_former(table: &[Part], value: &Value, key: &str) -> bool {
    KEYS.iter().any(|renamed| renamed.new == key && renamed.fits(table) && value.get(renamed.old).is_some())
}

/// A JSON value as TOML.
pub(super) fn as_toml(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let entries: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {}", as_toml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(as_toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
