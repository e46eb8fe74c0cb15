//! The settings of a repository on GitHub that pipelines rely on: names, and never values.
//!
//! Endpoints and fields: <https://docs.github.com/rest/repos/repos#get-a-repository>,
//! <https://docs.github.com/rest/actions/permissions>, <https://docs.github.com/rest/actions/secrets>,
//! <https://docs.github.com/rest/actions/variables>, <https://docs.github.com/rest/deployments/environments>,
//! <https://docs.github.com/rest/deployments/branch-policies>, <https://docs.github.com/rest/repos/rules>,
//! <https://docs.github.com/rest/branches/branches#get-a-branch>, <https://docs.github.com/rest/actions/cache>,
//! <https://docs.github.com/rest/actions/policies>.

use serde_json::Value;

use super::api::{Api, ApiError, encoded};
use super::protections::{Protection, protections};

/// Settings of a repository.
#[derive(Debug, Clone, Default)]
pub struct RepositorySettings {
    /// It is private or internal.
    pub is_private: bool,
    /// The plan of the organization, if the token shows it.
    pub plan: Option<String>,
    /// Policy of actions.
    pub actions: Option<Actions>,
    /// Policies that limit which events start workflows, also those of the organization.
    pub protections: Option<Vec<Protection>>,
    /// Defaults of a job's token.
    pub token: Option<TokenDefaults>,
    /// Secrets of the repository.
    pub secrets: Option<Vec<String>>,
    /// Secrets of the organization that the repository can read.
    pub organization_secrets: Option<Vec<String>>,
    /// Variables of the repository.
    pub variables: Option<Vec<String>>,
    /// Variables of the organization that the repository can read.
    pub organization_variables: Option<Vec<String>>,
    /// Environments.
    pub environments: Option<Vec<RealEnvironment>>,
    /// Rules of the branches that were asked for, in their order.
    pub branches: Vec<(String, Branch)>,
    /// Caches.
    pub caches: Option<Caches>,
    /// Settings that could not be read.
    pub unread: Vec<Unread>,
}

/// A setting that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The setting.
    pub setting: String,
    /// GitHub's reason.
    pub reason: String,
    /// Permission of a fine-grained token that reads it.
    pub permission: &'static str,
}

/// Policy of actions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Actions {
    /// Workflows run.
    pub is_enabled: bool,
    /// `all`, `local_only` or `selected`.
    pub allowed: String,
    /// The selection, for `selected`.
    pub selected: Option<Selected>,
    /// Actions have to be pinned by a full commit; none where GitHub does not report it.
    pub requires_sha: Option<bool>,
}

/// A selection of allowed actions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selected {
    /// Actions of GitHub.
    pub github: bool,
    /// Actions of verified creators.
    pub verified: bool,
    /// Patterns.
    pub patterns: Vec<String>,
}

/// Defaults of a job's token.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TokenDefaults {
    /// It can write.
    pub writes: bool,
    /// It can approve pull requests.
    pub approves: bool,
}

/// An environment as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RealEnvironment {
    /// Its name.
    pub name: String,
    /// Number of required reviewers.
    pub reviewers: usize,
    /// Minutes that jobs wait.
    pub wait_minutes: u64,
    /// Branches and tags that may use it.
    pub policy: Policy,
    /// Its secrets.
    pub secrets: Option<Vec<String>>,
    /// Its variables.
    pub variables: Option<Vec<String>>,
}

/// Branches and tags that may use an environment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Policy {
    /// All.
    #[default]
    Open,
    /// Branches with protection rules.
    Protected,
    /// The branches and tags that match these patterns.
    Custom {
        /// Patterns of branches.
        branches: Vec<String>,
        /// Patterns of tags.
        tags: Vec<String>,
    },
    /// It could not be read.
    Unread,
}

/// Rules of a branch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branch {
    /// The branch does not exist.
    pub is_missing: bool,
    /// Checks that rulesets and branch protection require; none if one of them could not be read.
    pub checks: Option<Vec<String>>,
    /// Pull requests are merged through a merge queue.
    pub has_queue: bool,
    /// GitHub's message that the plan has no rules for a private repository.
    pub plan: Option<String>,
}

/// Caches of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caches {
    /// Bytes of all caches.
    pub bytes: u64,
    /// Gigabytes that are kept at most.
    pub limit: u64,
}

/// Gigabytes of caches that GitHub keeps where a repository has no other limit.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching>, usage limits.
const CACHE_LIMIT: u64 = 10;

/// Reads the settings of a repository, with the rules of these branches.
///
/// # Errors
///
/// [`ApiError`] for a repository that cannot be read, a rate limit, and a server without an answer. Settings that the
/// token may not read are part of the result.
pub fn repository_settings(api: &Api, name: &str, branches: &[String]) -> Result<RepositorySettings, ApiError> {
    let repository = api.get(&format!("repos/{name}"))?;
    let mut reader = Reader { api, name, unread: Vec::new() };
    let is_private = repository.get("private").and_then(Value::as_bool).unwrap_or_default();
    let owner = repository.get("owner");
    let login = owner.filter(|it| text(it, "type") == "Organization").map(|it| text(it, "login"));
    let organization = login.filter(|login| !login.is_empty());
    let has_organization = organization.is_some();
    let plan = match organization.filter(|_| is_private) {
        Some(login) => plan(api, &login)?,
        None => None,
    };
    let none = || Some(Vec::new());
    let mut settings = RepositorySettings {
        is_private,
        plan,
        actions: reader.actions()?,
        protections: reader.protections()?,
        token: reader.token()?,
        secrets: reader.names("actions/secrets", "secrets", "secrets of the repository", "Secrets")?,
        variables: reader.names("actions/variables", "variables", "variables of the repository", "Variables")?,
        organization_secrets: none(),
        organization_variables: none(),
        environments: reader.environments()?,
        branches: Vec::new(),
        caches: reader.caches()?,
        unread: Vec::new(),
    };
    if has_organization {
        let (secrets, variables) = ("secrets of the organization", "variables of the organization");
        settings.organization_secrets = reader.names("actions/organization-secrets", "secrets", secrets, "Secrets")?;
        settings.organization_variables =
            reader.names("actions/organization-variables", "variables", variables, "Variables")?;
    }
    for branch in branches {
        settings.branches.push((branch.clone(), reader.branch(branch)?));
    }
    settings.unread = reader.unread;
    Ok(settings)
}

/// The plan of an organization, which its owners see.
fn plan(api: &Api, login: &str) -> Result<Option<String>, ApiError> {
    match api.get(&format!("orgs/{}", encoded(login))) {
        Ok(organization) => Ok(organization.get("plan").map(|plan| text(plan, "name")).filter(|name| !name.is_empty())),
        Err(ApiError::Missing(_) | ApiError::Denied(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads settings, and notes those that the token may not read.
struct Reader<'a> {
    api: &'a Api,
    name: &'a str,
    unread: Vec<Unread>,
}

impl Reader<'_> {
    /// The result of a request; none for one that is refused, which is noted.
    fn readable<T>(
        &mut self,
        result: Result<T, ApiError>,
        setting: &str,
        permission: &'static str,
    ) -> Result<Option<T>, ApiError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(error @ (ApiError::Missing(_) | ApiError::Denied(_))) => {
                let (setting, reason) = (setting.to_owned(), error.to_string());
                self.unread.push(Unread { setting, reason, permission });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn path(&self, rest: &str) -> String {
        format!("repos/{}/{rest}", self.name)
    }

    /// The names in a list, in upper case: GitHub does not distinguish them.
    fn names(
        &mut self,
        path: &str,
        key: &str,
        setting: &str,
        permission: &'static str,
    ) -> Result<Option<Vec<String>>, ApiError> {
        // Variables have at most 30 on a page.
        let listed = self.api.list(&self.path(&format!("{path}?per_page=30")), Some(key));
        let listed = self.readable(listed, setting, permission)?;
        Ok(listed.map(|all| all.iter().map(|one| text(one, "name").to_ascii_uppercase()).collect()))
    }

    fn protections(&mut self) -> Result<Option<Vec<Protection>>, ApiError> {
        let listed = self.api.list(&self.path("actions/policies?per_page=100"), Some("policies"));
        let listed = self.readable(listed, "the execution protections of workflows", "Administration")?;
        Ok(listed.map(|listed| protections(&listed)))
    }

    fn actions(&mut self) -> Result<Option<Actions>, ApiError> {
        let read = self.api.get(&self.path("actions/permissions"));
        let Some(read) = self.readable(read, "the policy of actions", "Administration")? else { return Ok(None) };
        let allowed = text(&read, "allowed_actions");
        let mut selected = None;
        if allowed == "selected" {
            let read = self.api.get(&self.path("actions/permissions/selected-actions"));
            let read = self.readable(read, "the selection of allowed actions", "Administration")?;
            selected = read.map(|read| Selected {
                github: flag(&read, "github_owned_allowed"),
                verified: flag(&read, "verified_allowed"),
                patterns: texts(read.get("patterns_allowed")),
            });
        }
        let requires_sha = read.get("sha_pinning_required").and_then(Value::as_bool);
        Ok(Some(Actions { is_enabled: flag(&read, "enabled"), allowed, selected, requires_sha }))
    }

    fn token(&mut self) -> Result<Option<TokenDefaults>, ApiError> {
        let read = self.api.get(&self.path("actions/permissions/workflow"));
        let read = self.readable(read, "the default permissions of a job's token", "Administration")?;
        Ok(read.map(|read| TokenDefaults {
            writes: text(&read, "default_workflow_permissions") == "write",
            approves: flag(&read, "can_approve_pull_request_reviews"),
        }))
    }

    fn environments(&mut self) -> Result<Option<Vec<RealEnvironment>>, ApiError> {
        let listed = self.api.list(&self.path("environments?per_page=100"), Some("environments"));
        let Some(listed) = self.readable(listed, "environments", "Actions")? else { return Ok(None) };
        listed.iter().map(|one| self.environment(one)).collect::<Result<_, _>>().map(Some)
    }

    fn environment(&mut self, read: &Value) -> Result<RealEnvironment, ApiError> {
        let name = text(read, "name");
        let rules = read.get("protection_rules").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let of_type = |kind: &'static str| rules.iter().filter(move |rule| text(rule, "type") == kind);
        let reviewers = of_type("required_reviewers").filter_map(|rule| rule.get("reviewers")?.as_array());
        let waits = of_type("wait_timer").filter_map(|rule| rule.get("wait_timer")?.as_u64());
        let path = format!("environments/{}", encoded(&name));
        let secrets = format!("secrets of environment `{name}`");
        let variables = format!("variables of environment `{name}`");
        Ok(RealEnvironment {
            reviewers: reviewers.map(Vec::len).sum(),
            wait_minutes: waits.max().unwrap_or_default(),
            policy: self.policy(read, &path, &name)?,
            secrets: self.names(&format!("{path}/secrets"), "secrets", &secrets, "Environments")?,
            variables: self.names(&format!("{path}/variables"), "variables", &variables, "Environments")?,
            name,
        })
    }

    fn policy(&mut self, read: &Value, path: &str, name: &str) -> Result<Policy, ApiError> {
        let Some(policy) = read.get("deployment_branch_policy").filter(|policy| !policy.is_null()) else {
            return Ok(Policy::Open);
        };
        if flag(policy, "protected_branches") {
            return Ok(Policy::Protected);
        }
        let path = self.path(&format!("{path}/deployment-branch-policies?per_page=100"));
        let listed = self.api.list(&path, Some("branch_policies"));
        let listed = self.readable(listed, &format!("branches and tags of environment `{name}`"), "Actions")?;
        let Some(listed) = listed else { return Ok(Policy::Unread) };
        let of_type = |is_tag: bool| {
            let own = listed.iter().filter(|one| (text(one, "type") == "tag") == is_tag);
            own.map(|one| text(one, "name")).collect()
        };
        Ok(Policy::Custom { branches: of_type(false), tags: of_type(true) })
    }

    fn branch(&mut self, name: &str) -> Result<Branch, ApiError> {
        let rules = self.api.list(&self.path(&format!("rules/branches/{}?per_page=100", encoded(name))), None);
        let plan = match &rules {
            // "Upgrade to GitHub Pro or make this repository public to enable this feature."
            Err(ApiError::Denied(message)) if message.starts_with("Upgrade to ") => Some(message.clone()),
            _ => None,
        };
        if plan.is_some() {
            return Ok(Branch { plan, ..Branch::default() });
        }
        let rules = self.readable(rules, &format!("rules of branch `{name}`"), "Metadata")?;
        let read = match self.api.get(&self.path(&format!("branches/{}", encoded(name)))) {
            Err(ApiError::Missing(message)) if message == "Branch not found" => {
                return Ok(Branch { is_missing: true, ..Branch::default() });
            }
            read => self.readable(read, &format!("protection of branch `{name}`"), "Contents")?,
        };
        let has_queue = rules.iter().flatten().any(|rule| text(rule, "type") == "merge_queue");
        Ok(Branch {
            checks: rules.zip(read).map(|(rules, read)| checks(&rules, &read)),
            has_queue,
            ..Branch::default()
        })
    }

    fn caches(&mut self) -> Result<Option<Caches>, ApiError> {
        let usage = self.api.get(&self.path("actions/cache/usage"));
        let Some(usage) = self.readable(usage, "the size of caches", "Actions")? else { return Ok(None) };
        let limit = match self.api.get(&self.path("actions/cache/storage-limit")) {
            Ok(limit) => limit.get("max_cache_size_gb").and_then(Value::as_u64).unwrap_or(CACHE_LIMIT),
            Err(ApiError::Missing(_) | ApiError::Denied(_)) => CACHE_LIMIT,
            Err(error) => return Err(error),
        };
        let bytes = usage.get("active_caches_size_in_bytes").and_then(Value::as_u64).unwrap_or_default();
        Ok(Some(Caches { bytes, limit }))
    }
}

/// The checks that rules and the protection of a branch require.
fn checks(rules: &[Value], branch: &Value) -> Vec<String> {
    let of_rules = rules
        .iter()
        .filter(|rule| text(rule, "type") == "required_status_checks")
        .filter_map(|rule| rule.get("parameters")?.get("required_status_checks")?.as_array())
        .flatten()
        .map(|check| text(check, "context"));
    let required = branch.get("protection").and_then(|it| it.get("required_status_checks"));
    let is_on = required.is_some_and(|required| text(required, "enforcement_level") != "off");
    let of_protection = texts(required.filter(|_| is_on).and_then(|required| required.get("contexts")));
    let mut all: Vec<String> = of_rules.chain(of_protection).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn text(of: &Value, key: &str) -> String {
    of.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn flag(of: &Value, key: &str) -> bool {
    of.get(key).and_then(Value::as_bool).unwrap_or_default()
}

fn texts(of: Option<&Value>) -> Vec<String> {
    of.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
