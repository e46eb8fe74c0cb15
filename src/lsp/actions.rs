//! Quick fixes: the changes of `check --fix`, each at its finding.

use serde_json::{Value, json};

use super::diagnostics::Finding;
use super::position::Range;

/// The kind of the actions.
pub(super) const KIND: &str = "quickfix";

/// Returns the fixes of findings that a range touches.
pub(super) fn actions<'f>(findings: impl Iterator<Item = &'f Finding>, uri: &str, range: Range) -> Value {
    let touches = |found: &Range| found.start <= range.end && range.start <= found.end;
    let here = findings.filter(|finding| finding.uri == uri && touches(&finding.range));
    let action = |finding: &Finding| {
        let fix = finding.fix.as_ref()?;
        Some(json!({
            "title": fix.title,
            "kind": KIND,
            "diagnostics": [finding.diagnostic],
            "isPreferred": true,
            "edit": { "changes": fix.changes },
        }))
    };
    here.filter_map(action).collect()
}

/// Returns whether a client asks for quick fixes, among others or alone.
pub(super) fn is_asked_for(context: &Value) -> bool {
    let only = context.get("only").and_then(Value::as_array);
    only.is_none_or(|kinds| kinds.iter().any(|kind| kind == KIND || kind == ""))
}
