//! The page of every code: what, why, an example and the fix.

use super::CHECKS;
use crate::resolve;

/// Pages of what is found while a definition is read, before any rule looks at it, and of what is not pinned.
const READING: &[(&str, &str)] = &[
    ("allow", include_str!("../../templates/rules/allow.md")),
    ("drift", include_str!("../../templates/rules/drift.md")),
    ("lock", include_str!("../../templates/rules/lock.md")),
    ("missing-key", include_str!("../../templates/rules/missing-key.md")),
    ("required-version", include_str!("../../templates/rules/required-version.md")),
    ("syntax", include_str!("../../templates/rules/syntax.md")),
    ("template", include_str!("../../templates/rules/template.md")),
    ("unknown-key", include_str!("../../templates/rules/unknown-key.md")),
    ("unknown-value", include_str!("../../templates/rules/unknown-value.md")),
    ("unpinned", include_str!("../../templates/rules/unpinned.md")),
    ("wrong-type", include_str!("../../templates/rules/wrong-type.md")),
];

/// The page of a code: what it means, why, an example that has it, and the fix. None for a code that does not exist.
pub(crate) fn explain(code: &str) -> Option<String> {
    let reading = READING.iter().chain(resolve::PAGES).find(|(name, _)| *name == code).map(|(_, page)| *page);
    reading.or_else(|| CHECKS.iter().find(|check| check.code().0 == code).map(|check| check.page())).map(str::to_owned)
}

/// Every code, sorted.
pub(crate) fn codes() -> Vec<&'static str> {
    let before = READING.iter().chain(resolve::PAGES).map(|(name, _)| *name);
    let mut codes: Vec<&str> = before.chain(CHECKS.iter().map(|check| check.code().0)).collect();
    codes.sort_unstable();
    codes
}
