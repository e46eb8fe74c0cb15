//! Every workflow has jobs, every job has steps, and every step does something.

use super::{Rule, Set};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::workflow::{StepKind, Work};

pub(crate) struct NothingToDo;

impl Rule for NothingToDo {
    fn code(&self) -> Code {
        Code("nothing-to-do")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/nothing-to-do.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        let mut wrong = |at: &Location, message: String| {
            let help = "fill it, or remove it";
            found.push(Diagnostic::error(self.code(), at.clone(), message).help(help));
        };
        for workflow in set.workflows {
            if workflow.jobs.is_empty() {
                wrong(&workflow.origin, format!("`{}` has no job", workflow.file));
            }
            if workflow.name.trim().is_empty() {
                wrong(&workflow.origin, format!("`{}` has no name", workflow.file));
            }
        }
        for (_, job) in set.jobs() {
            if job.name.literal().is_some_and(|name| name.trim().is_empty()) {
                wrong(&job.origin, format!("the job `{}` has no name", job.id));
            }
            if matches!(&job.work, Work::Steps { steps, .. } if steps.is_empty()) {
                wrong(&job.origin, format!("the job `{}` has no step", job.id));
            }
            for step in job.steps() {
                if step.name.trim().is_empty() {
                    wrong(&step.origin, format!("a step of the job `{}` has no name", job.id));
                }
                if matches!(&step.kind, StepKind::Run(run) if run.script.as_str().trim().is_empty()) {
                    wrong(&step.origin, format!("the script of the step `{}` is empty", step.name));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, job, run, steps};

    #[test]
    fn what_does_nothing() {
        let mut workflow = clean();
        workflow.jobs.clear();
        breaks("nothing-to-do", &workflow);

        let mut workflow = clean();
        steps(&mut workflow).clear();
        job(&mut workflow).permissions.clear();
        breaks("nothing-to-do", &workflow);

        let mut workflow = clean();
        steps(&mut workflow).push(run("Nothing", " \n"));
        breaks("nothing-to-do", &workflow);
    }

    #[test]
    fn what_has_no_name() {
        let mut workflow = clean();
        workflow.name.clear();
        breaks("nothing-to-do", &workflow);

        let mut workflow = clean();
        job(&mut workflow).name = "".into();
        breaks("nothing-to-do", &workflow);

        let mut workflow = clean();
        first_step(&mut workflow).name.clear();
        breaks("nothing-to-do", &workflow);
    }
}
