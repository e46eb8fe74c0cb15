//! `doctor`: the settings of a repository on GitHub, compared with the setup that its pipeline relies on.
//!
//! The server answers as <https://docs.github.com/rest> documents its endpoints.

use std::time::Instant;

use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::github::{GitHub, NAME, Page, TOKEN, custom, environment, policy};
use crate::support::{Project, Ran, program};

/// The events of the fixture's workflows.
const EVENTS: &[&str] = &["merge_group", "pull_request", "push", "schedule", "workflow_dispatch"];

/// The pipeline of the fixture, generated: other workflows of the repository count as readers of secrets.
fn project() -> Project {
    Project::from("three-environments").generated()
}

fn run(project: &Project, github: &GitHub, arguments: &[&str]) -> Ran {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = program();
    command.current_dir(project.root()).arg("doctor").args(arguments).env("PATH", path);
    command.env("GITHUB_API_URL", github.address()).env("GITHUB_REPOSITORY", NAME).env("GH_TOKEN", TOKEN);
    Ran::from(command.output().expect("the program starts"))
}

fn json(ran: &Ran) -> Value {
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {ran:?}"))
}

/// Makes every setting right.
fn right(github: &GitHub) {
    for (_, fix) in fixes() {
        fix(github);
    }
}

type Fix = (&'static str, fn(&GitHub));

/// Each fault of [`GitHub::wrong`] by a part of its message, with its fix.
fn fixes() -> Vec<Fix> {
    vec![
        ("environment `production-approval` does not exist", |it| environments(it, 1)),
        ("environment `production` has required reviewers and a wait timer of 5 min", |it| environments(it, 2)),
        ("every branch and tag can use environment `development`", |it| environments(it, 3)),
        ("every protected branch can use environment `staging`", |it| environments(it, 4)),
        ("branch `main` cannot use environment `production`", |it| it.policies("production", &["main", "develop"])),
        ("branch `develop` can use environment `production`", |it| it.policies("production", &["main"])),
        ("no workflow reads secret `OLD_TOKEN` of the repository", |it| {
            it.names("actions/secrets", &["GRAFANA_TOKEN"]);
        }),
        ("secret `GRAFANA_TOKEN` is one of the repository", |it| {
            it.names("actions/secrets", &[]);
            for name in ["development", "staging", "production"] {
                let own = ["SMOKE_USER", "SMOKE_PASSWORD", "GRAFANA_TOKEN", "KUBECONFIG"];
                let own = if name == "staging" { &own[..] } else { &own[..3] };
                it.names(&format!("environments/{name}/secrets"), own);
            }
        }),
        ("no job of environment `staging` reads its secret `KUBECONFIG`", |it| secrets(it, &[])),
        ("secret `SLACK_WEBHOOK_URL` is one of the organization", |it| {
            secrets(it, &["SLACK_WEBHOOK_URL"]);
        }),
        ("`PROMETHEUS_TOKEN` of environment `production` is a variable", |it| {
            secrets(it, &["SLACK_WEBHOOK_URL", "PROMETHEUS_TOKEN"]);
        }),
        ("no workflow reads variable `PROMETHEUS_TOKEN` of the repository", |it| {
            it.names("actions/variables", &["GRAFANA_URL"]);
        }),
        ("variable `STAGING_URL` of environment `staging` is not set, but it is in environment `production`", |it| {
            it.names("environments/staging/variables", &["AWS_ROLE", "PROMETHEUS_URL", "STAGING_URL"]);
        }),
        ("no job of environment `production` reads its variable `STAGING_URL`", |it| {
            it.names("environments/production/variables", &["AWS_ROLE", "PRODUCTION_URL", "PROMETHEUS_URL"]);
        }),
        ("branch `main` does not require `atlas passed`", |it| {
            it.checks(&["atlas passed", "Coverage"], true);
        }),
        ("branch `main` requires the job `Coverage`", |it| it.checks(&["atlas passed"], true)),
        ("the policy does not allow actions that the pipeline uses", |it| {
            let allowed = json!({ "enabled": true, "allowed_actions": "all", "sha_pinning_required": false });
            it.set("actions/permissions", &allowed);
        }),
        ("unpinned actions are allowed", |it| {
            let allowed = json!({ "enabled": true, "allowed_actions": "all", "sha_pinning_required": true });
            it.set("actions/permissions", &allowed);
        }),
        ("the token of a job without `permissions` can write", |it| token(it, "read", true)),
        ("workflows can approve pull requests", |it| token(it, "read", false)),
        ("`attest` needs GitHub Enterprise Cloud in a private repository", |it| it.plan("enterprise")),
        ("policy `no schedule` blocks", |it| it.policies_of_actions(&[])),
        ("any event can start these workflows", |it| {
            it.policies_of_actions(&[policy("all", "active", &[".github/**"], EVENTS)]);
        }),
        ("caches have 9.5 GB of 10 GB", |it| it.caches(5_000)),
    ]
}

fn token(github: &GitHub, permissions: &str, approves: bool) {
    let read = json!({ "default_workflow_permissions": permissions, "can_approve_pull_request_reviews": approves });
    github.set("actions/permissions/workflow", &read);
}

/// The environments after a number of fixes.
fn environments(github: &GitHub, fixes: usize) {
    let protected = json!({ "protected_branches": true, "custom_branch_policies": false });
    let (reviewers, minutes) = if fixes >= 2 { (0, 0) } else { (1, 5) };
    github.environments(&[
        environment("development", 0, 0, &if fixes >= 3 { custom() } else { Value::Null }),
        environment("staging", 0, 0, &if fixes >= 4 { custom() } else { protected }),
        environment("production", reviewers, minutes, &custom()),
        environment("production-approval", 1, 0, &custom()),
    ]);
    for name in ["development", "staging", "production-approval"] {
        github.policies(name, &["main"]);
    }
    github.names("environments/production-approval/secrets", &[]);
    github.names("environments/production-approval/variables", &[]);
}

/// The secrets of every environment: those that it has, and these.
fn secrets(github: &GitHub, more: &[&str]) {
    if more.contains(&"SLACK_WEBHOOK_URL") {
        github.names("actions/organization-secrets", &[]);
    }
    for name in ["development", "staging", "production"] {
        let more = more.iter().filter(|secret| name != "development" || **secret != "PROMETHEUS_TOKEN");
        let own = ["SMOKE_USER", "SMOKE_PASSWORD", "GRAFANA_TOKEN"];
        let all: Vec<&str> = own.into_iter().chain(more.copied()).collect();
        github.names(&format!("environments/{name}/secrets"), &all);
    }
}

#[test]
fn a_repository_with_every_setting_wrong_is_walked_to_green() {
    let (project, github) = (project(), GitHub::wrong());
    let ran = run(&project, &github, &[]);
    assert_snapshot!(ran.whole(), @"
    stdout:
    error[environments]: every branch and tag can use environment `development`: expected branch `main` only
      = help: run what `pipewright settings --only environments` prints for it
    warning[environments]: every protected branch can use environment `staging`: expected branch `main` only
      = help: run what `pipewright settings --only environments` prints for it
    warning[environments]: environment `production` has required reviewers and a wait timer of 5 min: a rollback waits, too
      = help: remove them there, and let `approval` name an environment that has reviewers and deploys nothing
    error[environments]: branch `main` cannot use environment `production`: its jobs are refused
      = help: add the branch in the settings of the environment, or run what `pipewright settings --only environments` prints for it
    warning[environments]: branch `develop` can use environment `production`, and the pipeline does not need it
      = help: remove the branch in the settings of the environment
    error[environments]: environment `production-approval` does not exist: GitHub creates it without reviewers at the first run
      = help: run what `pipewright settings --only environments` prints for it
    error[secrets]: `PROMETHEUS_TOKEN` of environment `staging` is a variable, and the pipeline reads a secret: every workflow can print it
      = help: run `gh secret set PROMETHEUS_TOKEN --env staging`
    error[secrets]: `PROMETHEUS_TOKEN` of environment `production` is a variable, and the pipeline reads a secret: every workflow can print it
      = help: run `gh secret set PROMETHEUS_TOKEN --env production`
    warning[secrets]: secret `GRAFANA_TOKEN` is one of the repository, so every workflow can read it: jobs of environment `development`, `staging`, `production` do
      = help: run `gh secret set GRAFANA_TOKEN --env development`, for each environment, then `gh secret delete GRAFANA_TOKEN`
    note[secrets]: secret `SLACK_WEBHOOK_URL` is one of the organization, so every workflow can read it: jobs of environment `development`, `staging`, `production` do
      = help: run `gh secret set SLACK_WEBHOOK_URL --env development`, for each environment
    warning[secrets]: no workflow reads secret `OLD_TOKEN` of the repository
      = help: run `gh secret delete OLD_TOKEN`
    warning[secrets]: no job of environment `staging` reads its secret `KUBECONFIG`
      = help: run `gh secret delete KUBECONFIG --env staging`
    error[variables]: variable `STAGING_URL` of environment `staging` is not set, but it is in environment `production`
      = help: run `gh variable set STAGING_URL --env staging`; `environments.staging.url` reads it
    warning[variables]: no workflow reads variable `PROMETHEUS_TOKEN` of the repository
      = help: run `gh variable delete PROMETHEUS_TOKEN`
    warning[variables]: no job of environment `production` reads its variable `STAGING_URL`
      = help: run `gh variable delete STAGING_URL --env production`
    error[required check]: branch `main` does not require `atlas passed`: its merge queue waits for nothing
      = help: run what `pipewright settings --only required-check` prints
    warning[required check]: branch `main` requires the job `Coverage`, which some runs leave out
      = help: require `atlas passed` alone: it evaluates all jobs
    error[actions]: the policy does not allow actions that the pipeline uses: aws-actions/configure-aws-credentials, azure/setup-kubectl
      = help: allow them in Settings > Actions > General, as `<owner>/<repository>@*`
    note[actions]: unpinned actions are allowed: every action of the pipeline is pinned by its commit
      = help: pin those of other workflows, and then require it: `pipewright settings --only actions` prints the request
    warning[actions]: the token of a job without `permissions` can write: generated jobs set theirs, others get it
      = help: choose read permissions in Settings > Actions > General, or run what `pipewright settings --only actions` prints
    warning[actions]: workflows can approve pull requests, so a required review can come from a workflow
      = help: clear the option in Settings > Actions > General, or run what `pipewright settings --only actions` prints
    warning[actions]: `attest` needs GitHub Enterprise Cloud in a private repository
      = help: set `attest = false`, or make the repository public
    warning[caches]: caches have 9.5 GB of 10 GB: GitHub evicts the oldest ones, and jobs build again
      = help: delete those of merged pull requests with `gh cache delete`, or raise the limit in Settings > Actions
    error[execution protections]: policy `no schedule` blocks `merge_group`, `schedule`, `workflow_dispatch` of `.github/workflows/ci.yml`: its runs fail
      = help: allow these events for the workflow in Settings > Actions > Policies
    error[execution protections]: policy `no schedule` blocks `workflow_dispatch` of `.github/workflows/deploy.yml`: its runs fail
      = help: allow these events for the workflow in Settings > Actions > Policies
    error[execution protections]: policy `no schedule` blocks `schedule`, `workflow_dispatch` of `.github/workflows/smoke-tests.yml`: its runs fail
      = help: allow these events for the workflow in Settings > Actions > Policies
    acme/atlas: 11 errors, 13 warnings, 2 notes
    status: 1
    ");
    for (message, fix) in fixes() {
        let before = run(&project, &github, &[]).out;
        fix(&github);
        let after = run(&project, &github, &[]).out;
        assert!(before.contains(message), "not found: {message}\n{before}");
        assert!(!after.contains(message), "not fixed: {message}\n{after}");
    }
    assert_snapshot!(run(&project, &github, &["--deny-warnings"]).whole(), @r"
    stdout:
    acme/atlas: the settings are those that the pipeline relies on
    status: 0
    ");
}

#[test]
fn a_repository_is_green_after_all_fixes_and_is_read_page_by_page() {
    let (project, github) = (project(), GitHub::wrong());
    right(&github);
    // The names of secrets on two pages: the second one has an unused secret.
    let path = "environments/staging/secrets?per_page=30";
    let next = format!("<{}/repos/{NAME}/{path}&page=2>; rel=\"next\"", github.address());
    let page = |names: &[&str]| {
        let list: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        json!({ "total_count": 6, "secrets": list })
    };
    let first = page(&["SMOKE_USER", "SMOKE_PASSWORD", "GRAFANA_TOKEN", "SLACK_WEBHOOK_URL"]);
    github.respond(path, vec![Page::new(200, &[("Link", &next)], &first)]);
    github.set(&format!("{path}&page=2"), &page(&["PROMETHEUS_TOKEN", "FORGOTTEN"]));
    assert_snapshot!(run(&project, &github, &[]).whole(), @"
    stdout:
    warning[secrets]: no job of environment `staging` reads its secret `FORGOTTEN`
      = help: run `gh secret delete FORGOTTEN --env staging`
    acme/atlas: 1 warning
    status: 0
    ");
    // A next page elsewhere would get the token.
    let elsewhere = Page::new(200, &[("Link", "<https://evil.example/x>; rel=\"next\"")], &first);
    github.respond(path, vec![elsewhere]);
    let ran = run(&project, &github, &[]);
    assert_eq!((ran.code, ran.out.as_str()), (4, ""));
    assert!(ran.err.contains("the next page is at `https://evil.example/x`"), "{ran:?}");
}

#[test]
fn a_short_rate_limit_is_waited_for_and_a_long_one_ends_the_call() {
    let (project, github) = (project(), GitHub::wrong());
    right(&github);
    let usage = json!({ "active_caches_size_in_bytes": 1 });
    let limited = json!({ "message": "You have exceeded a secondary rate limit. Please wait a few minutes." });
    let limits = vec![
        Page::new(429, &[("Retry-After", "1")], &limited),
        Page::new(403, &[("Retry-After", "1")], &limited),
        Page::new(200, &[], &usage),
    ];
    github.respond("actions/cache/usage", limits);
    let start = Instant::now();
    assert_eq!(run(&project, &github, &["--deny-warnings"]).code, 0);
    assert!(start.elapsed().as_secs() >= 2, "{:?}", start.elapsed());
    let reset = std::time::UNIX_EPOCH.elapsed().expect("the clock is right").as_secs() + 1_830;
    let headers = [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", &reset.to_string())];
    github.respond(
        "actions/cache/usage",
        vec![Page::new(403, &headers, &json!({ "message": "API rate limit exceeded" }))],
    );
    assert_snapshot!(run(&project, &github, &[]).whole(), @"
    stderr:
    error: cannot read the settings of `acme/atlas`: the rate limit of GitHub's API is reached for 31 min
      = help: run the command again later
    status: 4
    ");
}

#[test]
fn a_missing_permission_is_no_wrong_setting() {
    let (project, github) = (project(), GitHub::wrong());
    right(&github);
    let denied = Page::new(403, &[], &json!({ "message": "Resource not accessible by personal access token" }));
    for path in [
        "actions/secrets?per_page=30",
        "environments/staging/secrets?per_page=30",
        "environments/staging/deployment-branch-policies?per_page=100",
        "actions/permissions/workflow",
        "branches/main",
    ] {
        github.respond(path, vec![denied.clone()]);
    }
    github.respond("actions/permissions", Vec::new());
    let ran = run(&project, &github, &[]);
    assert_snapshot!(ran.whole(), @"
    stdout:
    unread: the policy of actions could not be read: status 404, Not Found
      = help: give the token the permission `Administration: read`
    unread: the default permissions of a job's token could not be read: Resource not accessible by personal access token
      = help: give the token the permission `Administration: read`
    unread: secrets of the repository could not be read: Resource not accessible by personal access token
      = help: give the token the permission `Secrets: read`
    unread: branches and tags of environment `staging` could not be read: Resource not accessible by personal access token
      = help: give the token the permission `Actions: read`
    unread: secrets of environment `staging` could not be read: Resource not accessible by personal access token
      = help: give the token the permission `Environments: read`
    unread: protection of branch `main` could not be read: Resource not accessible by personal access token
      = help: give the token the permission `Contents: read`
    acme/atlas: 6 settings could not be read
    status: 0
    ");
    assert_eq!(run(&project, &github, &["--deny-warnings"]).code, 1);
}

#[test]
fn a_repository_that_cannot_be_read_is_a_failure() {
    let (project, github) = (project(), GitHub::new());
    assert_snapshot!(run(&project, &github, &[]).whole(), @"
    stderr:
    error: cannot read the settings of `acme/atlas`: status 404, Not Found
      = help: check the name, and the repositories that the token can read
    status: 4
    ");
    let mut command = program();
    command.current_dir(project.root()).arg("doctor").env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("GITHUB_API_URL", github.address()).env("GITHUB_REPOSITORY", NAME);
    assert_snapshot!(Ran::from(command.output().expect("the program starts")).whole(), @"
    stderr:
    error: cannot read the settings of `acme/atlas`: Requires authentication
      = help: set `GH_TOKEN` to a token that can read the settings of the repository, as in `GH_TOKEN=$(gh auth token)`
    status: 4
    ");
    assert_snapshot!(run(&project, &github, &["--repository", "acme"]).whole(), @"
    stderr:
    error: expected `OWNER/NAME`, found `acme`
      = help: write the name of the repository, as in `--repository acme/shop`
    status: 2
    ");
    assert_eq!(github.seen().len(), 2);
}

#[test]
fn the_limits_of_a_plan_are_named() {
    let (project, github) = (project(), GitHub::wrong());
    right(&github);
    let upgrade = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
    github.respond("rules/branches/main?per_page=100", vec![Page::new(403, &[], &json!({ "message": upgrade }))]);
    github.environments(&[
        environment("development", 0, 0, &custom()),
        environment("staging", 0, 0, &custom()),
        environment("production", 0, 0, &custom()),
        environment("production-approval", 0, 0, &custom()),
    ]);
    assert_snapshot!(run(&project, &github, &[]).whole(), @"
    stdout:
    error[environments]: environment `production-approval` has no required reviewers, and approves deploys
      = help: add required reviewers; a private repository has them with GitHub Enterprise only, so make it public or remove `approval`
    error[required check]: branch `main` cannot require `atlas passed`: the plan has no rules for this repository
      = help: GitHub: Upgrade to GitHub Pro or make this repository public to enable this feature.
    acme/atlas: 2 errors
    status: 1
    ");
}

#[test]
fn a_branch_that_does_not_exist_and_one_with_branch_protection() {
    let (project, github) = (project(), GitHub::wrong());
    right(&github);
    github.checks(&[], false);
    let protection = |level: &str| {
        json!({ "name": "main", "protected": true, "protection": {
            "required_status_checks": { "enforcement_level": level, "contexts": ["atlas passed"], "checks": [] },
        } })
    };
    github.set("branches/main", &protection("everyone"));
    assert_eq!(run(&project, &github, &["--deny-warnings"]).code, 0);
    github.set("branches/main", &protection("off"));
    assert!(run(&project, &github, &[]).out.contains("`main` does not require `atlas passed`"));
    github.respond("branches/main", vec![Page::new(404, &[], &json!({ "message": "Branch not found" }))]);
    assert!(run(&project, &github, &[]).out.contains("branch `main` does not exist"));
}

#[test]
fn the_same_as_json_and_as_markdown() {
    let (project, github) = (project(), GitHub::wrong());
    let document = json(&run(&project, &github, &["--format", "json"]));
    let first = json!({
        "level": "error", "area": "environments",
        "message": "every branch and tag can use environment `development`: expected branch `main` only",
        "help": "run what `pipewright settings --only environments` prints for it",
    });
    assert_eq!((&document["repository"], &document["findings"][0]), (&json!(NAME), &first));
    assert_eq!(document["unread"], json!([]));
    right(&github);
    github.caches(9_800);
    github.respond("actions/permissions/workflow", Vec::new());
    assert_snapshot!(run(&project, &github, &["--markdown"]).out, @"
    ## Settings of acme/atlas

    1 warning, 1 setting could not be read.

    ### Caches

    - **warning** caches have 9.5 GB of 10 GB: GitHub evicts the oldest ones, and jobs build again<br>delete those of merged pull requests with `gh cache delete`, or raise the limit in Settings > Actions

    ### Could not be read

    - the default permissions of a job's token: status 404, Not Found<br>permission `Administration: read`
    ");
    assert_eq!(run(&project, &github, &["--format", "sarif"]).code, 2);
}

#[test]
fn secrets_of_other_workflows_are_used() {
    let (project, github) = (project(), GitHub::wrong());
    right(&github);
    github.names("actions/secrets", &["NPM_TOKEN"]);
    assert!(run(&project, &github, &[]).out.contains("no workflow reads secret `NPM_TOKEN`"));
    let own = |text: &str| project.write(".github/workflows/own.yml", text);
    own("jobs: { a: { steps: [{ run: x, env: { T: \"${{ secrets.NPM_TOKEN }}\" } }] } }\n");
    assert_eq!(run(&project, &github, &["--deny-warnings"]).code, 0);
    own("jobs: { a: { uses: ./.github/workflows/b.yml, secrets: inherit } }\n");
    assert_eq!(run(&project, &github, &["--deny-warnings"]).code, 0);
}

#[test]
fn policies_that_do_not_block_and_those_that_are_not_known() {
    let (project, github) = (project(), GitHub::wrong());
    right(&github);
    let all = policy("all", "active", &["~ALL"], EVENTS);
    let narrow = policy("narrow", "evaluate", &["~ALL"], &["push"]);
    let elsewhere = policy("elsewhere", "active", &[".github/workflows/own*.yml"], &["push"]);
    let mut unknown = policy("lock", "active", &["~ALL"], &[]);
    unknown["rules"] = json!([{ "type": "require_lockfile" }]);
    let mut actors = policy("actors", "active", &["~ALL"], &[]);
    actors["rules"] = json!([{ "type": "restrict_actions_actors", "parameters": { "allowed_actors": [] } }]);
    let pages = [vec![all, narrow, elsewhere], vec![unknown, actors]].map(|page| json!({ "policies": page }));
    let path = "actions/policies?per_page=100";
    let next = format!("<{}/repos/{NAME}/{path}&page=2>; rel=\"next\"", github.address());
    github.respond(path, vec![Page::new(200, &[("Link", &next)], &pages[0])]);
    github.set(&format!("{path}&page=2"), &pages[1]);
    assert_snapshot!(run(&project, &github, &[]).whole(), @"
    stdout:
    note[execution protections]: policy `lock` has the rule `require_lockfile`, which is not compared
      = help: look at it in Settings > Actions > Policies; a required lockfile is written by `pipewright generate --actions-lock`
    acme/atlas: 1 note
    status: 0
    ");
    for (status, message) in [(404, "Not Found"), (403, "Resource not accessible by integration")] {
        github.respond(path, vec![Page::new(status, &[], &json!({ "message": message }))]);
        let ran = run(&project, &github, &[]);
        assert!(ran.out.contains("unread: the execution protections of workflows could not be read: "), "{ran:?}");
        assert!(ran.out.contains(message) && ran.out.contains("`Administration: read`"), "{ran:?}");
    }
}

#[test]
fn a_pipeline_that_creates_pull_requests_needs_the_option() {
    let job = "\n[jobs.bump]\npermissions = { contents = \"write\", pull-requests = \"write\" }\n\
        steps = [{ run = \"gh pr create --fill\", env = { GH_TOKEN = { secret = \"GITHUB_TOKEN\" } } }]\n";
    let project = Project::from("three-environments").append("pipeline.toml", job).generated();
    let github = GitHub::wrong();
    right(&github);
    assert_snapshot!(run(&project, &github, &[]).whole(), @"
    stdout:
    error[actions]: workflows cannot create pull requests, and jobs of the pipeline do
      = help: set the option in Settings > Actions > General, or run what `pipewright settings --only actions` prints
    acme/atlas: 1 error
    status: 1
    ");
    token(&github, "read", true);
    assert_eq!(run(&project, &github, &[]).code, 0);
    assert!(project.run(["settings", "--only", "actions"]).out.contains("\"can_approve_pull_request_reviews\":true"));
}
