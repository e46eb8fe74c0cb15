//! Execution protections: events that policies keep from the workflows, and workflows without a policy.
//!
//! Source: <https://docs.github.com/actions/concepts/about-actions-policies>. GitHub documents two types of rules, for actors
//! and for events: <https://docs.github.com/rest/actions/policies>. The *Require lockfile* policy is in neither.

use super::finding::{Area, Finding, Level};
use super::glob::fits;
use super::needs::Needs;
use crate::upstream::{Protection, RepositorySettings};

/// The command that prints policies for the generated workflows.
const PRINT: &str = "`pipewright settings --only execution-protections` prints the requests";

pub(super) fn check(needs: &Needs, real: &RepositorySettings, found: &mut Vec<Finding>) {
    let Some(all) = &real.protections else { return };
    let active: Vec<&Protection> = all.iter().filter(|policy| policy.is_active).collect();
    let mut add = |level, message: String, help: String| {
        found.push(Finding::new(level, Area::Protections, message, help));
    };
    for policy in &active {
        for (path, events) in needs.workflows.iter().filter(|(path, _)| is_for(policy, path)) {
            let Some(allowed) = &policy.events else { continue };
            let blocked: Vec<&str> =
                events.iter().copied().filter(|event| !allowed.iter().any(|it| it == event)).collect();
            if !blocked.is_empty() {
                let message =
                    format!("policy `{}` blocks `{}` of `{path}`: its runs fail", policy.name, blocked.join("`, `"));
                let help = "allow these events for the workflow in Settings > Actions > Policies";
                add(Level::Error, message, help.to_owned());
            }
        }
        for kind in &policy.others {
            let message = format!("policy `{}` has the rule `{kind}`, which is not compared", policy.name);
            let help = "look at it in Settings > Actions > Policies; a required lockfile is written by \
                        `pipewright generate --actions-lock`";
            add(Level::Note, message, help.to_owned());
        }
    }
    let is_limited = |path: &str| active.iter().any(|policy| policy.events.is_some() && is_for(policy, path));
    let open: Vec<&str> = needs
        .workflows
        .iter()
        .filter(|(path, events)| !events.is_empty() && !is_limited(path))
        .map(|(path, _)| name(path))
        .collect();
    if !open.is_empty() {
        let message = format!("any event can start these workflows, if a commit adds it to them: {}", open.join(", "));
        add(Level::Note, message, format!("limit their events: {PRINT}"));
    }
}

/// Returns whether a policy is for a workflow.
fn is_for(policy: &Protection, path: &str) -> bool {
    let matches = |pattern: &String| fits(pattern, path, pattern.contains("**"));
    (policy.include.is_empty() || policy.include.iter().any(matches)) && !policy.exclude.iter().any(matches)
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
