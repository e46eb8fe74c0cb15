//! Keys of the definition that decide what passes: gates, limits, approvals, probes and tests.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::{DeTable, DeValue};

use super::change::{Change, Direction, Subject};
use crate::sources::Sources;

/// Values of a definition and of what it extends, by their keys.
pub(super) fn flattened(sources: &Sources) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for text in std::iter::once(&sources.definition).chain(&sources.bases) {
        let (root, _) = DeTable::parse_recoverable(&text.text);
        table(root.get_ref(), "", &mut found);
    }
    found
}

fn table(of: &DeTable<'_>, front: &str, found: &mut BTreeMap<String, String>) {
    for (key, inner) in of {
        let key = key.get_ref();
        let path = if front.is_empty() { key.to_string() } else { format!("{front}.{key}") };
        value(inner.get_ref(), &path, found);
    }
}

fn value(of: &DeValue<'_>, path: &str, found: &mut BTreeMap<String, String>) {
    let text = match of {
        DeValue::Table(inner) => return table(inner, path, found),
        DeValue::Array(items) if items.iter().all(|item| item.get_ref().is_str()) => {
            // Members come and go one by one.
            for item in items.iter().filter_map(|item| item.get_ref().as_str()) {
                found.entry(format!("{path}[{item}]")).or_insert_with(|| item.to_owned());
            }
            return;
        }
        DeValue::Array(items) => format!("{} entries", items.len()),
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.to_string(),
        DeValue::Float(number) => number.to_string(),
        DeValue::Boolean(is) => is.to_string(),
        DeValue::Datetime(date) => date.to_string(),
    };
    // The definition decides before what it extends.
    found.entry(path.to_owned()).or_insert(text);
}

pub(super) fn changes(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<Change> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter_map(|key| change(key, before.get(key), after.get(key))).collect()
}

/// The change of a key, if it is one that decides what passes.
fn change(key: &str, before: Option<&String>, after: Option<&String>) -> Option<Change> {
    let (direction, text) = match (before, after) {
        (Some(old), Some(new)) if old != new => (Direction::Changed, format!("`{key}` is {new}, and was {old}")),
        (None, Some(new)) => (Direction::Gained, format!("`{key}` is {new}")),
        (Some(old), None) => (Direction::Lost, format!("`{key}`, which was {old}")),
        _ => return None,
    };
    if let Some(subject) = leaves_out(key) {
        let change = Change::new(subject, direction, text);
        return Some(if direction == Direction::Lost { change } else { change.reviewed() });
    }
    if is_test(key) {
        let change = Change::new(Subject::Tests, direction, text);
        return Some(if direction == Direction::Gained { change } else { change.reviewed() });
    }
    if !decides(key) {
        return None;
    }
    let looser = match direction {
        Direction::Changed => loosens(key, before?, after?),
        Direction::Gained => is_lenient(key, after?),
        Direction::Lost => !is_lenient(key, before?),
    };
    let change = Change::new(Subject::Limits, direction, text);
    Some(if looser { change.reviewed() } else { change })
}

/// Keys that take tests out of what decides.
fn leaves_out(key: &str) -> Option<Subject> {
    let is = key.starts_with("quarantine.") || key.split('.').any(|part| part.starts_with("not-tests["));
    let is_remark = [".reason", ".issue"].iter().any(|end| key.ends_with(end));
    (is && !is_remark).then_some(Subject::Tests)
}

/// Keys that name what is tested.
fn is_test(key: &str) -> bool {
    let parts: Vec<&str> = key.split('.').collect();
    let last = parts.last().copied().unwrap_or_default();
    match parts.first() {
        Some(&("tests" | "suites")) => ["component", "runner", "of"].contains(&last) || last.starts_with("paths["),
        _ => false,
    }
}

/// Keys of gates, limits, approvals and probes.
fn decides(key: &str) -> bool {
    let parts: Vec<&str> = key.split('.').collect();
    let has = |name: &str| parts.iter().any(|part| part.split('[').next() == Some(name));
    match parts.first() {
        Some(&("gates" | "metrics" | "smoke" | "monitoring")) => true,
        Some(&"environments") => ["limits", "approval", "needs", "smoke", "samples"].into_iter().any(has),
        Some(&("tests" | "suites" | "components" | "jobs")) => {
            ["gates", "coverage", "reruns", "optional", "merge", "when"].into_iter().any(has)
        }
        _ => false,
    }
}

/// Returns whether a value lets pass what another one did not.
fn loosens(key: &str, before: &str, after: &str) -> bool {
    let number = |text: &str| -> Option<f64> {
        let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        digits.parse().ok()
    };
    let last = key.rsplit('.').next().unwrap_or_default();
    match (number(before), number(after)) {
        (Some(old), Some(new)) if old < new || new < old => {
            let lower_is_looser = ["pass-rate", "coverage", "patch-coverage", "at-least", "min"].contains(&last);
            if lower_is_looser { new < old } else { new > old }
        }
        _ => is_lenient(key, after) || !is_lenient(key, before),
    }
}

/// Returns whether a value lets a failure pass.
fn is_lenient(key: &str, value: &str) -> bool {
    let last = key.rsplit('.').next().unwrap_or_default();
    match last {
        "reruns" => value != "0",
        "optional" => value == "true",
        _ => ["pass", "skip", "reported", "fixed"].contains(&value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(before: &[(&str, &str)], after: &[(&str, &str)]) -> Vec<(char, bool, String)> {
        let map =
            |pairs: &[(&str, &str)]| pairs.iter().map(|(key, it)| ((*key).to_owned(), (*it).to_owned())).collect();
        let changes = changes(&map(before), &map(after));
        changes.into_iter().map(|change| (change.direction.sign(), change.needs_review, change.text)).collect()
    }

    #[test]
    fn a_looser_value_needs_a_review_and_a_stricter_one_does_not() {
        for (key, strict, loose) in [
            ("gates.pass-rate", "100%", "99.5%"),
            ("gates.coverage", "80%", "70%"),
            ("gates.coverage", "ratchet", "skip"),
            ("environments.production.limits.errors.max", "1%", "2%"),
            ("metrics.errors.samples.at-least", "1000", "10"),
            ("metrics.errors.when-nan", "fail", "pass"),
            ("tests.api.reruns", "0", "2"),
        ] {
            let text = |old: &str, new: &str| format!("`{key}` is {new}, and was {old}");
            assert_eq!(of(&[(key, strict)], &[(key, loose)]), [('~', true, text(strict, loose))], "{key}");
            assert_eq!(of(&[(key, loose)], &[(key, strict)]), [('~', false, text(loose, strict))], "{key}");
        }
    }

    #[test]
    fn what_is_gone_or_left_out() {
        let approval = [("environments.production.approval", "production-approval")];
        assert!(of(&approval, &[])[0].1 && !of(&[], &approval)[0].1);
        for out in [("quarantine.tests/a.py.until", "2027-01-01"), ("tests.api.not-tests[docs_src]", "docs_src")] {
            assert!(of(&[], &[out])[0].1 && !of(&[out], &[])[0].1);
        }
        let path = [("tests.api.paths[tests/unit]", "tests/unit")];
        assert!(of(&path, &[])[0].1 && !of(&[], &path)[0].1);
        assert_eq!(of(&[("project.name", "a")], &[("project.name", "b")]), []);
    }
}
