//! The setup as requests of GitHub's REST API, which are printed and never sent.
//!
//! Sources: <https://docs.github.com/rest/deployments/environments>,
//! <https://docs.github.com/rest/deployments/branch-policies>, <https://docs.github.com/rest/repos/rules>,
//! <https://docs.github.com/rest/actions/permissions>, <https://docs.github.com/rest/actions/policies>.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Environment, Protection, Setup};

/// A request of GitHub's REST API.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its part of the settings.
    pub part: Part,
    /// The setting that it makes.
    pub about: String,
    /// HTTP method.
    pub method: &'static str,
    /// Path, with `{owner}` and `{repo}`.
    pub path: String,
    /// Body. A placeholder in it is the number of a user.
    pub body: Value,
    /// Search for what an earlier request made; none where the request itself can be repeated.
    pub existing: Option<Existing>,
}

/// Search for what an earlier request made, so that a second one makes no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Existing {
    /// Path of the list.
    pub list: String,
    /// Key of the items in the answer; none where the answer is the list.
    pub items: Option<&'static str>,
    /// Values by which the item is found.
    pub values: Vec<(&'static str, String)>,
    /// The item gets the body, by `PUT` and its id. Otherwise it is what the request would make.
    pub is_updated: bool,
}

/// Part of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Environments, with their reviewers, branches and tags.
    Environments,
    /// The ruleset with the required check.
    RequiredCheck,
    /// Policies of GitHub Actions.
    Actions,
    /// Policies that limit the events of workflows.
    Protections,
}

/// Placeholder of the number of the user who approves.
pub(super) const REVIEWER: &str = "$reviewer";

/// The requests that make the settings.
pub fn requests(setup: &Setup) -> Vec<Request> {
    let mut all: Vec<Request> = setup.environments.iter().flat_map(environment).collect();
    all.extend(setup.check.as_ref().map(|(check, branches)| required(check, branches)));
    // GitHub has one option for both.
    let creates = setup.creates_pull_requests();
    let approves = if creates { "creates pull requests" } else { "approves no pull request" };
    all.push(Request {
        part: Part::Actions,
        about: format!("Jobs without `permissions` get a token that reads, and {approves}"),
        method: "PUT",
        path: "repos/{owner}/{repo}/actions/permissions/workflow".to_owned(),
        body: json!({ "default_workflow_permissions": "read", "can_approve_pull_request_reviews": creates }),
        existing: None,
    });
    all.push(Request {
        part: Part::Actions,
        about: "Actions have to be pinned by their commit, in workflows of others, too".to_owned(),
        method: "PUT",
        path: "repos/{owner}/{repo}/actions/permissions".to_owned(),
        body: json!({ "enabled": true, "sha_pinning_required": true }),
        existing: None,
    });
    all.extend(setup.protections.iter().map(protected));
    all
}

/// A policy that lets these events alone start workflows.
fn protected(protection: &Protection) -> Request {
    let Protection { name, events, workflows } = protection;
    let body = json!({
        "name": name,
        "enforcement": "active",
        "conditions": { "workflow_path": { "include": workflows, "exclude": [] } },
        "rules": [{ "type": "restrict_action_events", "parameters": { "allowed_events": events } }],
    });
    Request {
        part: Part::Protections,
        about: format!("No other event than {} starts these workflows", events.join(", ")),
        method: "POST",
        path: "repos/{owner}/{repo}/actions/policies".to_owned(),
        body,
        existing: Some(Existing {
            list: "repos/{owner}/{repo}/actions/policies?per_page=100&has_parents=false".to_owned(),
            items: Some("policies"),
            values: vec![("name", name.clone())],
            is_updated: true,
        }),
    }
}

/// An environment, and the branches and tags that may use it.
fn environment(environment: &Environment) -> Vec<Request> {
    let name = &environment.name;
    let path = format!("repos/{{owner}}/{{repo}}/environments/{}", encoded(name));
    let branches = environment.branches.iter().map(|name| ("branch", name));
    let policies: Vec<_> = branches.chain(environment.tags.iter().map(|name| ("tag", name))).collect();
    let policy = (!policies.is_empty()).then(|| json!({ "protected_branches": false, "custom_branch_policies": true }));
    let (about, body) = if environment.approves {
        let reviewers = json!([{ "type": "User", "id": REVIEWER }]);
        let body = json!({ "reviewers": reviewers, "deployment_branch_policy": policy });
        (format!("Environment `{name}`, with its reviewer"), body)
    } else {
        (format!("Environment `{name}`"), json!({ "deployment_branch_policy": policy }))
    };
    let part = Part::Environments;
    let mut requests = vec![Request { part, about, method: "PUT", path: path.clone(), body, existing: None }];
    requests.extend(policies.into_iter().map(|(kind, pattern)| Request {
        part,
        about: format!("Environment `{name}`: {kind} `{pattern}` can use it"),
        method: "POST",
        path: format!("{path}/deployment-branch-policies"),
        body: json!({ "name": pattern, "type": kind }),
        existing: Some(Existing {
            list: format!("{path}/deployment-branch-policies?per_page=100"),
            items: Some("branch_policies"),
            values: vec![("name", pattern.clone()), ("type", kind.to_owned())],
            is_updated: false,
        }),
    }));
    requests
}

/// A ruleset that requires a check on branches.
fn required(check: &str, branches: &[String]) -> Request {
    let include: Vec<String> = branches.iter().map(|branch| format!("refs/heads/{branch}")).collect();
    let body = json!({
        "name": check,
        "target": "branch",
        "enforcement": "active",
        "conditions": { "ref_name": { "include": include, "exclude": [] } },
        "rules": [{
            "type": "required_status_checks",
            "parameters": {
                "strict_required_status_checks_policy": false,
                "required_status_checks": [{ "context": check }],
            },
        }],
    });
    Request {
        part: Part::RequiredCheck,
        about: format!("Pull requests into {} need `{check}`", branches.join(", ")),
        method: "POST",
        path: "repos/{owner}/{repo}/rulesets".to_owned(),
        body,
        existing: Some(Existing {
            list: "repos/{owner}/{repo}/rulesets?per_page=100&includes_parents=false".to_owned(),
            items: None,
            values: vec![("name", check.to_owned())],
            is_updated: true,
        }),
    }
}

/// A name as a part of a URL, in which no quote is left.
fn encoded(name: &str) -> String {
    let mut text = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::encoded;

    #[test]
    fn names_are_parts_of_a_url() {
        assert_eq!(encoded("it's staging/eu"), "it%27s%20staging%2Feu");
    }
}
