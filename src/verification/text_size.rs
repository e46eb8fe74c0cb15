//! No text is longer than GitHub reads.

use super::place::Place;
use super::{FAULT, Rule, Set};
use crate::diagnostics::{Code, Diagnostic, Location};
use crate::workflow::expression::MAX_LENGTH;
use crate::workflow::{Job, Pairs, Service, StepKind, Value, When, Work, Workflow};
use crate::yaml::emit;

pub(crate) struct TextSize;

impl Rule for TextSize {
    fn code(&self) -> Code {
        Code("text-size")
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/text-size.md")
    }

    fn verify(&self, set: &Set<'_>, found: &mut Vec<Diagnostic>) {
        let mut wrong = |at: &Location, message: String, help: &str| {
            found.push(Diagnostic::error(self.code(), at.clone(), message).help(help));
        };
        for workflow in set.workflows {
            if is_too_large(workflow) {
                let message = format!(
                    "`{}` has more than {} KB, and GitHub starts no run of it",
                    workflow.file,
                    MOST_BYTES / 1000
                );
                wrong(&workflow.origin, message, "move some of it to a separate workflow");
            }
        }
        for (_, job) in set.jobs() {
            for step in job.steps() {
                if let StepKind::Run(run) = &step.kind
                    && is_longer(run.script.as_str(), MAX_LENGTH)
                {
                    let message =
                        format!("the script of the step `{}` has more than {MAX_LENGTH} characters", step.name);
                    wrong(&step.origin, message, "keep it as a file of the repository, and run that file");
                }
            }
            for (name, _) in tables(job).flatten().filter(|(name, _)| name.len() > MOST_KEY) {
                let start: String = name.chars().take(40).collect();
                let message = format!("the name `{start}…` has more than {MOST_KEY} characters");
                wrong(&job.origin, message, "choose a shorter one");
            }
        }
        for place in set.places.iter().filter(|place| is_long(place)) {
            let message =
                format!("{} has more than {MAX_LENGTH} characters, and an expression in it", place.described());
            wrong(&place.at(), message, FAULT);
        }
        for used in set.actions.iter().filter(|used| used.action.name.starts_with("actions/cache")) {
            if used.input("key").is_some_and(|key| is_longer(&key.to_string(), MOST_CACHE_KEY)) {
                let message =
                    format!("the key of the cache of the step `{}` has more than 512 characters", used.step.name);
                wrong(&used.step.origin, message, "choose a shorter one");
            }
        }
    }
}

/// The most bytes of a workflow of which GitHub starts runs.
///
/// Source: <https://docs.github.com/actions/reference/limits>, workflow file size.
const MOST_BYTES: usize = 500_000;
/// The longest key that YAML reads without a sign before it.
const MOST_KEY: usize = 1024;
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching>
const MOST_CACHE_KEY: usize = 512;

/// Characters as GitHub counts them: UTF-16 units, of which there are never more than bytes.
fn is_longer(text: &str, most: usize) -> bool {
    text.len() > most && text.encode_utf16().count() > most
}

/// Returns whether a place is longer than an expression may be; only one that could be is printed to see.
fn is_long(place: &Place<'_>) -> bool {
    place.max_bytes() > MAX_LENGTH && is_longer(&place.printed(), MAX_LENGTH)
}

/// Returns whether a workflow is too large; only one that could be is written out to see.
fn is_too_large(workflow: &Workflow) -> bool {
    at_most(workflow) > MOST_BYTES
        && emit::workflow(workflow, &workflow.about).is_ok_and(|text| text.len() > MOST_BYTES)
}

/// More than the words and the indentation around any text.
const AROUND: usize = 64;

/// More bytes than a workflow can have.
fn at_most(workflow: &Workflow) -> usize {
    64 * AROUND + workflow.jobs.iter().map(of_job).sum::<usize>()
}

fn of_job(job: &Job) -> usize {
    let permissions: usize = job.permissions.iter().map(|one| one.scope.len() + one.reason.len() + AROUND).sum();
    let lines: usize = job.about.iter().chain(&job.needs).map(|line| line.len() + AROUND).sum();
    let services = services(job).iter().map(|service| {
        let texts = [&service.options, &service.command, &service.entrypoint].into_iter().flatten();
        texts.chain(&service.ports).map(|text| of_text(text)).sum::<usize>() + service.image.len() + 4 * AROUND
    });
    let steps = job.steps().iter().map(|step| {
        let kind = match &step.kind {
            StepKind::Run(run) => of_text(run.script.as_str()),
            StepKind::Uses(action) => action.name.len() + action.pin.as_ref().map_or(0, |pin| pin.sha.len()),
        };
        kind + of_text(&step.name) + step.condition.as_ref().map_or(0, When::max_bytes) + 4 * AROUND
    });
    let pairs = tables(job).flatten().map(|(key, value)| key.len() + of_value(value) + AROUND);
    permissions + lines + services.sum::<usize>() + steps.sum::<usize>() + pairs.sum::<usize>() + 16 * AROUND
}

/// A text with its indentation, which is less than this for every line.
fn of_text(text: &str) -> usize {
    text.len() + 16 * (1 + text.bytes().filter(|byte| *byte == b'\n').count())
}

fn of_value(value: &Value) -> usize {
    value.literal().map_or_else(|| value.max_bytes(), of_text)
}

fn services(job: &Job) -> &[Service] {
    match &job.work {
        Work::Steps { services, .. } => services,
        Work::Call { .. } => &[],
    }
}

/// Every table of names and values of a job.
fn tables(job: &Job) -> impl Iterator<Item = &Pairs> {
    let own = match &job.work {
        Work::Steps { env, .. } => env,
        Work::Call { with, .. } => with,
    };
    let container = match &job.work {
        Work::Steps { container: Some(container), .. } => Some(container),
        _ => None,
    };
    let container = container.into_iter().flat_map(|container| [&container.env, &container.credentials]);
    let inputs = job.steps().iter().filter_map(|step| match &step.kind {
        StepKind::Uses(action) => Some(&action.with),
        StepKind::Run(_) => None,
    });
    let services = services(job).iter().map(|service| &service.env);
    [own, &job.outputs]
        .into_iter()
        .chain(container)
        .chain(services)
        .chain(job.steps().iter().map(|step| &step.env))
        .chain(inputs)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{action, breaks, clean, first_step, passes, run, set_env, steps};
    use crate::workflow::{Github, Value};

    #[test]
    fn a_script_that_is_too_long() {
        let mut workflow = clean();
        steps(&mut workflow).push(run("Long", &"x".repeat(21_000)));
        passes(&workflow);
        steps(&mut workflow).push(run("Longer", &"x".repeat(21_001)));
        breaks("text-size", &workflow);
    }

    #[test]
    fn a_value_with_an_expression_that_is_too_long() {
        let mut workflow = clean();
        first_step(&mut workflow).env.push(("PLAIN".to_owned(), "x".repeat(21_001).into()));
        passes(&workflow);
        first_step(&mut workflow).env.push(("LONG".to_owned(), Value::from("x".repeat(21_000)) + Github::Sha));
        breaks("text-size", &workflow);
    }

    #[test]
    fn a_file_that_is_too_large() {
        let mut workflow = clean();
        // Lines of one character: their indentation is what makes the file large.
        steps(&mut workflow).extend((0..50).map(|index| run(&format!("Part {index}"), "x\n".repeat(600).as_str())));
        passes(&workflow);
        steps(&mut workflow).extend((0..50).map(|index| run(&format!("More {index}"), "x\n".repeat(600).as_str())));
        breaks("text-size", &workflow);
    }

    #[test]
    fn names_and_keys_that_are_too_long() {
        let mut workflow = clean();
        set_env(&mut workflow, &"X".repeat(1025), "x");
        breaks("text-size", &workflow);
        let mut workflow = clean();
        let key = "k".repeat(513);
        steps(&mut workflow).push(action("actions/cache", &[("path", "target"), ("key", &key)]));
        breaks("text-size", &workflow);
    }
}
