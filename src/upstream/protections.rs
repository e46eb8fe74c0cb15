//! Execution protections: policies that limit who and which events start workflows.
//!
//! Source: <https://docs.github.com/rest/actions/policies>, "List repository Actions policies".

use serde_json::Value;

/// A policy of GitHub Actions, of the repository or above it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Protection {
    /// Its name.
    pub name: String,
    /// It is enforced; others are evaluated or disabled.
    pub is_active: bool,
    /// Patterns of workflows that it is for; empty for all.
    pub include: Vec<String>,
    /// Patterns of workflows that it is not for.
    pub exclude: Vec<String>,
    /// The events that start those workflows; none if it does not limit them.
    pub events: Option<Vec<String>>,
    /// Types of its rules that have no meaning here.
    pub others: Vec<String>,
}

/// The policies of a list.
pub(super) fn protections(listed: &[Value]) -> Vec<Protection> {
    listed.iter().map(protection).collect()
}

fn protection(policy: &Value) -> Protection {
    let text = |of: &Value, key: &str| of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let texts = |of: Option<&Value>| -> Vec<String> {
        of.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let paths = |key: &str| texts(policy.pointer(&format!("/conditions/workflow_path/{key}")));
    let rules = || policy.get("rules").and_then(Value::as_array).into_iter().flatten();
    let events = |rule: &Value| texts(rule.pointer("/parameters/allowed_events"));
    let known = ["restrict_action_events", "restrict_actions_actors"];
    Protection {
        name: text(policy, "name"),
        is_active: text(policy, "enforcement") == "active",
        include: paths("include").into_iter().filter(|pattern| pattern != "~ALL").collect(),
        exclude: paths("exclude"),
        events: rules().find(|rule| text(rule, "type") == "restrict_action_events").map(events),
        others: rules().map(|rule| text(rule, "type")).filter(|kind| !known.contains(&kind.as_str())).collect(),
    }
}
