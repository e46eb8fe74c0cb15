//! A value refers to what exists where it is read, and has been decided by then.

use super::place::{Key, Place};
use super::set::strategy;
use super::{FAULT, Rule, Set};
use crate::catalogue;
use crate::diagnostics::{Code, Diagnostic, Location, did_you_mean, listed};
use crate::workflow::{Job, Property, Step, StepKind, Strategy, Work, Workflow};

pub(crate) struct Reference;

impl Rule for Reference {
    fn code(&self) -> Code {
        Code("reference")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/reference.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        for place in &set.places {
            if place.asks_status && !matches!(place.key, Key::JobCondition | Key::StepCondition) {
                let message = format!("{} asks how the run has gone, which a condition alone can", place.described());
                found.push(place.error(self.code(), message).help(FAULT));
            }
            for property in &place.properties {
                if let Some((help, target)) = missing(set, place, property) {
                    let message = format!("{} reads `{property}`, which does not exist there", place.described());
                    let mut error = place.error(self.code(), message).help(format!("{help}; {FAULT}"));
                    if let Some((at, what)) = target {
                        error = error.related(at, what);
                    }
                    found.push(error);
                }
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

/// The contexts that a key may use.
///
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability>
fn contexts(key: Key) -> &'static [&'static str] {
    match key {
        Key::Workflow => &["github", "inputs", "vars"],
        Key::CallOutput => &["github", "jobs", "vars", "inputs"],
        Key::JobCondition | Key::Matrix => &["github", "needs", "vars", "inputs"],
        Key::Job => &["github", "needs", "strategy", "matrix", "vars", "inputs"],
        Key::JobEnv => &["github", "needs", "strategy", "matrix", "vars", "inputs", "secrets"],
        Key::EnvironmentUrl | Key::StepCondition => {
            &["github", "needs", "strategy", "matrix", "vars", "inputs", "job", "runner", "env", "steps"]
        }
        Key::ServiceEnv => {
            &["github", "needs", "strategy", "matrix", "vars", "inputs", "secrets", "job", "runner", "env"]
        }
        Key::JobOutput | Key::Step => {
            &["github", "needs", "strategy", "matrix", "vars", "inputs", "secrets", "job", "runner", "env", "steps"]
        }
    }
}

/// A place that a message also points at, and its name.
type Target = Option<(Location, String)>;

/// The help for a property that cannot be read at a place.
fn missing(set: &Set<'_>, place: &Place<'_>, property: &Property) -> Option<(String, Target)> {
    let allowed = contexts(place.key);
    if !allowed.contains(&property.context()) {
        return Some((format!("{} is allowed there", listed(allowed)), None));
    }
    let without_target = |help: String| (help, None);
    match (property, place.job) {
        (Property::Input(name), _) => unless_known(name, declared(place.workflow)).map(without_target),
        (Property::Matrix(axis), Some(job)) => {
            let known = strategy(job).into_iter().flat_map(Strategy::keys);
            unless_known(axis, known).map(without_target)
        }
        (Property::NeedResult(id), Some(job)) => needed(place.workflow, job, id).err().map(without_target),
        (Property::NeedOutput(id, output), Some(job)) => match needed(place.workflow, job, id) {
            Err(help) => Some(without_target(help)),
            Ok(target) => no_output(set, target, output),
        },
        (Property::JobOutput(id, output), _) => match place.workflow.jobs.iter().find(|job| job.id == *id) {
            None => Some(without_target(did_you_mean(id, place.workflow.jobs.iter().map(|job| job.id.as_str())))),
            Some(target) => no_output(set, target, output),
        },
        (Property::StepOutcome(id), Some(job)) => ran_before(place, job, id).err().map(without_target),
        (Property::StepOutput(id, output), Some(job)) => match ran_before(place, job, id) {
            Err(help) => Some(without_target(help)),
            Ok(step) => not_set(step, output).map(without_target),
        },
        _ => None,
    }
}

/// The help for an output that a job does not have. Only the workflow that it calls knows those of a call.
fn no_output(set: &Set<'_>, target: &Job, output: &str) -> Option<(String, Target)> {
    let own = match (&target.work, target.callee()) {
        (Work::Steps { .. }, _) => &target.outputs,
        (Work::Call { .. }, Some(file)) => &set.callee(file)?.on.call_outputs,
        (Work::Call { .. }, None) => return None,
    };
    unless_known(output, own.iter().map(|(name, _)| name.as_str()))
        .map(|help| (help, Some((target.origin.clone(), format!("the job `{}`", target.id)))))
}

/// The help for a name that is none of those that exist.
fn unless_known<'n>(name: &str, known: impl Iterator<Item = &'n str> + Clone) -> Option<String> {
    let exists = known.clone().any(|known| known == name);
    (!exists).then(|| did_you_mean(name, known))
}

fn declared(workflow: &Workflow) -> impl Iterator<Item = &str> + Clone {
    let called = workflow.on.call.iter().flatten().map(|input| input.name.as_str());
    called.chain(workflow.on.manual.iter().flatten().map(|input| input.name.as_str()))
}

/// The job of this id, if another waits for it.
fn needed<'w>(workflow: &'w Workflow, job: &Job, id: &str) -> Result<&'w Job, String> {
    let target = workflow.jobs.iter().find(|other| other.id == id);
    match target {
        Some(target) if job.needs.iter().any(|need| need == id) => Ok(target),
        _ => Err(format!("the job `{}` does not wait for `{id}`", job.id)),
    }
}

/// The step of this id, if it has ended when a place is read. What belongs to the whole job is read at its end.
fn ran_before<'j>(place: &Place<'_>, job: &'j Job, id: &str) -> Result<&'j Step, String> {
    let mut steps = job.steps().iter().enumerate();
    let Some((index, step)) = steps.find(|(_, step)| step.id.as_deref() == Some(id)) else {
        return Err(did_you_mean(id, job.steps().iter().filter_map(|step| step.id.as_deref())));
    };
    let is_at_the_end = matches!(place.key, Key::JobOutput | Key::EnvironmentUrl);
    if is_at_the_end || place.step.is_some_and(|at| index < at) {
        return Ok(step);
    }
    Err("that step has not run yet".to_owned())
}

/// The help for an output that a step does not set.
fn not_set(step: &Step, output: &str) -> Option<String> {
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
    use super::super::tests::{
        action, breaks, clean, first_step, job, manual, matrix, passes, run, second_job, set_env, steps,
    };
    use crate::workflow::{Github, Property, Value, When, Workflow, need, step};

    /// A workflow whose last step but one reads a value.
    fn step_reading(value: impl Into<Value>) -> Workflow {
        let mut workflow = clean();
        let build = action("docker/build-push-action", &[("push", "false")]).id("image");
        let late = run("Late", "true").id("late");
        let reads = run("Read", "true").env([("VALUE", value)]);
        steps(&mut workflow).extend([build, reads, late]);
        workflow
    }

    /// A workflow whose second job has a condition.
    fn second_job_reading(condition: When) -> Workflow {
        let mut workflow = clean();
        job(&mut workflow).outputs.push(("seed".to_owned(), step("make").output("seed")));
        let second = second_job(&mut workflow);
        second.needs = vec!["build".to_owned()];
        second.condition = Some(condition);
        workflow
    }

    #[test]
    fn a_secret_in_a_condition() {
        let mut workflow = clean();
        first_step(&mut workflow).condition = Some(Value::variable("TOKEN").is_not(""));
        passes(&workflow);
        first_step(&mut workflow).condition = Some(Value::secret("TOKEN").is_not(""));
        let found = super::super::verify(&[workflow]);
        assert!(found.iter().any(|one| one.code.0 == "reference"), "{found:#?}");
    }

    #[test]
    fn variables_of_a_job_know_neither_steps_nor_the_machine() {
        for value in [step("make").outcome(), Property::RunnerTemp.into(), Property::JobStatus.into()] {
            let mut workflow = clean();
            set_env(&mut workflow, "VALUE", value);
            breaks("reference", &workflow);
        }
    }

    #[test]
    fn a_job_condition_knows_no_matrix() {
        let mut workflow = clean();
        matrix(&mut workflow, "python", &["3.11", "3.12"]);
        job(&mut workflow).condition = Some(Value::matrix("python").is("3.12"));
        breaks("reference", &workflow);
    }

    #[test]
    fn status_functions_stand_in_conditions_alone() {
        breaks("reference", &step_reading(When::failure()));
        breaks("reference", &step_reading(When::cancelled().choose("a", "b")));
    }

    #[test]
    fn outputs_of_an_action_against_the_catalogue() {
        passes(&step_reading(step("image").output("digest")));
        passes(&step_reading(step("image").outcome()));
        let found = breaks("reference", &step_reading(step("image").output("digset")));
        assert!(found[0].help.as_deref().is_some_and(|help| help.starts_with("did you mean `digest`?")));
    }

    #[test]
    fn outputs_of_a_script() {
        passes(&step_reading(step("make").output("seed")));
        breaks("reference", &step_reading(step("make").output("sed")));
    }

    #[test]
    fn a_step_that_does_not_exist_or_runs_later() {
        breaks("reference", &step_reading(step("imag").output("digest")));
        breaks("reference", &step_reading(step("late").outcome()));
        let mut workflow = clean();
        first_step(&mut workflow).condition = Some(step("make").outcome().is("success"));
        breaks("reference", &workflow);
    }

    #[test]
    fn outputs_of_the_job_are_read_at_its_end() {
        let mut workflow = step_reading(Github::Sha);
        job(&mut workflow).outputs.push(("how".to_owned(), step("late").outcome()));
        passes(&workflow);
    }

    #[test]
    fn an_output_that_nobody_hands_on() {
        let build = || need("build");
        passes(&second_job_reading(build().output("seed").is("1").and(build().result().is("success"))));
        let found = breaks("reference", &second_job_reading(build().output("sed").is("1")));
        assert!(found[0].help.as_deref().is_some_and(|help| help.starts_with("did you mean `seed`?")));
    }

    #[test]
    fn an_output_of_a_matrix() {
        let mut workflow = second_job_reading(need("build").output("seed").is("1"));
        matrix(&mut workflow, "version", &["3.11", "3.12"]);
        breaks("reference", &workflow);
    }

    #[test]
    fn a_result_that_the_job_does_not_wait_for() {
        let mut workflow = clean();
        second_job(&mut workflow);
        first_step(&mut workflow).env.push(("HOW".to_owned(), need("second").result()));
        breaks("reference", &workflow);
    }

    #[test]
    fn an_axis_that_does_not_exist() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("VERSION".to_owned(), Value::matrix("python")));
        breaks("reference", &workflow);
        matrix(&mut workflow, "python", &["3.11", "3.12"]);
        passes(&workflow);
        first_step(&mut workflow).env.push(("OTHER".to_owned(), Value::matrix("pyhton")));
        breaks("reference", &workflow);
    }

    #[test]
    fn an_input_that_nobody_declares() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("SEED".to_owned(), Value::input("seed")));
        breaks("reference", &workflow);
        workflow.on.manual = Some(vec![manual("seed")]);
        passes(&workflow);
    }
}
