//! Settings of a repository, and of services beside it, that the permissions of jobs rely on.

use super::values::environment;
use crate::trace::Origin;
use crate::workflow::{Access, Github, Job, Pairs, Property, Step, StepKind, Value, Work, Workflow};

/// A setting that permissions of jobs rely on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Its area.
    pub area: &'static str,
    /// The setting.
    pub setting: String,
    /// Keys of the jobs that rely on it; none for all jobs.
    pub keys: Vec<String>,
}

/// Area of the option that lets workflows create pull requests.
const PULL_REQUESTS: &str = "pull requests";

/// Permissions that are not enough by themselves.
///
/// Sources: <https://docs.github.com/packages/learn-github-packages/configuring-a-packages-access-control-and-visibility>,
/// <https://docs.github.com/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations>,
/// <https://docs.github.com/pages/getting-started-with-github-pages/configuring-a-publishing-source-for-your-github-pages-site>,
/// <https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/uploading-a-sarif-file-to-github>.
const OF_SCOPES: &[(&str, &str, &str)] = &[
    ("attestations", "attestations", "GitHub Enterprise Cloud, where the repository is private"),
    ("issues", "issues", "enabled"),
    ("packages", "packages", "a package that exists already gives this repository the role Write"),
    ("pages", "pages", "the source is GitHub Actions"),
    ("security-events", "code scanning", "GitHub Code Security, where the repository is private"),
];

/// Actions that create pull requests by the token of their job.
const CREATING: &[&str] = &["peter-evans/create-pull-request", "googleapis/release-please-action", "changesets/action"];

/// Returns the settings, by their area.
pub(super) fn grants(workflows: &[Workflow]) -> Vec<Grant> {
    let mut found = vec![Grant {
        area: "token",
        setting: "reads by default: each job lists its permissions".to_owned(),
        keys: Vec::new(),
    }];
    for workflow in workflows {
        for job in &workflow.jobs {
            let Work::Steps { steps, env, .. } = &job.work else { continue };
            let writes = |scope: &str| job.permissions.iter().any(|it| it.scope == scope && it.access == Access::Write);
            for (_, area, setting) in OF_SCOPES.iter().filter(|(scope, ..)| writes(scope)) {
                add(&mut found, area, (*setting).to_owned(), &job.origin);
            }
            if writes("pull-requests") && steps.iter().any(|step| creates_pull_request(step, env)) {
                add(&mut found, PULL_REQUESTS, "GitHub Actions may create and approve them".to_owned(), &job.origin);
            }
            for subject in subjects(workflow, job) {
                let setting = format!("the service trusts `repo:<owner>/<repository>:{subject}`");
                add(&mut found, "identity", setting, &job.origin);
            }
        }
    }
    found.sort_by_key(|grant| grant.area != "token");
    found
}

/// Returns whether workflows have to be allowed to create pull requests.
pub(super) fn create_pull_requests(grants: &[Grant]) -> bool {
    grants.iter().any(|grant| grant.area == PULL_REQUESTS)
}

fn add(found: &mut Vec<Grant>, area: &'static str, setting: String, origin: &Origin) {
    let key = origin.dotted();
    match found.iter_mut().find(|grant| grant.area == area && grant.setting == setting) {
        Some(grant) if grant.keys.contains(&key) => {}
        Some(grant) => grant.keys.push(key),
        None => found.push(Grant { area, setting, keys: vec![key] }),
    }
}

/// Returns whether a step creates a pull request by the token of its job; a stored token needs no setting.
fn creates_pull_request(step: &Step, env: &Pairs) -> bool {
    let is_own = |value: &Value| matches!(value, Value::Property(Property::Github(Github::Token)));
    let token = |pairs: &Pairs, names: &[&str]| {
        pairs.iter().find(|(name, _)| names.contains(&name.as_str())).map(|(_, value)| is_own(value))
    };
    match &step.kind {
        StepKind::Run(run) => {
            let creates = run.script.as_str().contains("gh pr create");
            let names = ["GH_TOKEN", "GITHUB_TOKEN"];
            creates && token(&step.env, &names).or_else(|| token(env, &names)).unwrap_or(true)
        }
        StepKind::Uses(action) => {
            CREATING.contains(&action.name.as_str()) && token(&action.with, &["token", "github-token"]).unwrap_or(true)
        }
    }
}

/// The subjects of a custom job's OIDC token, which the service that it logs in to has to trust. Environments of deploys
/// name theirs.
///
/// Source: <https://docs.github.com/actions/reference/security/oidc>, example subject claims.
fn subjects(workflow: &Workflow, job: &Job) -> Vec<String> {
    if !job.permissions.iter().any(|it| it.scope == "id-token" && it.is_asked_for()) {
        return Vec::new();
    }
    if let Some(name) = environment(job) {
        return vec![format!("environment:{name}")];
    }
    let on = &workflow.on;
    let branches = on.push_branches.iter().map(|name| format!("ref:refs/heads/{name}"));
    let tags = on.push_tags.iter().map(|name| format!("ref:refs/tags/{name}"));
    branches.chain(tags).chain(on.pull_request.then(|| "pull_request".to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Project;

    /// The settings that custom jobs with these lines rely on.
    fn of(lines: &str) -> Vec<String> {
        let lowered = Project::of(lines).lowered();
        let shown = |grant: Grant| format!("{}: {} ({})", grant.area, grant.setting, grant.keys.join(", "));
        grants(&lowered.workflows).into_iter().skip(1).map(shown).collect()
    }

    #[test]
    fn settings_that_permissions_need() {
        let create = "pull requests: GitHub Actions may create and approve them (jobs.a)";
        for (job, expected) in [
            ("permissions = { issues = \"write\" }", vec!["issues: enabled (jobs.a)"]),
            ("permissions = { issues = \"read\" }", vec![]),
            ("permissions = { pages = \"write\" }", vec!["pages: the source is GitHub Actions (jobs.a)"]),
            ("permissions = { pull-requests = \"write\" }", vec![create]),
            ("permissions = { contents = \"write\" }", vec![]),
            ("permissions = { pull-requests = \"write\" }\nenv = { GH_TOKEN = { secret = \"BOT\" } }", vec![]),
            (
                "permissions = { pull-requests = \"write\" }\nenv = { GH_TOKEN = { secret = \"GITHUB_TOKEN\" } }",
                vec![create],
            ),
            (
                "permissions = { id-token = \"write\" }\nenvironment = \"registry\"",
                vec!["identity: the service trusts `repo:<owner>/<repository>:environment:registry` (jobs.a)"],
            ),
        ] {
            let text = format!("[jobs.a]\nsteps = [{{ run = \"gh pr create --fill\" }}]\n{job}\n");
            assert_eq!(of(&text), expected, "{job}");
        }
        let stored = "[jobs.a]\nenvironment = \"bot\"\npermissions = { pull-requests = \"write\" }\n\
             steps = [{ run = \"gh pr create\", env = { GH_TOKEN = { secret = \"BOT\" } } }]\n";
        assert_eq!(of(stored), Vec::<String>::new());
        let own = "[workflows.w]\non = { tags = [\"v*\"] }\n\
             jobs.a = { permissions = { id-token = \"write\" }, steps = [{ run = \"./publish\" }] }\n";
        assert_eq!(
            of(own),
            ["identity: the service trusts `repo:<owner>/<repository>:ref:refs/tags/v*` (workflows.w.jobs.a)"]
        );
    }
}
