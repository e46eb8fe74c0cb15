//! A secret is read by a job with a GitHub environment.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic};
use crate::workflow::{Job, Work};

pub(crate) struct SecretEnvironment;

impl Rule for SecretEnvironment {
    fn code(&self) -> Code {
        Code("secret-environment")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/secret-environment.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (place, name) in set.secrets() {
            // A workflow that is called has its own rule: it may not read secrets at all.
            if place.workflow.on.call.is_none() && place.job.is_some_and(without_environment) {
                let message = format!("{} reads the secret `{name}` outside of an environment", place.described());
                let help =
                    "add `environment = \"…\"` where the job comes from, and keep the secret in that environment";
                found.push(place.error(self.code(), message).help(help));
            }
        }
    }
}

fn without_environment(job: &Job) -> bool {
    matches!(&job.work, Work::Steps { environment: None, .. })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, job, passes};
    use crate::workflow::{Environment, Github, Value, Work};

    #[test]
    fn a_secret_outside_of_an_environment() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("TOKEN".to_owned(), Github::Token.into()));
        passes(&workflow);
        first_step(&mut workflow).env.push(("OTHER".to_owned(), Value::secret("OTHER")));
        breaks("secret-environment", &workflow);
        if let Work::Steps { environment, .. } = &mut job(&mut workflow).work {
            *environment = Some(Environment::without_deployment("release"));
        }
        passes(&workflow);
    }

    #[test]
    fn a_workflow_that_is_called_is_left_to_another_rule() {
        let mut workflow = clean();
        workflow.on.call = Some(Vec::new());
        first_step(&mut workflow).env.push(("OTHER".to_owned(), Value::secret("OTHER")));
        passes(&workflow);
    }
}
