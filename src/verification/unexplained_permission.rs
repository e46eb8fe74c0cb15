//! No job has a permission that its steps do not need, and each permission has a reason.

use super::set::{access, allows};
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::{Github, Job, Permission, StepKind, Work};

pub(crate) struct UnexplainedPermission;

impl Rule for UnexplainedPermission {
    fn code(&self) -> Code {
        Code("unexplained-permission")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/unexplained-permission.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (_, job) in set.jobs() {
            for permission in &job.permissions {
                let Permission { scope, access, reason } = permission;
                let what = if !permission.is_asked_for() && !explained(set, job, permission) {
                    "no step needs it"
                } else if reason.trim().is_empty() {
                    "without a reason"
                } else {
                    continue;
                };
                let message = format!("the job `{}` is granted `{scope}: {}`: {what}", job.id, access.as_str());
                found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
            }
        }
    }
}

fn explained(set: &Set<'_>, job: &Job, permission: &Permission) -> bool {
    if matches!(job.work, Work::Call { .. }) {
        // `workflow-call` reports a workflow that does not exist.
        return job.callee().and_then(|file| set.callee(file)).is_none_or(|callee| {
            callee.jobs.iter().any(|inner| allows(&inner.permissions, &permission.scope, permission.access))
        });
    }
    let by_action = set.actions.iter().filter(|used| std::ptr::eq(used.job, job)).any(|used| {
        used.known.is_none_or(|known| {
            let mut needs = known.permissions.iter().chain(known.may_need);
            known.open_permissions
                || needs.any(|need| need.scope == permission.scope && access(need) >= permission.access)
        })
    });
    by_action || by_script(set, job, &permission.scope)
}

/// Returns whether a script is given the token: only the script knows what it does with it. A token for other services
/// is not given but fetched.
fn by_script(set: &Set<'_>, job: &Job, scope: &str) -> bool {
    if scope == "id-token" {
        let fetches = |kind: &StepKind| matches!(kind, StepKind::Run(run) if run.script.as_str().contains("ACTIONS_ID_TOKEN_REQUEST"));
        return job.steps().iter().any(|step| fetches(&step.kind));
    }
    set.places.iter().any(|place| {
        place.job.is_some_and(|other| std::ptr::eq(other, job))
            && place.step().is_none_or(|step| matches!(step.kind, StepKind::Run(_)))
            && place.properties.iter().any(|property| property.is(Github::Token))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{action, all_break, breaks, call, called, clean, job, passes, run, steps};
    use crate::workflow::{ASKED_FOR, Access, Github, grant};

    #[test]
    fn more_than_any_step_needs() {
        let mut workflow = clean();
        grant(&mut job(&mut workflow).permissions, "packages", Access::Write, "push the image");
        breaks("unexplained-permission", &workflow);
        steps(&mut workflow).push(action("docker/build-push-action", &[("push", "false")]));
        passes(&workflow);
    }

    #[test]
    fn reading_does_not_explain_writing() {
        let mut workflow = clean();
        grant(&mut job(&mut workflow).permissions, "contents", Access::Write, "make the release");
        breaks("unexplained-permission", &workflow);
    }

    #[test]
    fn a_script_with_the_token_may_need_anything_but_an_identity() {
        let mut workflow = clean();
        grant(&mut job(&mut workflow).permissions, "issues", Access::Write, "open an issue");
        steps(&mut workflow).push(run("Notify", "gh issue create").env([("GH_TOKEN", Github::Token)]));
        passes(&workflow);
        grant(&mut job(&mut workflow).permissions, "id-token", Access::Write, "log in");
        breaks("unexplained-permission", &workflow);
    }

    #[test]
    fn what_the_definition_asks_for() {
        let mut workflow = clean();
        grant(&mut job(&mut workflow).permissions, "contents", Access::Write, ASKED_FOR);
        passes(&workflow);
    }

    #[test]
    fn a_caller_that_grants_more_than_its_callee_needs() {
        let mut caller = clean();
        let mut calling = call("suite", "suite.yml");
        grant(&mut calling.permissions, "packages", Access::Read, "pull the image");
        caller.jobs.push(calling);
        all_break("unexplained-permission", &[caller, called("suite.yml")]);
    }

    #[test]
    fn a_permission_without_a_reason() {
        let mut workflow = clean();
        job(&mut workflow).permissions[0].reason.clear();
        breaks("unexplained-permission", &workflow);
    }
}
