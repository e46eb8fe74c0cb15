//! Reasons for differences of files that an older version has generated.

use pipewright::changelog::changed_since;
use serde_json::{Value, json};

use super::project::Compiled;

/// Changes of generated files since an older version, the newest first.
pub(crate) struct Reasons(Vec<(&'static str, String)>);

impl Reasons {
    /// The changes since the version that generated the files of these definitions; none where no file differs.
    pub(crate) fn of(all: &[Compiled]) -> Self {
        let older = all.iter().filter(|one| !one.departures.is_empty()).filter_map(Compiled::other_version);
        let oldest = older.filter(|(_, is_newer)| !is_newer).min();
        Self(oldest.map(|(version, _)| changed_since(version)).unwrap_or_default())
    }

    /// The changes as lines of text.
    pub(crate) fn text(&self) -> String {
        if self.0.is_empty() {
            return String::new();
        }
        let lines = self.0.iter().map(|(version, change)| format!("  {version}: {change}\n"));
        format!("\x1b[1mnote\x1b[0m: later versions changed generated files:\n{}", lines.collect::<String>())
    }

    /// The changes as a result of a document; none where there are none.
    pub(crate) fn json(&self) -> Option<(String, Value)> {
        let all: Value =
            self.0.iter().map(|(version, change)| json!({ "version": version, "change": change })).collect();
        (!self.0.is_empty()).then(|| ("changes-of-versions".to_owned(), all))
    }
}
