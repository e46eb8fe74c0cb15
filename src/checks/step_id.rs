//! The id of a step is its own.

use std::collections::HashMap;

use super::check::{Check, Subject};
use super::support::walk::{ROOT, Trail, entries, items, jobs};
use crate::definition::{Name, Step};
use crate::diagnostics::{Code, Diagnostic, Location};

pub(crate) struct StepId;

const CODE: Code = Code("step-id");

impl Check for StepId {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/step-id.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let mut of_components: HashMap<&str, Ids> = HashMap::new();
        entries(&ROOT, "components", &definition.components, &mut |at, _, it| {
            let mut ids = Ids::default();
            if let Some(custom) = &it.custom {
                ids.add(&at.key("custom"), "steps", &custom.steps, found);
            }
            ids.add(at, "before", &it.before, found);
            let prepared = ids.clone();
            ids.add(at, "after", &it.after, found);
            if let Some((name, _)) = definition.components.iter().find(|(_, other)| std::ptr::eq(*other, it)) {
                of_components.insert(name.as_str(), prepared);
            }
        });
        let prepared = |component: Option<&str>| component.and_then(|name| of_components.get(name)).cloned();
        entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| {
            let mut ids = prepared(Some(it.component.as_str())).unwrap_or_default();
            ids.add(at, "before", &it.before, found);
            ids.add(at, "after", &it.after, found);
        });
        entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| {
            let component = definition.tests.get(&it.of).map(|run| run.component.as_str());
            let mut ids = prepared(component).unwrap_or_default();
            ids.add(at, "before", &it.before, found);
            ids.add(at, "after", &it.after, found);
        });
        entries(&ROOT, "images", &definition.images, &mut |at, _, it| {
            let mut ids = Ids::default();
            ids.add(at, "before", &it.before, found);
            ids.add(at, "after", &it.after, found);
        });
        entries(&ROOT, "environments", &definition.environments, &mut |at, _, it| {
            let mut ids = Ids::default();
            ids.add(at, "before", &it.before, found);
            ids.add(at, "after", &it.after, found);
        });
        jobs(definition, &mut |at, _, it| {
            let mut ids = prepared(it.component.as_ref().map(Name::as_str)).unwrap_or_default();
            ids.alone = true;
            ids.add(at, "steps", &it.steps, found);
            items(at, "steps", &it.steps, &mut |at, step| {
                if let Some(id) = step.id.as_ref().filter(|id| it.needs.contains(id)) {
                    let message = format!("`{id}` is also a job in `needs`, so `{{ output = \"{id}.…\" }}` is unclear");
                    found.push(Diagnostic::error(CODE, at.key("id").at(), message).help("choose another id"));
                }
            });
        });
    }
}

/// Ids of steps that are generated.
const GENERATED: [&str; 15] = [
    "begin",
    "build",
    "changes",
    "doctests",
    "given",
    "kubectl",
    "notify",
    "plan",
    "playwright",
    "ready",
    "recover",
    "roll-back",
    "tests",
    "verify",
    "verify-rollback",
];

/// Ids of a job, with their places.
#[derive(Debug, Clone, Default)]
struct Ids {
    known: HashMap<String, Location>,
    /// The job has no generated step with an id.
    alone: bool,
}

impl Ids {
    fn add(&mut self, at: &Trail<'_>, key: &str, steps: &[Step], found: &mut Vec<Diagnostic>) {
        items(at, key, steps, &mut |at, step| {
            let Some(id) = &step.id else { return };
            let place = at.key("id").at();
            if !self.alone && GENERATED.contains(&id.as_str()) {
                let message = format!("`{id}` is the id of a step that is generated");
                found.push(Diagnostic::error(CODE, place, message).help("choose another id"));
            } else if let Some(other) = self.known.get(id.as_str()) {
                let message = format!("two steps of the job have the id `{id}`");
                let diagnostic = Diagnostic::error(CODE, place, message).related(other.clone(), "the other one");
                found.push(diagnostic.help("choose another id"));
            } else {
                self.known.insert(id.to_string(), place);
            }
        });
    }
}
