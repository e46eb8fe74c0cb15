//! Workflows, jobs, triggers, permissions, pins and time limits.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Direction, Subject};
use crate::workflow::{Access, Job, StepKind, Strategy, Triggers, Work, Workflow};

pub(super) fn changes(before: &[Workflow], after: &[Workflow]) -> Vec<Change> {
    let mut changes = Vec::new();
    let of = |all: &[Workflow], file: &str| all.iter().find(|workflow| workflow.file == file).cloned();
    let files: BTreeSet<&str> = before.iter().chain(after).map(|workflow| workflow.file.as_str()).collect();
    for file in files {
        match (of(before, file), of(after, file)) {
            (Some(old), Some(new)) => between(&old, &new, &mut changes),
            (None, Some(new)) => {
                changes.push(Change::new(Subject::Jobs, Direction::Gained, format!("workflow {file}")));
                let empty = Workflow { jobs: Vec::new(), on: Triggers::default(), ..new.clone() };
                between(&empty, &new, &mut changes);
            }
            (Some(_), None) => {
                changes.push(Change::new(Subject::Jobs, Direction::Lost, format!("workflow {file}")).reviewed());
            }
            (None, None) => {}
        }
    }
    changes.extend(sets(Subject::Pins, &pins(before), &pins(after)));
    changes.extend(minutes(before, after));
    changes
}

/// The changes of a workflow.
fn between(old: &Workflow, new: &Workflow, changes: &mut Vec<Change>) {
    let file = &new.file;
    let triggers = |on: &Triggers| events(on).into_iter().map(|event| format!("{event} ({file})")).collect();
    changes.extend(sets(Subject::Triggers, &triggers(&old.on), &triggers(&new.on)));
    for job in &new.jobs {
        match old.jobs.iter().find(|before| before.id == job.id) {
            Some(before) if before.name != job.name => {
                let text = format!("the check `{}` is now `{}` ({file})", before.name, job.name);
                changes.push(Change::new(Subject::Jobs, Direction::Changed, text));
            }
            Some(_) => {}
            None => {
                let text = format!("`{}`, the check `{}` ({file})", job.id, job.name);
                changes.push(Change::new(Subject::Jobs, Direction::Gained, text));
            }
        }
        let before = old.jobs.iter().find(|before| before.id == job.id);
        permissions(file, before, job, changes);
    }
    for job in old.jobs.iter().filter(|job| new.jobs.iter().all(|after| after.id != job.id)) {
        let text = format!("`{}`, the check `{}` ({file})", job.id, job.name);
        changes.push(Change::new(Subject::Jobs, Direction::Lost, text).reviewed());
    }
}

fn permissions(file: &str, before: Option<&Job>, after: &Job, changes: &mut Vec<Change>) {
    let access = |job: Option<&Job>, scope: &str| -> Option<Access> {
        job?.permissions.iter().find(|permission| permission.scope == scope).map(|permission| permission.access)
    };
    for permission in &after.permissions {
        let old = access(before, &permission.scope);
        if old < Some(permission.access) {
            let (scope, access) = (&permission.scope, permission.access.as_str());
            let text = format!("`{}` of {file}: `{scope}: {access}` ({})", after.id, permission.reason);
            let change = Change::new(Subject::Permissions, Direction::Gained, text);
            changes.push(if permission.access == Access::Write { change.reviewed() } else { change });
        }
    }
    for permission in before.iter().flat_map(|job| &job.permissions) {
        if access(Some(after), &permission.scope) < Some(permission.access) {
            let (scope, access) = (&permission.scope, permission.access.as_str());
            let text = format!("`{}` of {file}: `{scope}: {access}`", after.id);
            changes.push(Change::new(Subject::Permissions, Direction::Lost, text));
        }
    }
}

/// Events that start a run, as phrases.
fn events(on: &Triggers) -> BTreeSet<String> {
    let mut events = BTreeSet::new();
    let mut add = |is: bool, event: &str| {
        if is {
            events.insert(event.to_owned());
        }
    };
    add(on.pull_request, "pull requests");
    add(on.merge_group, "the merge queue");
    add(on.manual.is_some(), "start by hand");
    add(on.call.is_some(), "calls of other workflows");
    for branch in &on.push_branches {
        add(true, &format!("pushes to `{branch}`"));
    }
    for tag in &on.push_tags {
        add(true, &format!("tags `{tag}`"));
    }
    for (cron, timezone) in &on.schedule {
        add(true, &format!("schedule `{cron}` in {}", timezone.as_deref().unwrap_or("UTC")));
    }
    for release in &on.release {
        add(true, &format!("releases that are {release}"));
    }
    for path in &on.paths {
        add(true, &format!("changes of `{path}` alone"));
    }
    events
}

/// Actions with their versions.
fn pins(workflows: &[Workflow]) -> BTreeSet<String> {
    let steps = workflows.iter().flat_map(|workflow| &workflow.jobs).flat_map(Job::steps);
    let used = steps.filter_map(|step| match &step.kind {
        StepKind::Uses(action) => Some((&action.name, action.pin.as_ref()?)),
        StepKind::Run(_) => None,
    });
    used.map(|(name, pin)| format!("{name} {} ({})", pin.version, pin.sha.get(..12).unwrap_or(&pin.sha))).collect()
}

/// Members that are new, and those that are gone.
fn sets(subject: Subject, before: &BTreeSet<String>, after: &BTreeSet<String>) -> Vec<Change> {
    let change = |direction, text: &String| Change::new(subject, direction, text.clone());
    let gained = after.difference(before).map(|text| change(Direction::Gained, text));
    gained.chain(before.difference(after).map(|text| change(Direction::Lost, text))).collect()
}

/// The change of all time limits of a workflow together: each combination of a matrix has its job's.
fn minutes(before: &[Workflow], after: &[Workflow]) -> Vec<Change> {
    let total = |all: &[Workflow]| -> BTreeMap<String, u64> {
        let of = |workflow: &Workflow| workflow.jobs.iter().map(limit).sum();
        all.iter().map(|workflow| (workflow.file.clone(), of(workflow))).collect()
    };
    let (old, new) = (total(before), total(after));
    let files: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let change = |file: &String| {
        let (old, new) = (old.get(file).copied().unwrap_or_default(), new.get(file).copied().unwrap_or_default());
        let text = format!("{file}: at most {new} machine minutes a run, {old} before");
        (old != new).then(|| Change::new(Subject::Time, Direction::Changed, text))
    };
    files.into_iter().filter_map(change).collect()
}

fn limit(job: &Job) -> u64 {
    let Work::Steps { timeout, .. } = &job.work else { return 0 };
    let count = job.strategy().map_or(1, Strategy::combinations);
    timeout * count
}
