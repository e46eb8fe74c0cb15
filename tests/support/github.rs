//! GitHub's REST API for one repository, on this machine: pages that a test can change while the program runs.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// The repository.
pub(crate) const NAME: &str = "acme/atlas";

/// The token that the server accepts.
pub(crate) const TOKEN: &str = "secret";

/// A response: status, headers and body.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    status: u16,
    headers: String,
    body: String,
}

/// Responses by path and query. The last one of a path stays.
type Pages = BTreeMap<String, Vec<Page>>;

/// The server.
pub(crate) struct GitHub {
    host: String,
    pages: Arc<Mutex<Pages>>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Page {
    pub(crate) fn new(status: u16, headers: &[(&str, &str)], body: &Value) -> Self {
        let headers = headers.iter().fold(String::new(), |mut text, (name, value)| {
            let _ = write!(text, "{name}: {value}\r\n");
            text
        });
        Self { status, headers, body: body.to_string() }
    }
}

impl GitHub {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let host = listener.local_addr().expect("it has an address").to_string();
        let (pages, seen) = (Arc::<Mutex<Pages>>::default(), Arc::<Mutex<Vec<String>>>::default());
        let (own_pages, own_seen) = (Arc::clone(&pages), Arc::clone(&seen));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(&stream, &own_pages, &own_seen);
            }
        });
        Self { host, pages, seen }
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}", self.host)
    }

    /// Responses of a path below the repository; an empty one is the repository.
    pub(crate) fn respond(&self, path: &str, responses: Vec<Page>) {
        let path = if path.is_empty() { format!("/repos/{NAME}") } else { format!("/repos/{NAME}/{path}") };
        self.pages.lock().expect("the lock is free").insert(path, responses);
    }

    /// The plan of the organization.
    pub(crate) fn plan(&self, name: &str) {
        let page = Page::new(200, &[], &json!({ "login": "acme", "plan": { "name": name } }));
        self.pages.lock().expect("the lock is free").insert("/orgs/acme".to_owned(), vec![page]);
    }

    /// The document of a path below the repository.
    pub(crate) fn set(&self, path: &str, document: &Value) {
        self.respond(path, vec![Page::new(200, &[], document)]);
    }

    /// Names in a list of secrets or variables.
    pub(crate) fn names(&self, path: &str, names: &[&str]) {
        let key = if path.ends_with("secrets") { "secrets" } else { "variables" };
        let list: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
        self.set(&format!("{path}?per_page=30"), &json!({ "total_count": list.len(), key: list }));
    }

    /// Paths that were asked for, in their order.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("the lock is free").clone()
    }

    /// A private repository of an organization for the pipeline of the fixture `three-environments`: most of its settings
    /// are wrong.
    pub(crate) fn wrong() -> Self {
        let github = Self::new();
        let owner = json!({ "login": "acme", "type": "Organization" });
        github.set("", &json!({ "full_name": NAME, "private": true, "owner": owner }));
        github.set(
            "actions/permissions",
            &json!({ "enabled": true, "allowed_actions": "selected", "sha_pinning_required": false }),
        );
        let selected =
            json!({ "github_owned_allowed": true, "verified_allowed": false, "patterns_allowed": ["docker/*"] });
        github.set("actions/permissions/selected-actions", &selected);
        github.set(
            "actions/permissions/workflow",
            &json!({ "default_workflow_permissions": "write", "can_approve_pull_request_reviews": true }),
        );
        github.policies_of_actions(&[policy("no schedule", "active", &["~ALL"], &["push", "pull_request"])]);
        github.names("actions/secrets", &["GRAFANA_TOKEN", "OLD_TOKEN"]);
        github.names("actions/organization-secrets", &["SLACK_WEBHOOK_URL"]);
        github.names("actions/variables", &["GRAFANA_URL", "PROMETHEUS_TOKEN"]);
        github.names("actions/organization-variables", &[]);
        github.environments(&[
            environment("development", 0, 0, &Value::Null),
            environment("staging", 0, 0, &json!({ "protected_branches": true, "custom_branch_policies": false })),
            environment("production", 1, 5, &custom()),
        ]);
        github.names("environments/development/secrets", &["SMOKE_USER", "SMOKE_PASSWORD"]);
        github.names("environments/development/variables", &["AWS_ROLE", "DEVELOPMENT_URL"]);
        github.names("environments/staging/secrets", &["SMOKE_USER", "SMOKE_PASSWORD", "KUBECONFIG"]);
        github.names("environments/staging/variables", &["AWS_ROLE", "PROMETHEUS_URL"]);
        github.names("environments/production/secrets", &["SMOKE_USER", "SMOKE_PASSWORD"]);
        github.names(
            "environments/production/variables",
            &["AWS_ROLE", "PRODUCTION_URL", "PROMETHEUS_URL", "STAGING_URL"],
        );
        github.policies("production", &["develop"]);
        github.checks(&["Coverage"], true);
        github.set("branches/main", &json!({ "name": "main", "protected": false }));
        github.caches(9_800);
        github
    }

    /// The environments of the repository.
    pub(crate) fn environments(&self, all: &[Value]) {
        self.set("environments?per_page=100", &json!({ "total_count": all.len(), "environments": all }));
    }

    /// The policies of GitHub Actions.
    pub(crate) fn policies_of_actions(&self, all: &[Value]) {
        self.set("actions/policies?per_page=100", &json!({ "total_count": all.len(), "policies": all }));
    }

    /// The branches that can use an environment.
    pub(crate) fn policies(&self, environment: &str, branches: &[&str]) {
        let all: Vec<Value> = branches.iter().map(|name| json!({ "name": name, "type": "branch" })).collect();
        let path = format!("environments/{environment}/deployment-branch-policies?per_page=100");
        self.set(&path, &json!({ "total_count": all.len(), "branch_policies": all }));
    }

    /// The checks that a ruleset requires on the branch `main`.
    pub(crate) fn checks(&self, checks: &[&str], has_queue: bool) {
        let checks: Vec<Value> = checks.iter().map(|check| json!({ "context": check })).collect();
        let parameters = json!({ "strict_required_status_checks_policy": false, "required_status_checks": checks });
        let mut rules = vec![json!({ "type": "required_status_checks", "ruleset_id": 1, "parameters": parameters })];
        if has_queue {
            rules.push(json!({ "type": "merge_queue", "ruleset_id": 1 }));
        }
        self.set("rules/branches/main?per_page=100", &Value::Array(rules));
    }

    /// The size of caches in megabytes.
    pub(crate) fn caches(&self, megabytes: u64) {
        let usage =
            json!({ "full_name": NAME, "active_caches_size_in_bytes": megabytes << 20, "active_caches_count": 9 });
        self.set("actions/cache/usage", &usage);
    }
}

/// A policy that limits the events of workflows.
pub(crate) fn policy(name: &str, enforcement: &str, paths: &[&str], events: &[&str]) -> Value {
    json!({
        "id": 7, "name": name, "target": "actions", "source_type": "Repository", "source": NAME, "enforcement": enforcement,
        "conditions": { "workflow_path": { "include": paths, "exclude": [] } },
        "rules": [{ "type": "restrict_action_events", "parameters": { "allowed_events": events } }],
    })
}

/// The policy of an environment that patterns can use.
pub(crate) fn custom() -> Value {
    json!({ "protected_branches": false, "custom_branch_policies": true })
}

/// An environment with reviewers, minutes to wait, and a policy.
pub(crate) fn environment(name: &str, reviewers: usize, minutes: u64, policy: &Value) -> Value {
    let mut rules = Vec::new();
    if reviewers > 0 {
        let reviewer = json!({ "type": "User", "reviewer": { "login": "octocat" } });
        rules.push(json!({ "type": "required_reviewers", "reviewers": vec![reviewer; reviewers] }));
    }
    if minutes > 0 {
        rules.push(json!({ "type": "wait_timer", "wait_timer": minutes }));
    }
    json!({ "name": name, "protection_rules": rules, "deployment_branch_policy": policy })
}

fn answer(mut stream: &TcpStream, pages: &Mutex<Pages>, seen: &Mutex<Vec<String>>) {
    let lines: Vec<String> =
        BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    seen.lock().expect("the lock is free").push(path.clone());
    let has_token = lines.iter().any(|line| *line == format!("Authorization: Bearer {TOKEN}"));
    let page = if has_token {
        let mut pages = pages.lock().expect("the lock is free");
        let responses = pages.get_mut(&path);
        responses.and_then(|all| if all.len() > 1 { Some(all.remove(0)) } else { all.first().cloned() })
    } else {
        Some(Page::new(401, &[], &json!({ "message": "Requires authentication" })))
    };
    let missing = || Page::new(404, &[], &json!({ "message": "Not Found", "status": "404" }));
    let Page { status, headers, body } = page.unwrap_or_else(missing);
    let length = body.len();
    let _ =
        write!(stream, "HTTP/1.1 {status} Any\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}");
}
