//! Policies of GitHub Actions, the plan's limits, and caches.

use super::finding::{Area, Finding, Level};
use super::glob::fits;
use super::needs::Needs;
use crate::upstream::{Actions, Caches, RepositorySettings};

/// Share of the limit of caches from which on they are reported, in percent.
const NEARLY_FULL: u64 = 90;

/// Bytes of a gigabyte, as GitHub counts caches.
const GIGABYTE: u64 = 1 << 30;

pub(super) fn check(needs: &Needs, real: &RepositorySettings, name: &str, found: &mut Vec<Finding>) {
    if let Some(actions) = &real.actions {
        policy(needs, actions, name, found);
    }
    let settings = "Settings > Actions > General";
    if let Some(token) = real.token {
        if token.writes {
            let message =
                "the token of a job without `permissions` can write: generated jobs set theirs, others get it";
            let help = format!(
                "choose read permissions in {settings}, or run what `pipewright settings --only actions` prints"
            );
            found.push(Finding::new(Level::Warning, Area::Actions, message, help));
        }
        if needs.setup.creates_pull_requests() {
            if !token.approves {
                let message = "workflows cannot create pull requests, and jobs of the pipeline do";
                let help =
                    format!("set the option in {settings}, or run what `pipewright settings --only actions` prints");
                found.push(Finding::new(Level::Error, Area::Actions, message, help));
            }
        } else if token.approves {
            let message = "workflows can approve pull requests, so a required review can come from a workflow";
            let help =
                format!("clear the option in {settings}, or run what `pipewright settings --only actions` prints");
            found.push(Finding::new(Level::Warning, Area::Actions, message, help));
        }
    }
    // Source: <https://docs.github.com/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations>.
    if needs.attests && real.is_private && real.plan.as_deref() != Some("enterprise") {
        let message = "`attest` needs GitHub Enterprise Cloud in a private repository";
        let level = if real.plan.is_some() { Level::Error } else { Level::Warning };
        let help = "set `attest = false`, or make the repository public";
        found.push(Finding::new(level, Area::Actions, message, help));
    }
    found.extend(real.caches.and_then(caches));
}

fn policy(needs: &Needs, actions: &Actions, name: &str, found: &mut Vec<Finding>) {
    let mut add = |level, message: String, help: &str| {
        found.push(Finding::new(level, Area::Actions, message, help));
    };
    if !actions.is_enabled {
        add(Level::Error, "GitHub Actions is disabled".to_owned(), "enable it in Settings > Actions > General");
        return;
    }
    let refused: Vec<&str> =
        needs.actions.iter().map(String::as_str).filter(|it| is_refused(actions, it, name)).collect();
    if !refused.is_empty() {
        let names: Vec<&str> = refused.iter().map(|it| it.split('@').next().unwrap_or(it)).collect();
        let message = format!("the policy does not allow actions that the pipeline uses: {}", names.join(", "));
        add(Level::Error, message, "allow them in Settings > Actions > General, as `<owner>/<repository>@*`");
    }
    if actions.requires_sha == Some(false) {
        let message = "unpinned actions are allowed: every action of the pipeline is pinned by its commit".to_owned();
        let help = "pin those of other workflows, and then require it: `pipewright settings --only actions` prints the request";
        add(Level::Note, message, help);
    }
}

/// Returns whether the policy refuses an action with its commit. Creators that GitHub has verified are not known here.
fn is_refused(actions: &Actions, action: &str, name: &str) -> bool {
    let owner = |of: &str| of.split('/').next().unwrap_or_default().to_ascii_lowercase();
    let of = owner(action);
    if of == owner(name) {
        return false;
    }
    match (actions.allowed.as_str(), &actions.selected) {
        ("local_only", _) => true,
        ("selected", Some(selected)) => {
            let is_own = selected.github && ["actions", "github"].contains(&of.as_str());
            let action = action.to_ascii_lowercase();
            let matched = |pattern: &str| fits(&pattern.to_ascii_lowercase(), &action, true);
            let is_blocked = selected.patterns.iter().filter_map(|it| it.strip_prefix('!')).any(matched);
            let is_allowed = is_own || selected.verified || selected.patterns.iter().any(|pattern| matched(pattern));
            is_blocked || !is_allowed
        }
        _ => false,
    }
}

fn caches(caches: Caches) -> Option<Finding> {
    let limit = caches.limit * GIGABYTE;
    if limit == 0 || caches.bytes.saturating_mul(100) < limit * NEARLY_FULL {
        return None;
    }
    let tenths = caches.bytes.saturating_mul(10) / GIGABYTE;
    let message = format!(
        "caches have {}.{} GB of {} GB: GitHub evicts the oldest ones, and jobs build again",
        tenths / 10,
        tenths % 10,
        caches.limit
    );
    let help = "delete those of merged pull requests with `gh cache delete`, or raise the limit in Settings > Actions";
    Some(Finding::new(Level::Warning, Area::Caches, message, help))
}
