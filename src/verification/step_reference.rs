//! What a step reads of another exists, and that one ran before it.

use super::place::{Key, Place};
use super::{FAULT, Rule, Set};
use crate::catalogue;
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::workflow::{Job, Step, StepKind};

pub(crate) struct StepReference;

impl Rule for StepReference {
    fn code(&self) -> Code {
        Code("step-reference")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/step-reference.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (place, used) in set.uses("steps") {
            let (Some(id), Some(job)) = (used.name(0), place.job) else { continue };
            // Elsewhere no step can be read at all, which `context` says.
            if !matches!(place.key, Key::Step | Key::StepCondition | Key::JobOutput | Key::EnvironmentUrl) {
                continue;
            }
            let wrong = match position(job, id) {
                None => Some(did_you_mean(id, job.steps().iter().filter_map(|step| step.id.as_deref()))),
                Some((index, _)) if !ran(place, index) => Some("that step has not run yet".to_owned()),
                Some((_, step)) => missing(step, used.name(1), used.name(2)),
            };
            if let Some(help) = wrong {
                let message = format!("{} reads `{used}`, which does not exist there", place.described());
                found.push(place.error(self.code(), message).help(format!("{help}; {FAULT}")));
            }
        }
    }
}

fn position<'j>(job: &'j Job, id: &str) -> Option<(usize, &'j Step)> {
    let is = |step: &Step| step.id.as_deref().is_some_and(|known| known.eq_ignore_ascii_case(id));
    job.steps().iter().enumerate().find(|(_, step)| is(step))
}

/// Whether a step has run when this place is read: what belongs to the whole job is read at its end.
fn ran(place: &Place<'_>, index: usize) -> bool {
    matches!(place.key, Key::JobOutput | Key::EnvironmentUrl) || place.step.is_some_and(|at| index < at)
}

/// What is to be said of a property that a step does not have.
fn missing(step: &Step, property: Option<&str>, output: Option<&str>) -> Option<String> {
    let property = property?;
    if ["outcome", "conclusion"].iter().any(|known| property.eq_ignore_ascii_case(known)) {
        return None;
    }
    if !property.eq_ignore_ascii_case("outputs") {
        return Some(did_you_mean(property, ["outputs", "outcome", "conclusion"]));
    }
    let output = output?;
    match &step.kind {
        StepKind::Uses(action) => {
            let known = catalogue::action(&action.name).filter(|known| !known.can_set(output))?;
            Some(did_you_mean(output, known.outputs.iter().copied()))
        }
        // A script that writes its outputs itself names them; one that calls another may leave that to it.
        StepKind::Run(run) => {
            let script = run.script.as_str();
            (script.contains("GITHUB_OUTPUT") && !script.contains(output))
                .then(|| format!("the script of that step writes no `{output}`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{action, breaks, clean, first_step, job, passes, run, steps};

    fn reading(value: &str) -> crate::workflow::Workflow {
        let mut workflow = clean();
        let build = action("docker/build-push-action", &[("push", "false")]).id("image");
        let late = run("Late", "true").id("late");
        let reads = run("Read", "true").env([("VALUE", format!("${{{{ {value} }}}}"))]);
        steps(&mut workflow).extend([build, reads, late]);
        workflow
    }

    #[test]
    fn outputs_against_the_catalogue() {
        passes(&reading("steps.image.outputs.digest"));
        passes(&reading("steps.image.outcome"));
        let found = breaks("step-reference", &reading("steps.image.outputs.digset"));
        assert!(found[0].help.as_deref().is_some_and(|help| help.starts_with("did you mean `digest`?")));
        breaks("step-reference", &reading("steps.image.result"));
    }

    #[test]
    fn outputs_of_a_script() {
        passes(&reading("steps.make.outputs.seed"));
        breaks("step-reference", &reading("steps.make.outputs.sed"));
    }

    #[test]
    fn a_step_that_does_not_exist_or_runs_later() {
        breaks("step-reference", &reading("steps.imag.outputs.digest"));
        breaks("step-reference", &reading("steps.late.outcome"));
        let mut workflow = clean();
        first_step(&mut workflow).condition = Some("steps.make.outcome == 'success'".to_owned());
        breaks("step-reference", &workflow);
    }

    #[test]
    fn outputs_of_the_job_are_read_at_its_end() {
        let mut workflow = reading("github.sha");
        job(&mut workflow).outputs.push(("how".to_owned(), "${{ steps.late.outcome }}".to_owned()));
        passes(&workflow);
    }
}
