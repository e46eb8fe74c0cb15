//! `settings`: requests that make the settings of the repository, shown and never sent.

use insta::assert_snapshot;
use serde_json::Value;

use crate::SMALL;
use crate::support::{Project, fixtures};

#[test]
fn requests_are_commands_of_gh() {
    let project = Project::of(SMALL);
    assert_snapshot!(project.run(["settings"]).whole(), @r#"
    stdout:
    # Pull requests into main need `small passed`
    id=$(gh api 'repos/{owner}/{repo}/rulesets?per_page=100&includes_parents=false' --jq 'first(.[] | select(.name == "small passed") | .id)')
    gh api --method "$([ -n "$id" ] && echo PUT || echo POST)" "repos/{owner}/{repo}/rulesets${id:+/$id}" --input - <<'JSON'
    {
      "name": "small passed",
      "target": "branch",
      "enforcement": "active",
      "conditions": {
        "ref_name": {
          "include": [
            "refs/heads/main"
          ],
          "exclude": []
        }
      },
      "rules": [
        {
          "type": "required_status_checks",
          "parameters": {
            "strict_required_status_checks_policy": false,
            "required_status_checks": [
              {
                "context": "small passed"
              }
            ]
          }
        }
      ]
    }
    JSON

    # Jobs without `permissions` get a token that reads, and approves no pull request
    gh api --method PUT 'repos/{owner}/{repo}/actions/permissions/workflow' --input - <<'JSON'
    {"default_workflow_permissions":"read","can_approve_pull_request_reviews":false}
    JSON

    # Actions have to be pinned by their commit, in workflows of others, too
    gh api --method PUT 'repos/{owner}/{repo}/actions/permissions' --input - <<'JSON'
    {"enabled":true,"sha_pinning_required":true}
    JSON

    # No other event than merge_group, pull_request, push, workflow_dispatch starts these workflows
    id=$(gh api 'repos/{owner}/{repo}/actions/policies?per_page=100&has_parents=false' --jq 'first(.policies[] | select(.name == "small: merge_group, pull_request, push, workflow_dispatch") | .id)')
    gh api --method "$([ -n "$id" ] && echo PUT || echo POST)" "repos/{owner}/{repo}/actions/policies${id:+/$id}" --input - <<'JSON'
    {
      "name": "small: merge_group, pull_request, push, workflow_dispatch",
      "enforcement": "active",
      "conditions": {
        "workflow_path": {
          "include": [
            ".github/workflows/ci.yml"
          ],
          "exclude": []
        }
      },
      "rules": [
        {
          "type": "restrict_action_events",
          "parameters": {
            "allowed_events": [
              "merge_group",
              "pull_request",
              "push",
              "workflow_dispatch"
            ]
          }
        }
      ]
    }
    JSON
    status: 0
    "#);
    assert_snapshot!(project.run(["settings", "--only", "environments"]).whole(), @"
    stdout:
    the pipeline needs no such settings
    status: 0
    ");
}

#[test]
fn the_environment_of_an_approval_gets_its_reviewer() {
    let project = Project::from("three-environments");
    let ran = project.run(["settings", "--only", "environments"]);
    let approval = ran.out.split("\n\n").find(|part| part.contains("production-approval`, with")).unwrap_or_default();
    assert_snapshot!(approval, @r#"
    # Environment `production-approval`, with its reviewer
    reviewer=$(gh api "users/${REVIEWER:?set it to the login of the user who approves}" --jq .id)
    gh api --method PUT 'repos/{owner}/{repo}/environments/production-approval' --input - <<JSON
    {"reviewers":[{"type":"User","id":$reviewer}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}
    JSON
    "#);
}

#[test]
fn the_bodies_are_json_without_a_value_of_a_secret() {
    for fixture in fixtures().into_iter().filter(|name| !name.contains("pipelines")) {
        let project = Project::from(&fixture);
        let definition = crate::support::definitions(&fixture).remove(0);
        let ran = project.run(["settings", "--format", "json", &definition]);
        let document: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{fixture}: {error} {ran:?}"));
        let requests = document["requests"].as_array().expect("a list");
        assert!(requests.len() >= 2, "{fixture}: {requests:?}");
        for request in requests {
            assert!(["PUT", "POST"].contains(&request["method"].as_str().unwrap_or_default()), "{request}");
            assert!(
                request["path"].as_str().is_some_and(|path| path.starts_with("repos/{owner}/{repo}/")),
                "{request}"
            );
            assert!(request["body"].is_object(), "{request}");
            // A second `POST` would fail or make another.
            assert_eq!(request["method"] == "POST", request["existing"].is_object(), "{request}");
        }
    }
}
