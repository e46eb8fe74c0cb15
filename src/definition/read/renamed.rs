//! Keys and values by their former names, until 1.0: each is an error that names the new one.

use serde_json::Value;

use crate::diagnostics::{Fix, Location, Part};

/// A key or value that has another name now.
struct Renamed {
    /// Path of the table that holds the key, or of the value; `*` matches any one part.
    at: &'static [&'static str],
    /// The former name.
    old: &'static str,
    /// The name now; dotted for a key of a table.
    new: &'static str,
    /// Builds the value of the new key from that of the former one.
    value: fn(&Value) -> Value,
}

const KEYS: &[Renamed] = &[
    key(&["environments", "*"], "after", "needs"),
    key(&["environments", "*"], "finally", "after"),
    key(&["environments", "*", "migrate"], "on-restore", "on-rollback"),
    key(&["environments", "*", "traffic"], "through", "provider"),
    key(&["suites", "*"], "also", "on"),
    Renamed {
        value: |value| value.as_str().map_or_else(|| value.clone(), |text| text.replace('-', "").into()),
        ..key(&["tests", "*"], "distribute", "dist")
    },
    key(&["tests", "*"], "measure", "coverage.source"),
    key(&["tests", "*"], "report-version", "coverage.version"),
];

const VALUES: &[Renamed] = &[
    value(&["notify", "*", "on", "*"], "restored", "rollback"),
    value(&["tests", "*", "dist"], "load-scope", "loadscope"),
    value(&["tests", "*", "dist"], "load-file", "loadfile"),
    value(&["tests", "*", "dist"], "load-group", "loadgroup"),
    value(&["tests", "*", "dist"], "work-steal", "worksteal"),
];

const fn key(at: &'static [&'static str], old: &'static str, new: &'static str) -> Renamed {
    Renamed { at, old, new, value: Value::clone }
}

const fn value(at: &'static [&'static str], old: &'static str, new: &'static str) -> Renamed {
    key(at, old, new)
}

impl Renamed {
    fn fits(&self, path: &[Part]) -> bool {
        let same =
            |(pattern, part): (&&str, &Part)| *pattern == "*" || matches!(part, Part::Key(key) if key == *pattern);
        self.at.len() == path.len() && self.at.iter().zip(path).all(same)
    }
}

/// The report of a former name.
pub(super) struct Former {
    pub(super) message: String,
    pub(super) help: String,
    pub(super) fix: Option<Fix>,
}

/// The report of a former key of the table at `table`; none for a key that was never one.
pub(super) fn former_key(table: &[Part], key: &str, value: &Value) -> Option<Former> {
    // `after` of an environment is a key again, for steps.
    if key == "after" && !value.is_string() {
        return None;
    }
    let renamed = KEYS.iter().find(|renamed| renamed.old == key && renamed.fits(table))?;
    let at = Location::value(table.to_vec()).then(key);
    let fix = Fix::rename(at.clone(), renamed.new).migration();
    let written = (renamed.value)(value);
    Some(Former {
        message: format!("`{key}` is now `{}`", renamed.new),
        help: format!("write `{} = {}`", renamed.new, as_toml(&written)),
        fix: Some(if written == *value { fix } else { fix.with_value(at, as_toml(&written)) }),
    })
}

/// The report of a former value at `path`.
pub(super) fn former_value(path: &[Part], value: &Value) -> Option<Former> {
    let old = value.as_str()?;
    let Renamed { new, .. } = VALUES.iter().find(|renamed| renamed.old == old && renamed.fits(path))?;
    Some(Former {
        message: format!("`\"{old}\"` is now `\"{new}\"`"),
        help: format!("write `\"{new}\"`"),
        fix: Some(Fix::replace(Location::value(path.to_vec()), format!("\"{new}\"")).migration()),
    })
}

/// Returns whether a table holds the former name of a key that it lacks: one error is enough then.
pub(super) fn holds_former(table: &[Part], value: &Value, key: &str) -> bool {
    KEYS.iter().any(|renamed| renamed.new == key && renamed.fits(table) && value.get(renamed.old).is_some())
}

/// A JSON value as TOML.
pub(in crate::definition) fn as_toml(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let entries: Vec<String> = table.iter().map(|(key, value)| format!("{key} = {}", as_toml(value))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(as_toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
