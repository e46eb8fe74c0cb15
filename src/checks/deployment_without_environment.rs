//! A deployment is recorded to an environment that is named.

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries};
use crate::definition::Job;
use crate::diagnostics::{Code, Diagnostic};

pub(crate) struct DeploymentWithoutEnvironment;

const CODE: Code = Code("deployment-without-environment");

impl Check for DeploymentWithoutEnvironment {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/deployment-without-environment.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let mut check = |at: &Trail<'_>, job: &Job| {
            if job.deployment && job.environment.is_none() {
                let message = "`deployment` records a deployment to `environment`, which is not set";
                let help = "write `environment = \"release\"`, or remove `deployment`";
                found.push(Diagnostic::error(CODE, at.key("deployment").at(), message).help(help));
            }
        };
        entries(&ROOT, "jobs", &subject.definition.jobs, &mut |at, _, job| check(at, job));
        entries(&ROOT, "workflows", &subject.definition.workflows, &mut |at, _, workflow| {
            entries(at, "jobs", &workflow.jobs, &mut |at, _, job| check(at, job));
        });
    }
}
