//! Environments: reviewers of approvals, and the branches and tags that may use them.
//!
//! Source: <https://docs.github.com/actions/reference/workflows-and-actions/deployments-and-environments>.

use super::finding::{Area, Finding, Level};
use super::glob::fits;
use super::needs::Needs;
use crate::setup::Environment;
use crate::upstream::{Policy, RealEnvironment, RepositorySettings};

/// The command that prints how to create environments as the pipeline needs them.
const APPLY: &str = "run what `pipewright settings --only environments` prints for it";

pub(super) fn check(needs: &Needs, real: &RepositorySettings, found: &mut Vec<Finding>) {
    let Some(known) = &real.environments else { return };
    for needed in &needs.setup.environments {
        // GitHub does not distinguish upper and lower case.
        match known.iter().find(|one| one.name.eq_ignore_ascii_case(&needed.name)) {
            None => found.push(missing(needed)),
            Some(environment) => {
                reviewers(needed, environment, real, found);
                policy(needed, environment, found);
            }
        }
    }
}

fn missing(needed: &Environment) -> Finding {
    let name = &needed.name;
    let without = if needed.approves { "without reviewers" } else { "without protection" };
    let message = format!("environment `{name}` does not exist: GitHub creates it {without} at the first run");
    Finding::new(Level::Error, Area::Environments, message, APPLY)
}

fn reviewers(needed: &Environment, environment: &RealEnvironment, real: &RepositorySettings, found: &mut Vec<Finding>) {
    let name = &needed.name;
    if needed.approves && environment.reviewers == 0 {
        let message = format!("environment `{name}` has no required reviewers, and approves deploys");
        // Source: <https://docs.github.com/rest/deployments/environments>, about deployment environments.
        let help = if real.is_private {
            "add required reviewers; a private repository has them with GitHub Enterprise only, so make it public or \
             remove `approval`"
        } else {
            "add required reviewers in its settings, or run what `pipewright settings --only environments` prints for it"
        };
        found.push(Finding::new(Level::Error, Area::Environments, message, help));
    }
    let waits = match (environment.reviewers, environment.wait_minutes) {
        (0, 0) => return,
        (0, minutes) => format!("a wait timer of {minutes} min"),
        (_, 0) => "required reviewers".to_owned(),
        (_, minutes) => format!("required reviewers and a wait timer of {minutes} min"),
    };
    if !needed.approves && !needed.branches.is_empty() {
        let message = format!("environment `{name}` has {waits}: a rollback waits, too");
        let help = "remove them there, and let `approval` name an environment that has reviewers and deploys nothing";
        found.push(Finding::new(Level::Warning, Area::Environments, message, help));
    }
}

fn policy(needed: &Environment, environment: &RealEnvironment, found: &mut Vec<Finding>) {
    let name = &needed.name;
    if needed.branches.is_empty() && needed.tags.is_empty() {
        return;
    }
    let (branches, tags) = match &environment.policy {
        Policy::Unread => return,
        Policy::Open => {
            let expected = expected(needed);
            let message = format!("every branch and tag can use environment `{name}`: expected {expected} only");
            found.push(Finding::new(Level::Error, Area::Environments, message, APPLY));
            return;
        }
        Policy::Protected => {
            let expected = expected(needed);
            let message = format!("every protected branch can use environment `{name}`: expected {expected} only");
            found.push(Finding::new(Level::Warning, Area::Environments, message, APPLY));
            return;
        }
        Policy::Custom { branches, tags } => (branches, tags),
    };
    for (kind, needed, real) in [("branch", &needed.branches, branches), ("tag", &needed.tags, tags)] {
        for pattern in needed.iter().filter(|pattern| !real.iter().any(|one| fits(one, pattern, false))) {
            let message = format!("{kind} `{pattern}` cannot use environment `{name}`: its jobs are refused");
            let help = format!("add the {kind} in the settings of the environment, or {APPLY}");
            found.push(Finding::new(Level::Error, Area::Environments, message, help));
        }
        for pattern in real.iter().filter(|pattern| !needed.contains(pattern)) {
            let message = format!("{kind} `{pattern}` can use environment `{name}`, and the pipeline does not need it");
            let help = format!("remove the {kind} in the settings of the environment");
            found.push(Finding::new(Level::Warning, Area::Environments, message, help));
        }
    }
}

/// The branches and tags that an environment is for.
fn expected(needed: &Environment) -> String {
    let branches = needed.branches.iter().map(|name| format!("branch `{name}`"));
    branches.chain(needed.tags.iter().map(|name| format!("tag `{name}`"))).collect::<Vec<_>>().join(", ")
}
