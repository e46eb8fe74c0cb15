//! The key of the definition that a line of a generated workflow comes from.

use crate::at;
use crate::definition;
use crate::diagnostics::{Key, Location, Locator};
use crate::trace::Effect;
use crate::workflow::{Job, Step, Workflow};

/// The source of a line of a generated file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The part of the workflow that the line belongs to.
    pub part: String,
    /// The key of the definition.
    pub at: Location,
    /// A key that is not set, and whose default the line has.
    pub unset: Option<Location>,
    /// Meaning of the key.
    pub meaning: Option<String>,
    /// Effect of the step.
    pub effect: Option<&'static str>,
}

/// A place in the text of a workflow.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Place {
    /// Keys of the top level, of the job, or of a trigger.
    keys: Vec<String>,
    /// The job's id.
    job: Option<String>,
    /// The step's index.
    step: Option<usize>,
}

/// Finds the source of a line, from 1, of a generated workflow, whose text is on disk. None for a job that the workflow does not have.
pub fn provenance(workflow: &Workflow, text: &str, line: usize, locator: &Locator<'_>) -> Option<Provenance> {
    let place = place(text, line);
    let Some(id) = &place.job else { return Some(of_workflow(workflow, &place, locator)) };
    let job = workflow.jobs.iter().find(|job| job.id == *id)?;
    match place.step {
        Some(index) => job.steps().get(index).map(|step| of_step(job, step)),
        None => Some(of_job(job, &place, locator)),
    }
}

fn of_workflow(workflow: &Workflow, place: &Place, locator: &Locator<'_>) -> Provenance {
    let keys: Vec<&str> = place.keys.iter().map(String::as_str).collect();
    let project = match keys.as_slice() {
        ["name", ..] => Some(at!["project", "name"]),
        ["on", "schedule", ..] => Some(at!["project", "nightly"]),
        ["on", "push", ..] => Some(at!["project", "branches"]),
        _ => None,
    };
    let own = keys.first().map(|key| workflow.origin.clone().then(*key));
    let at = own.into_iter().chain(project).find(|at| locator.has(at)).unwrap_or_else(|| workflow.origin.clone());
    let part = keys.first().map_or_else(String::new, |key| format!("`{key}` of "));
    Provenance { part: format!("{part}the workflow `{}`", workflow.name), ..found(at) }
}

fn of_job(job: &Job, place: &Place, locator: &Locator<'_>) -> Provenance {
    let key = place.keys.first().map(String::as_str);
    let named = match key {
        Some("timeout-minutes") => Some("timeout"),
        Some("if") => Some("when"),
        Some(
            key @ ("runs-on" | "env" | "container" | "services" | "needs" | "permissions" | "environment" | "matrix"
            | "uses" | "with" | "secrets"),
        ) => Some(key),
        _ => None,
    };
    let part = key.map_or_else(String::new, |key| format!("`{key}` of "));
    let part = format!("{part}the job `{}`", job.id);
    let Some(named) = named else { return Provenance { part, ..found(job.origin.clone()) } };
    let own = job.origin.clone().then(named);
    let project = at!["project", named];
    let candidates = [own, project];
    if let Some(at) = candidates.iter().find(|at| locator.has(at)) {
        return Provenance { part, ..found(at.clone()) };
    }
    let unset = candidates.into_iter().find(|at| definition::meaning(at).is_some());
    let meaning = unset.as_ref().and_then(definition::meaning);
    let origin = found(job.origin.clone());
    Provenance { part, unset, meaning: meaning.or(origin.meaning.clone()), ..origin }
}

fn of_step(job: &Job, step: &Step) -> Provenance {
    let effect = match step.effect {
        Effect::None => None,
        Effect::Changes => Some("changes an environment"),
        Effect::Verifies => Some("verifies an environment"),
        Effect::Restores => Some("restores the version that was verified last"),
        Effect::Tells => Some("sends a notification"),
        Effect::Publishes => Some("publishes an image"),
        Effect::Unknown => Some("is a custom step, which may change anything that it can reach"),
    };
    Provenance {
        part: format!("the step `{}` of the job `{}`", step.name, job.id),
        effect,
        ..found(step.origin.clone())
    }
}

fn found(at: Location) -> Provenance {
    let meaning = meaning(&at);
    // The key is shown, and not all of its table.
    let at = match at {
        Location::Path(path, _) => Location::Path(path, Key::Itself),
        other => other,
    };
    Provenance { part: String::new(), at, unset: None, meaning, effect: None }
}

/// The meaning of a key, or of the closest table around it that has one.
fn meaning(at: &Location) -> Option<String> {
    let Location::Path(path, _) = at else { return None };
    let around = (1..=path.len()).rev().filter_map(|length| path.get(..length));
    around.map(|path| Location::value(path.to_vec())).find_map(|at| definition::meaning(&at))
}

/// The place of a line, from 1. Comments and blank lines belong to the entry below them.
///
/// A generated workflow has its keys at fixed columns, which a script never reaches: jobs at 2, their keys at 4, the items
/// of their steps at 6.
fn place(text: &str, line: usize) -> Place {
    let mut place = Place::default();
    let rest = |line: &str| line.trim_start().starts_with('#') || line.trim().is_empty();
    let lines: Vec<&str> = text.lines().collect();
    let end = (line.saturating_sub(1)..lines.len()).find(|index| lines.get(*index).is_none_or(|line| !rest(line)));
    for line in lines.iter().take(end.map_or(lines.len(), |end| end + 1)).filter(|line| !rest(line)) {
        let indent = line.len() - line.trim_start().len();
        let key = line.trim_start().split(':').next().unwrap_or_default().trim_matches('"').to_owned();
        let in_jobs = place.keys.first().is_some_and(|key| key == "jobs") || place.job.is_some();
        match indent {
            0 => place = Place { keys: vec![key], ..Place::default() },
            2 if in_jobs => place = Place { job: Some(key), ..Place::default() },
            2 => place.keys = place.keys.iter().take(1).cloned().chain([key]).collect(),
            4 if place.job.is_some() => place = Place { keys: vec![key], job: place.job, step: None },
            6 if place.keys == ["steps"] && line.trim_start().starts_with("- ") => {
                place.step = Some(place.step.map_or(0, |step| step + 1));
            }
            6 if place.keys.first().is_some_and(|key| key == "strategy") && key == "matrix" => place.keys = vec![key],
            _ => {}
        }
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
# Generated
name: ci

on:
  pull_request:
  push:
    branches: [main]

jobs:
  # The first one.
  a:
    timeout-minutes: 5
    steps:
      - name: One
        run: |
          jobs:
            b:
              steps:

      # About two.
      - name: Two
  b:
    needs: [a]
    strategy:
      matrix:
        x: [1]
    steps:
      - name: Three
";

    fn at(line: &str) -> (Vec<String>, Option<String>, Option<usize>) {
        let line = TEXT.lines().position(|other| other == line).expect(line) + 1;
        let Place { keys, job, step } = place(TEXT, line);
        (keys, job, step)
    }

    #[test]
    fn a_line_belongs_to_a_key_a_job_or_a_step() {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let job = |job: &str| Some(job.to_owned());
        assert_eq!(at("# Generated"), (keys(&["name"]), None, None));
        assert_eq!(at("    branches: [main]"), (keys(&["on", "push"]), None, None));
        assert_eq!(at("  # The first one."), (keys(&[]), job("a"), None));
        assert_eq!(at("    timeout-minutes: 5"), (keys(&["timeout-minutes"]), job("a"), None));
        assert_eq!(at("              steps:"), (keys(&["steps"]), job("a"), Some(0)));
        assert_eq!(at("      # About two."), (keys(&["steps"]), job("a"), Some(1)));
        assert_eq!(at("    needs: [a]"), (keys(&["needs"]), job("b"), None));
        assert_eq!(at("        x: [1]"), (keys(&["matrix"]), job("b"), None));
        assert_eq!(at("      - name: Three"), (keys(&["steps"]), job("b"), Some(0)));
    }
}
