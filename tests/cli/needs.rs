//! `needs`: everything that has to be created on GitHub, by name.

use insta::assert_snapshot;
use serde_json::Value;

use crate::SMALL;
use crate::support::{Project, fixtures};

#[test]
fn a_pipeline_that_only_tests_needs_its_check() {
    assert_snapshot!(Project::of(SMALL).run(["needs"]).whole(), @"
    stdout:
    required check
      small passed  on main

    permissions
      token  reads by default: each job lists its permissions
    status: 0
    ");
}

#[test]
fn environments_secrets_and_variables_are_listed_with_their_keys() {
    assert_snapshot!(Project::from("three-environments").run(["needs"]).out, @"
    environments
      development          branch main only; the cloud trusts `repo:<owner>/<repository>:environment:development`
      staging              branch main only; the cloud trusts `repo:<owner>/<repository>:environment:staging`
      production           branch main only; the cloud trusts `repo:<owner>/<repository>:environment:production`
      production-approval  reviewers, and nothing else; branch main only

    secrets
      GRAFANA_TOKEN      environment development  required  monitoring.grafana.token
      SLACK_WEBHOOK_URL  environment development  required  notify.slack.webhook
      SMOKE_PASSWORD     environment development  required  smoke.api.login.json.password
      SMOKE_USER         environment development  required  smoke.api.login.json.user
      GRAFANA_TOKEN      environment staging      required  monitoring.grafana.token
      PROMETHEUS_TOKEN   environment staging      required  monitoring.prometheus.token
      SLACK_WEBHOOK_URL  environment staging      required  notify.slack.webhook
      SMOKE_PASSWORD     environment staging      required  smoke.api.login.json.password
      SMOKE_USER         environment staging      required  smoke.api.login.json.user
      GRAFANA_TOKEN      environment production   required  monitoring.grafana.token
      PROMETHEUS_TOKEN   environment production   required  monitoring.prometheus.token
      SLACK_WEBHOOK_URL  environment production   required  notify.slack.webhook
      SMOKE_PASSWORD     environment production   required  smoke.api.login.json.password
      SMOKE_USER         environment production   required  smoke.api.login.json.user

    variables
      AWS_ROLE         environment development  required  environments.development.cluster.eks.role
      DEVELOPMENT_URL  environment development  required  environments.development.url
      GRAFANA_URL      environment development  required  monitoring.grafana.url
      AWS_ROLE         environment staging      required  environments.staging.cluster.eks.role
      GRAFANA_URL      environment staging      required  monitoring.grafana.url
      MAX_P99          environment staging      optional  environments.staging.limits.p99.max
      PROMETHEUS_URL   environment staging      required  monitoring.prometheus.url
      STAGING_URL      environment staging      required  environments.staging.url
      AWS_ROLE         environment production   required  environments.production.cluster.eks.role
      GRAFANA_URL      environment production   required  monitoring.grafana.url
      MAX_ERRORS       environment production   optional  environments.production.limits.errors.max
      PRODUCTION_URL   environment production   required  environments.production.url
      PROMETHEUS_URL   environment production   required  monitoring.prometheus.url

    required check
      atlas passed  on main

    permissions
      token         reads by default: each job lists its permissions
      attestations  GitHub Enterprise Cloud, where the repository is private            images.api
      packages      a package that exists already gives this repository the role Write  images.api
      issues        enabled                                                             environments.development and 2 more
    ");
}

#[test]
fn commands_create_everything() {
    assert_snapshot!(Project::from("three-environments").run(["needs", "--gh"]).out, @r#"
    #!/bin/sh
    # Sets up a repository for its pipeline. Run it in a terminal, in the repository: `gh` asks for each value.
    set -eu
    [ -t 0 ] || { echo 'run this file in a terminal: gh asks for each value' >&2; exit 1; }

    gh api --method PUT 'repos/{owner}/{repo}/environments/development' --input - <<'JSON'
    {"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}
    JSON
    id=$(gh api 'repos/{owner}/{repo}/environments/development/deployment-branch-policies?per_page=100' --jq 'first(.branch_policies[] | select(.name == "main" and .type == "branch") | .id)')
    [ -n "$id" ] || gh api --method POST 'repos/{owner}/{repo}/environments/development/deployment-branch-policies' -f name=main -f type=branch

    gh api --method PUT 'repos/{owner}/{repo}/environments/staging' --input - <<'JSON'
    {"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}
    JSON
    id=$(gh api 'repos/{owner}/{repo}/environments/staging/deployment-branch-policies?per_page=100' --jq 'first(.branch_policies[] | select(.name == "main" and .type == "branch") | .id)')
    [ -n "$id" ] || gh api --method POST 'repos/{owner}/{repo}/environments/staging/deployment-branch-policies' -f name=main -f type=branch

    gh api --method PUT 'repos/{owner}/{repo}/environments/production' --input - <<'JSON'
    {"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}
    JSON
    id=$(gh api 'repos/{owner}/{repo}/environments/production/deployment-branch-policies?per_page=100' --jq 'first(.branch_policies[] | select(.name == "main" and .type == "branch") | .id)')
    [ -n "$id" ] || gh api --method POST 'repos/{owner}/{repo}/environments/production/deployment-branch-policies' -f name=main -f type=branch

    reviewer=$(gh api "users/${REVIEWER:?set it to the login of the user who approves}" --jq .id)
    gh api --method PUT 'repos/{owner}/{repo}/environments/production-approval' --input - <<JSON
    {"reviewers":[{"type":"User","id":$reviewer}],"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}
    JSON
    id=$(gh api 'repos/{owner}/{repo}/environments/production-approval/deployment-branch-policies?per_page=100' --jq 'first(.branch_policies[] | select(.name == "main" and .type == "branch") | .id)')
    [ -n "$id" ] || gh api --method POST 'repos/{owner}/{repo}/environments/production-approval/deployment-branch-policies' -f name=main -f type=branch

    gh secret set GRAFANA_TOKEN --env development
    gh secret set SLACK_WEBHOOK_URL --env development
    gh secret set SMOKE_PASSWORD --env development
    gh secret set SMOKE_USER --env development
    gh variable set AWS_ROLE --env development
    gh variable set DEVELOPMENT_URL --env development
    gh variable set GRAFANA_URL --env development

    gh secret set GRAFANA_TOKEN --env staging
    gh secret set PROMETHEUS_TOKEN --env staging
    gh secret set SLACK_WEBHOOK_URL --env staging
    gh secret set SMOKE_PASSWORD --env staging
    gh secret set SMOKE_USER --env staging
    gh variable set AWS_ROLE --env staging
    gh variable set GRAFANA_URL --env staging
    # optional: gh variable set MAX_P99 --env staging
    gh variable set PROMETHEUS_URL --env staging
    gh variable set STAGING_URL --env staging

    gh secret set GRAFANA_TOKEN --env production
    gh secret set PROMETHEUS_TOKEN --env production
    gh secret set SLACK_WEBHOOK_URL --env production
    gh secret set SMOKE_PASSWORD --env production
    gh secret set SMOKE_USER --env production
    gh variable set AWS_ROLE --env production
    gh variable set GRAFANA_URL --env production
    # optional: gh variable set MAX_ERRORS --env production
    gh variable set PRODUCTION_URL --env production
    gh variable set PROMETHEUS_URL --env production

    id=$(gh api 'repos/{owner}/{repo}/rulesets?per_page=100&includes_parents=false' --jq 'first(.[] | select(.name == "atlas passed") | .id)')
    gh api --method "$([ -n "$id" ] && echo PUT || echo POST)" "repos/{owner}/{repo}/rulesets${id:+/$id}" --input - <<'JSON'
    {
      "name": "atlas passed",
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
                "context": "atlas passed"
              }
            ]
          }
        }
      ]
    }
    JSON

    gh api --method PUT 'repos/{owner}/{repo}/actions/permissions/workflow' --input - <<'JSON'
    {"default_workflow_permissions":"read","can_approve_pull_request_reviews":false}
    JSON

    # in the settings: attestations: GitHub Enterprise Cloud, where the repository is private
    # in the settings: packages: a package that exists already gives this repository the role Write
    # in the settings: issues: enabled
    "#);
}

#[test]
fn every_secret_and_variable_of_every_workflow_is_named() {
    for fixture in fixtures().into_iter().filter(|name| !name.contains("pipelines")) {
        let project = Project::from(&fixture);
        let definition = crate::support::definitions(&fixture).remove(0);
        assert_eq!(project.run(["generate", &definition]).code, 0, "{fixture}");
        let ran = project.run(["needs", "--format", "json", &definition]);
        let document: Value =
            serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{fixture}: {error} {ran:?}"));
        for (front, list) in [("secrets.", "secrets"), ("vars.", "variables")] {
            let named: Vec<&str> =
                document[list].as_array().into_iter().flatten().filter_map(|it| it["name"].as_str()).collect();
            for (path, bytes) in project.outputs().into_iter().filter(|(path, _)| path.ends_with("yml")) {
                let text = String::from_utf8(bytes).expect("it is text");
                for rest in text.split(front).skip(1) {
                    let name: String = rest
                        .chars()
                        .take_while(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || *it == '_')
                        .collect();
                    // A caller hands these over, under its own names.
                    let is_handed = text.contains(&format!("\n      {name}:\n        required: "));
                    let is_named = name.is_empty() || is_handed || named.contains(&name.as_str());
                    assert!(is_named, "{fixture}: {path} reads {front}{name}, and {list} are {named:?}");
                }
            }
        }
    }
}

#[test]
#[cfg(unix)]
fn the_commands_are_a_script_that_runs() {
    let project = Project::from("three-environments");
    project.write("setup.sh", project.run(["needs", "--gh"]).out);
    // A stand-in of gh, and a terminal that is none.
    project.write(
        "bin/gh",
        "#!/bin/sh\necho \"$@\" >> calls\ncase \"$*\" in *--input*) cat >> bodies;; *users/*) echo 7;; esac\n",
    );
    let script =
        "chmod +x bin/gh; sed -i.bak '/^\\[ -t 0/d' setup.sh; PATH=$PWD/bin:$PATH REVIEWER=octocat sh setup.sh";
    let ended = std::process::Command::new("sh").args(["-c", script]).current_dir(project.root()).output();
    let ended = ended.expect("there is a shell");
    assert!(ended.status.success(), "{ended:?}");
    let calls = project.read("calls");
    assert!(calls.contains("api users/octocat --jq .id\n"), "{calls}");
    assert!(calls.contains("secret set SLACK_WEBHOOK_URL --env production\n"), "{calls}");
    let bodies = project.read("bodies");
    let first = bodies.lines().find(|line| line.contains("reviewers")).expect("a body with reviewers");
    let body: Value = serde_json::from_str(first).unwrap_or_else(|error| panic!("{error}: {first}"));
    assert_eq!(body["reviewers"][0]["id"], 7);
    // Without a terminal, gh would read the script for a value.
    project.write("setup.sh", project.run(["needs", "--gh"]).out);
    let piped = "PATH=$PWD/bin:$PATH REVIEWER=octocat sh < setup.sh";
    let ended = std::process::Command::new("sh").args(["-c", piped]).current_dir(project.root()).output();
    assert!(!ended.expect("there is a shell").status.success());
}
