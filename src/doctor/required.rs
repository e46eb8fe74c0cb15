//! The required check of branches, in rulesets and in branch protection.

use super::finding::{Area, Finding, Level};
use super::needs::Needs;
use crate::upstream::{Branch, RepositorySettings};

pub(super) fn check(needs: &Needs, real: &RepositorySettings, found: &mut Vec<Finding>) {
    let Some((check, _)) = &needs.setup.check else { return };
    let mut add = |level, message: String, help: String| {
        found.push(Finding::new(level, Area::RequiredCheck, message, help));
    };
    for (name, branch) in &real.branches {
        if let Some(plan) = &branch.plan {
            let message =
                format!("branch `{name}` cannot require `{check}`: the plan has no rules for this repository");
            add(Level::Error, message, format!("GitHub: {plan}"));
            continue;
        }
        if branch.is_missing {
            let message = format!("branch `{name}` does not exist");
            add(Level::Error, message, "create the branch, or remove it from `project.branches`".to_owned());
            continue;
        }
        let Some(checks) = &branch.checks else { continue };
        if !checks.contains(check) {
            let message = format!("branch `{name}` does not require `{check}`: {}", effect(branch));
            add(Level::Error, message, "run what `pipewright settings --only required-check` prints".to_owned());
        }
        for job in checks.iter().filter(|one| *one != check && needs.jobs.contains(*one)) {
            let message = format!("branch `{name}` requires the job `{job}`, which some runs leave out");
            add(Level::Warning, message, format!("require `{check}` alone: it evaluates all jobs"));
        }
        if branch.has_queue && !needs.queues {
            let message = format!("branch `{name}` has a merge queue, and `{check}` does not run in it");
            add(Level::Error, message, "run `pipewright generate`, or remove the rule of the queue".to_owned());
        }
    }
}

fn effect(branch: &Branch) -> &'static str {
    if branch.has_queue { "its merge queue waits for nothing" } else { "a pull request can be merged before it ends" }
}
