//! A job is granted what its actions need, and what the workflow that it calls needs.

use super::set::{access, allows};
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::{Access, Job};

pub(crate) struct MissingPermission;

impl Rule for MissingPermission {
    fn code(&self) -> Code {
        Code("missing-permission")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/missing-permission.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        let missing = |job: &Job, scope: &str, access: Access, who: String| {
            let message =
                format!("{who} needs `{scope}: {}`, which the job `{}` is not granted", access.as_str(), job.id);
            Diagnostic::error(self.code(), job.origin.clone(), message)
        };
        for used in &set.actions {
            for need in used.known.iter().flat_map(|known| known.permissions) {
                if !allows(&used.job.permissions, need.scope, access(need)) {
                    let help = format!("it has to {}; {FAULT}", need.reason);
                    let who = format!("`{}`", used.action.name);
                    found.push(missing(used.job, need.scope, access(need), who).help(help));
                }
            }
        }
        for (_, job) in set.jobs() {
            let Some(file) = job.callee() else { continue };
            for needed in set.callee(file).iter().flat_map(|callee| &callee.jobs).flat_map(|inner| &inner.permissions) {
                if !allows(&job.permissions, &needed.scope, needed.access) {
                    let help = format!("GitHub refuses the whole workflow otherwise; {FAULT}");
                    let who = format!("`{file}`");
                    found.push(missing(job, &needed.scope, needed.access, who).help(help));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{action, all_break, all_pass, breaks, call, called, clean, job, passes, steps};
    use crate::workflow::{Access, grant};

    #[test]
    fn a_checkout_that_may_not_read() {
        let mut workflow = clean();
        job(&mut workflow).permissions.clear();
        breaks("missing-permission", &workflow);
    }

    #[test]
    fn writing_takes_more_than_reading() {
        let mut workflow = clean();
        steps(&mut workflow).push(action("aws-actions/configure-aws-credentials", &[("aws-region", "eu-west-1")]));
        breaks("missing-permission", &workflow);
        grant(&mut job(&mut workflow).permissions, "id-token", Access::Write, "log in to AWS without a stored key");
        passes(&workflow);
    }

    #[test]
    fn a_caller_that_grants_less_than_its_callee_needs() {
        let mut caller = clean();
        let mut calling = call("suite", "suite.yml");
        calling.permissions.clear();
        caller.jobs.push(calling);
        let suite = called("suite.yml");
        all_break("missing-permission", &[caller.clone(), suite.clone()]);
        caller.jobs[1] = call("suite", "suite.yml");
        all_pass(&[caller, suite]);
    }
}
