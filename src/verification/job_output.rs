//! What a job reads of another is what that one hands on.

use super::set::strategy;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};
use crate::workflow::Job;

pub(crate) struct JobOutput;

impl Rule for JobOutput {
    fn code(&self) -> Code {
        Code("job-output")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/job-output.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (place, used) in set.uses("needs") {
            let Some(target) =
                used.name(0).and_then(|id| place.workflow.jobs.iter().find(|job| job.id.eq_ignore_ascii_case(id)))
            else {
                continue;
            };
            if let Some(help) = missing(target, used.name(1), used.name(2)) {
                let message = format!("{} reads `{used}`, which does not exist", place.described());
                let related = format!("the job `{}`", target.id);
                let found_here = place.error(self.code(), message).related(target.origin.clone(), related);
                found.push(found_here.help(format!("{help}; {FAULT}")));
            }
        }
        for (_, job) in set.jobs() {
            if !job.outputs.is_empty() && strategy(job).is_some() {
                let message = format!(
                    "the job `{}` has a matrix and outputs: whichever of its jobs ends last decides what they are",
                    job.id
                );
                found.push(Diagnostic::error(self.code(), job.origin.clone(), message).help(FAULT));
            }
        }
    }
}

/// What is to be said of a property that a job does not have.
fn missing(job: &Job, property: Option<&str>, output: Option<&str>) -> Option<String> {
    let property = property?;
    if property.eq_ignore_ascii_case("outputs") {
        let known = || job.outputs.iter().map(|(name, _)| name.as_str());
        let output = output?;
        return (!known().any(|name| name.eq_ignore_ascii_case(output))).then(|| did_you_mean(output, known()));
    }
    (!property.eq_ignore_ascii_case("result")).then(|| did_you_mean(property, ["outputs", "result"]))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, job, matrix, passes, second_job};

    fn reading(value: &str) -> crate::workflow::Workflow {
        let mut workflow = clean();
        job(&mut workflow).outputs.push(("seed".to_owned(), "${{ steps.make.outputs.seed }}".to_owned()));
        let second = second_job(&mut workflow);
        second.needs = vec!["build".to_owned()];
        second.condition = Some(value.to_owned());
        workflow
    }

    #[test]
    fn an_output_that_nobody_hands_on() {
        passes(&reading("needs.build.outputs.seed == '1' && needs.build.result == 'success'"));
        passes(&reading("contains(needs.*.result, 'failure')"));
        let found = breaks("job-output", &reading("needs.build.outputs.sed == '1'"));
        assert!(found[0].help.as_deref().is_some_and(|help| help.starts_with("did you mean `seed`?")));
        breaks("job-output", &reading("needs.build.outcome == 'success'"));
    }

    #[test]
    fn an_output_of_a_matrix() {
        let mut workflow = reading("needs.build.outputs.seed == '1'");
        matrix(&mut workflow, "version", &["3.11", "3.12"]);
        breaks("job-output", &workflow);
    }
}
