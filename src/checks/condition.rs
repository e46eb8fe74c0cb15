//! A condition can hold.

use super::check::{Check, Subject};
use super::support::walk::{self, ROOT, Trail, entries, items};
use crate::definition::{Case, Condition as Written, Definition, Job, Name, RunEvent, WhenResult, Workflow};
use crate::diagnostics::{Code, Diagnostic, did_you_mean};

pub(crate) struct Condition;

const CODE: Code = Code("condition");

impl Check for Condition {
    fn code(&self) -> Code {
        CODE
    }

    fn page(&self) -> &'static str {
        include_str!("../../templates/rules/condition.md")
    }

    fn check(&self, subject: &Subject<'_>, found: &mut Vec<Diagnostic>) {
        let definition = subject.definition;
        let known: Vec<&str> = definition.components.keys().map(Name::as_str).collect();
        jobs(definition, &mut |at, job, workflow| {
            let Some(when) = &job.when else { return };
            cases(&at.key("when"), when, &mut |at, case| {
                if workflow.is_none() {
                    changed(at, case, &known, found);
                } else {
                    found.extend(changed_elsewhere(at, case));
                }
                let waits = !job.needs.is_empty() || workflow.is_some_and(|workflow| !workflow.needs.is_empty());
                if case.result == Some(WhenResult::Failure) && !waits {
                    let message = "the job needs no other, so nothing before it can fail";
                    found.push(Diagnostic::error(CODE, at.at(), message).help("add `needs = [\"…\"]`"));
                }
                results(at, case, &job.needs, found);
                possible(at, case, found);
            });
        });
        generated(definition, &mut |at, when| {
            cases(at, when, &mut |at, case| {
                changed(at, case, &known, found);
                results(at, case, &[], found);
                if case.result.is_some() {
                    let message =
                        "`result` is for custom jobs and steps: this job needs the success of what runs before it";
                    let help = "name events, branches or a label, as in `{ event = [\"push\"] }`";
                    found.push(Diagnostic::error(CODE, at.at(), message).help(help));
                }
                possible(at, case, found);
            });
        });
        walk::jobs(definition, &mut |at, _, job| {
            items(at, "steps", &job.steps, &mut |at, step| {
                let Some(when) = &step.when else { return };
                cases(&at.key("when"), when, &mut |at, case| results(at, case, &job.needs, found));
            });
        });
        walk::steps(definition, &mut |at, step| {
            let Some(when) = &step.when else { return };
            cases(&at.key("when"), when, &mut |at, case| {
                let of_job =
                    |at: &Trail<'_>| ["jobs.", "workflows."].iter().any(|table| at.at().dotted().starts_with(table));
                if !case.jobs.is_empty() && !of_job(at) {
                    results(at, case, &[], found);
                }
                found.extend(changed_elsewhere(at, case));
                possible(at, case, found);
            });
        });
    }
}

/// Every custom job, with its workflow where it is not one of `ci.yml`.
fn jobs(definition: &Definition, visit: &mut dyn FnMut(&Trail<'_>, &Job, Option<&Workflow>)) {
    let table = ROOT.key("jobs");
    for (name, job) in &definition.jobs {
        visit(&table.key(name), job, None);
    }
    let table = ROOT.key("workflows");
    for (name, workflow) in &definition.workflows {
        let at = table.key(name);
        let jobs = at.key("jobs");
        for (name, job) in &workflow.jobs {
            visit(&jobs.key(name), job, Some(workflow));
        }
    }
}

/// The condition of every job that is generated from another table.
fn generated(definition: &Definition, visit: &mut dyn FnMut(&Trail<'_>, &Written)) {
    let mut one =
        |at: &Trail<'_>, when: Option<&Written>| when.into_iter().for_each(|when| visit(&at.key("when"), when));
    entries(&ROOT, "components", &definition.components, &mut |at, _, it| one(at, it.when.as_ref()));
    entries(&ROOT, "tests", &definition.tests, &mut |at, _, it| one(at, it.when.as_ref()));
    entries(&ROOT, "suites", &definition.suites, &mut |at, _, it| one(at, it.when.as_ref()));
}

fn cases(at: &Trail<'_>, when: &Written, visit: &mut dyn FnMut(&Trail<'_>, &Case)) {
    match when.cases.as_slice() {
        [only] => visit(at, only),
        many => many.iter().enumerate().for_each(|(index, case)| visit(&at.index(index), case)),
    }
}

fn changed(at: &Trail<'_>, case: &Case, known: &[&str], found: &mut Vec<Diagnostic>) {
    items(at, "changed", &case.changed, &mut |at, name| {
        if !known.contains(&name.as_str()) {
            let message = format!("there is no component `{name}`");
            let help = did_you_mean(name, known.iter().copied());
            found.push(Diagnostic::error(CODE, at.at(), message).help(help));
        }
    });
}

/// A job knows the results of those that it needs.
fn results(at: &Trail<'_>, case: &Case, needs: &[Name], found: &mut Vec<Diagnostic>) {
    let table = at.key("jobs");
    for (name, results) in &case.jobs {
        let place = table.key(name);
        if !needs.contains(name) {
            let message = format!("the job does not wait for `{name}`");
            let help = format!("add `needs = [\"{name}\"]` to a custom job, or remove it");
            found.push(Diagnostic::error(CODE, place.at().key(), message).help(help));
        } else if results.is_empty() {
            let message = format!("no result of `{name}` would do");
            found.push(Diagnostic::error(CODE, place.at(), message).help("name at least one, as in `[\"failure\"]`"));
        }
    }
}

fn changed_elsewhere(at: &Trail<'_>, case: &Case) -> Option<Diagnostic> {
    let message = "`changed` is for jobs of `ci.yml`, which wait for the job that detects changes";
    let help = "write it at the job, or use `on.paths` of a workflow";
    (!case.changed.is_empty()).then(|| Diagnostic::error(CODE, at.key("changed").at(), message).help(help))
}

/// Keys that never hold together, and patterns that a condition cannot have.
fn possible(at: &Trail<'_>, case: &Case, found: &mut Vec<Diagnostic>) {
    for (key, patterns) in [("branches", &case.branches), ("tags", &case.tags)] {
        items(at, key, patterns, &mut |at, pattern| {
            let inner = pattern.trim_end_matches('*');
            if inner.is_empty() || inner.contains(['*', '?', '[', ']', '+', '!']) {
                let message = format!("`{pattern}` is neither a name nor the beginning of one followed by `*`");
                found.push(
                    Diagnostic::error(CODE, at.at(), message).help("write names, as in `[\"main\", \"release/*\"]`"),
                );
            }
        });
    }
    let only = |event: RunEvent| !case.event.is_empty() && case.event.iter().all(|own| *own == event);
    let mut never = |key: &str, message: &str, help: &str| {
        found.push(Diagnostic::error(CODE, at.key(key).at(), message).help(help));
    };
    let refs = !case.branches.is_empty() || !case.tags.is_empty();
    if !case.branches.is_empty() && !case.tags.is_empty() {
        never(
            "tags",
            "a run is of a branch or of a tag, never of both",
            "write a list of two tables, of which one holds",
        );
    }
    if case.label.is_some() && !case.event.is_empty() && !case.event.contains(&RunEvent::PullRequest) {
        never("label", "only pull requests have labels", "add `\"pull-request\"` to `event`, or remove `label`");
    }
    if refs && (only(RunEvent::PullRequest) || case.label.is_some()) {
        let key = if case.branches.is_empty() { "tags" } else { "branches" };
        never(key, "the run of a pull request is of no branch and no tag", "remove it, or write a list of two tables");
    }
}
