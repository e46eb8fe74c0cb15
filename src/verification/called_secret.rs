//! A workflow that another one calls reads no secret: it would be empty there.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic, Location, Part};
use crate::workflow::{Job, Workflow};

pub(crate) struct CalledSecret;

impl Rule for CalledSecret {
    fn code(&self) -> Code {
        Code("called-secret")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/called-secret.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (place, name) in set.secrets() {
            if place.workflow.on.call_secrets.iter().any(|handed| handed.name.eq_ignore_ascii_case(name)) {
                continue;
            }
            let Some((caller, job)) = caller(set, place.workflow) else { continue };
            let at = &place.workflow.origin;
            let help = if matches!(at, Location::Path(path, _) if path.first() == Some(&Part::from("workflows"))) {
                "declare it in `on.call.secrets` and hand it over, or read it in a workflow that nothing calls"
            } else {
                "read it in a workflow that nothing calls: `[workflows.<name>]`"
            };
            let message = format!(
                "the secret `{name}` is empty in {} where `{}` calls `{}`",
                place.described(),
                caller.file,
                place.workflow.file
            );
            found.push(
                Diagnostic::warning(self.code(), place.at(), message)
                    .related(job.origin.clone(), "it is called here")
                    .help(help),
            );
        }
    }
}

fn caller<'a>(set: &Set<'a>, callee: &Workflow) -> Option<(&'a Workflow, &'a Job)> {
    set.jobs().find(|(_, job)| job.callee() == Some(callee.file.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_break, all_pass, call, called, clean, first_step};
    use crate::workflow::Value;

    #[test]
    fn a_secret_that_nobody_hands_on() {
        let mut caller = clean();
        caller.jobs.push(call("suite", "suite.yml"));
        let mut suite = called("suite.yml");
        first_step(&mut suite).env.push(("TOKEN".to_owned(), Value::secret("TOKEN")));
        assert!(!all_break("called-secret", &[caller, suite.clone()])[0].is_error());
        all_pass(&[suite]);
    }
}
