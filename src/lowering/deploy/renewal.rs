//! Log-ins that are renewed during a deploy.

use crate::definition::Duration;
use crate::resolve::Environment;
use crate::workflow::Step;

/// A step, and the longest time that it may take.
pub(super) type Timed = (Step, Duration);

/// Returns a step with its longest time, by the words of its command.
pub(super) fn timed(environment: &Environment<'_>, words: &[&str], step: Step) -> Timed {
    let times = environment.times;
    let longest = match words.first() {
        Some(&"backup") => times.backup,
        Some(&"migrate" | &"migrate-verify") => times.migrate,
        Some(&"apply" | &"promote") => times.rollout,
        Some(&"shift") => times.shift,
        Some(&"judge") => times.judge,
        _ => step.timeout.map_or(times.other, |minutes| Duration::from_seconds(1) * (minutes * 60)),
    };
    (step, longest)
}

/// Returns the steps, with a log-in before each that could outlast the one before it. The job has logged in just before
/// the first of them.
pub(super) fn renewed(environment: &Environment<'_>, steps: Vec<Timed>, renew: &dyn Fn() -> Option<Step>) -> Vec<Step> {
    let Some(login) = environment.login() else { return steps.into_iter().map(|(step, _)| step).collect() };
    let mut elapsed = Duration::from_seconds(0);
    let mut found = Vec::new();
    for (step, longest) in steps {
        if elapsed + longest > login.usable {
            found.extend(renew());
            elapsed = Duration::from_seconds(0);
        }
        elapsed = elapsed + longest;
        found.push(step);
    }
    found
}
