//! A workflow that a job calls exists, can be called, and is given its inputs.

use super::set::input;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::workflow::{CallInput, CallSecret, Job, Pairs, Work};

pub(crate) struct WorkflowCall;

impl Rule for WorkflowCall {
    fn code(&self) -> Code {
        Code("workflow-call")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/workflow-call.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (_, job) in set.jobs() {
            let Work::Call { with, secrets, .. } = &job.work else { continue };
            let Some(file) = job.callee() else { continue };
            let wrong =
                |message: String, help: &str| Diagnostic::error(self.code(), job.origin.clone(), message).help(help);
            match set.callee(file).map(|callee| (&callee.on.call, &callee.on.call_secrets)) {
                None => found.push(wrong(format!("the job `{}` calls `{file}`, which does not exist", job.id), FAULT)),
                Some((None, _)) => {
                    found.push(wrong(format!("the job `{}` calls `{file}`, which cannot be called", job.id), FAULT));
                }
                Some((Some(declared), handed)) => {
                    self.inputs(job, file, with, declared, found);
                    self.secrets(job, file, secrets, handed, found);
                }
            }
            if !job.outputs.is_empty() || job.concurrency.is_some() {
                let message =
                    format!("the job `{}` only calls `{file}`, so its outputs and its group are lost", job.id);
                found.push(wrong(message, FAULT));
            }
        }
        for root in set.workflows {
            let run = set.run_of(root);
            if run.iter().skip(1).any(|(callee, _)| std::ptr::eq(*callee, root)) {
                let message = format!("`{}` calls itself", root.file);
                found.push(Diagnostic::error(self.code(), root.origin.clone(), message).help(FAULT));
                continue;
            }
            let levels = run.iter().map(|(_, level)| level + 1).max().unwrap_or(1);
            if levels > MOST_LEVELS {
                let message = format!("`{}` calls workflows over more than {MOST_LEVELS} levels", root.file);
                found.push(Diagnostic::error(self.code(), root.origin.clone(), message).help(FAULT));
            }
            if run.len() - 1 > MOST_CALLS {
                let message = format!("a run of `{}` calls more than {MOST_CALLS} workflows", root.file);
                let help = "GitHub calls at most 50 in a run: join suites, or move some to a separate workflow";
                found.push(Diagnostic::error(self.code(), root.origin.clone(), message).help(help));
            }
        }
    }
}

/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/reusing-workflow-configurations>, limits.
const MOST_LEVELS: usize = 10;
const MOST_CALLS: usize = 50;

impl WorkflowCall {
    fn inputs(&self, job: &Job, file: &str, with: &Pairs, declared: &[CallInput], found: &mut Vec<Diagnostic>) {
        let names = || declared.iter().map(|input| input.name.as_str());
        for (name, _) in with {
            if !names().any(|known| known.eq_ignore_ascii_case(name)) {
                let message = format!("the job `{}` gives `{file}` an input `{name}` that it does not have", job.id);
                let help = format!("{}; {FAULT}", did_you_mean(name, names()));
                found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(help));
            }
        }
        for required in declared.iter().filter(|declared| declared.default.is_none()) {
            if input(with, &required.name).is_none() {
                let message = format!("the job `{}` does not give `{file}` its input `{}`", job.id, required.name);
                found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
            }
        }
    }

    fn secrets(&self, job: &Job, file: &str, given: &Pairs, declared: &[CallSecret], found: &mut Vec<Diagnostic>) {
        let is = |name: &str, other: &str| name.eq_ignore_ascii_case(other);
        for (name, _) in given.iter().filter(|(name, _)| !declared.iter().any(|known| is(&known.name, name))) {
            let message = format!("the job `{}` gives `{file}` a secret `{name}` that it does not have", job.id);
            found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
        }
        let missing = |known: &&CallSecret| known.required && !given.iter().any(|(name, _)| is(&known.name, name));
        for required in declared.iter().filter(missing) {
            let message = format!("the job `{}` does not give `{file}` its secret `{}`", job.id, required.name);
            found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{all_break, all_pass, call, called, clean, job};
    use crate::workflow::{CallInput, CallSecret, ManualKind, Value, Work, Workflow};

    fn pair() -> [Workflow; 2] {
        let mut caller = clean();
        caller.jobs.push(call("suite", "suite.yml"));
        [caller, called("suite.yml")]
    }

    #[test]
    fn a_workflow_that_does_not_exist_or_cannot_be_called() {
        all_pass(&pair());
        let [caller, suite] = pair();
        all_break("workflow-call", std::slice::from_ref(&caller));
        let mut deaf = suite;
        deaf.on = clean().on;
        all_break("workflow-call", &[caller, deaf]);
    }

    #[test]
    fn inputs_that_are_missing_or_unknown() {
        let [mut caller, mut suite] = pair();
        let input = CallInput {
            name: "tests".to_owned(),
            description: "How they ended".to_owned(),
            kind: ManualKind::String,
            default: None,
        };
        suite.on.call = Some(vec![input]);
        all_break("workflow-call", &[caller.clone(), suite.clone()]);
        if let Some(Work::Call { with, .. }) = caller.jobs.last_mut().map(|job| &mut job.work) {
            with.push(("tests".to_owned(), "success".into()));
        }
        all_pass(&[caller.clone(), suite.clone()]);
        suite.on.call = Some(Vec::new());
        all_break("workflow-call", &[caller, suite]);
    }

    #[test]
    fn secrets_that_are_missing_or_unknown() {
        let [mut caller, mut suite] = pair();
        suite.on.call_secrets = vec![CallSecret { name: "TOKEN".to_owned(), required: true }];
        all_break("workflow-call", &[caller.clone(), suite.clone()]);
        if let Some(Work::Call { secrets, .. }) = caller.jobs.last_mut().map(|job| &mut job.work) {
            secrets.push(("TOKEN".to_owned(), Value::secret("OTHER")));
        }
        all_pass(&[caller.clone(), suite.clone()]);
        suite.on.call_secrets.clear();
        all_break("workflow-call", &[caller, suite]);
    }

    #[test]
    fn a_circle_of_calls() {
        let [caller, mut suite] = pair();
        suite.jobs = vec![call("again", "suite.yml")];
        all_break("workflow-call", &[caller, suite]);
    }

    #[test]
    fn more_than_fifty_calls() {
        let [mut caller, mut suite] = pair();
        suite.concurrency = None;
        caller.jobs.extend((0..50).map(|index| call(&format!("suite-{index}"), "suite.yml")));
        all_break("workflow-call", &[caller, suite]);
    }

    #[test]
    fn a_caller_with_outputs() {
        let [mut caller, suite] = pair();
        let last = caller.jobs.last_mut().expect("there is one");
        last.outputs.push(("seed".to_owned(), "1".into()));
        assert_eq!(job(&mut caller).id, "build");
        all_break("workflow-call", &[caller, suite]);
    }
}
