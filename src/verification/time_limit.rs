//! Every job ends within what its machine allows, and no step may take longer than a job.

use super::set::strategy;
use super::{Rule, Set};
use crate::catalogue;
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::workflow::{Axis, Job, Machine, Work};

pub(crate) struct TimeLimit;

impl Rule for TimeLimit {
    fn code(&self) -> Code {
        Code("time-limit")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/time-limit.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for (_, job) in set.jobs() {
            let Work::Steps { runner, timeout, .. } = &job.work else { continue };
            let most = if *timeout > HOSTED && !is_hosted(job, runner) { OWN } else { HOSTED };
            if let Some(wrong) = wrong(*timeout, most) {
                found.push(self.error(&job.origin, &format!("the job `{}`", job.id), wrong));
            }
            for step in job.steps() {
                let longest = HOSTED.min(*timeout);
                if let Some(wrong) = step.timeout.and_then(|minutes| wrong(minutes, longest)) {
                    found.push(self.error(&step.origin, &format!("the step `{}`", step.name), wrong));
                }
            }
        }
    }
}

/// Minutes that a job may take on a machine of GitHub's, and a step on any.
///
/// Source: <https://docs.github.com/actions/reference/limits>, job execution time.
const HOSTED: u64 = 6 * 60;
/// Minutes that a job may take on a machine of one's own.
const OWN: u64 = 5 * 24 * 60;

impl TimeLimit {
    fn error(&self, at: &Location, what: &str, (wrong, help): (String, String)) -> Diagnostic {
        Diagnostic::error(self.code(), at.clone().then("timeout"), format!("{what} {wrong}")).help(help)
    }
}

/// Returns the mistake of a limit, and the text to write.
fn wrong(minutes: u64, most: u64) -> Option<(String, String)> {
    if minutes == 0 {
        return Some(("has no time".to_owned(), "give it a minute at least: `\"1m\"`".to_owned()));
    }
    (minutes > most).then(|| {
        let wrong = format!("may take {minutes} minutes, but GitHub ends it after {most}");
        let most = if most.is_multiple_of(60) { format!("{}h", most / 60) } else { format!("{most}m") };
        (wrong, format!("write `\"{most}\"` or less"))
    })
}

/// Returns whether a job may run on a machine of GitHub's.
fn is_hosted(job: &Job, runner: &Machine) -> bool {
    let known = |label: &str| catalogue::runners::runner(label).is_some();
    match runner {
        Machine::Label(label) => match label.literal() {
            Some(label) => known(label),
            None => strategy(job)
                .into_iter()
                .flat_map(|strategy| &strategy.axes)
                .any(|(_, axis)| matches!(axis, Axis::Texts(texts) if texts.iter().any(|text| known(text)))),
        },
        Machine::Labels(labels, _) => labels.iter().any(|label| known(label)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{breaks, clean, first_step, job, matrix, passes};
    use crate::workflow::{Machine, Value, Work, Workflow};

    fn on(label: impl Into<Value>, minutes: u64) -> Workflow {
        let mut workflow = clean();
        if let Work::Steps { runner, timeout, .. } = &mut job(&mut workflow).work {
            *runner = Machine::Label(label.into());
            *timeout = minutes;
        }
        workflow
    }

    #[test]
    fn jobs_that_take_too_long() {
        passes(&on("ubuntu-24.04", 360));
        breaks("time-limit", &on("ubuntu-24.04", 361));
        breaks("time-limit", &on("ubuntu-24.04", 0));
        passes(&on("gpu-large", 1000));
        breaks("time-limit", &on("gpu-large", 7201));
        let mut workflow = on(Value::matrix("os"), 400);
        matrix(&mut workflow, "os", &["ubuntu-24.04", "gpu-large"]);
        breaks("time-limit", &workflow);
    }

    #[test]
    fn steps_that_take_too_long() {
        // The job ends after 10.
        for minutes in [0, 11, 361] {
            let mut workflow = clean();
            first_step(&mut workflow).timeout = Some(minutes);
            breaks("time-limit", &workflow);
        }
    }
}
