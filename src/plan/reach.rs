//! Secrets, and the jobs that read them.

use std::collections::BTreeSet;

use super::change::{Change, Direction, Subject};
use crate::setup::{Kind, read_by};
use crate::workflow::Workflow;

/// A secret, the job that reads it, and whether pull requests start the job.
type Reach = (String, Option<String>, String, bool);

pub(super) fn changes(before: &[Workflow], after: &[Workflow]) -> Vec<Change> {
    let (before, after) = (reached(before), reached(after));
    let change = |direction, (secret, environment, job, in_pull_requests): &Reach| {
        let from = environment.as_ref().map_or(String::new(), |name| format!(" of the environment `{name}`"));
        let when = if *in_pull_requests { ", also in pull requests" } else { "" };
        Change::new(Subject::Secrets, direction, format!("`{secret}`{from} in {job}{when}"))
    };
    let gained = after.difference(&before).map(|reach| change(Direction::Gained, reach).reviewed());
    gained.chain(before.difference(&after).map(|reach| change(Direction::Lost, reach))).collect()
}

fn reached(workflows: &[Workflow]) -> BTreeSet<Reach> {
    let mut found = BTreeSet::new();
    for workflow in workflows {
        for job in &workflow.jobs {
            for (environment, kind, name) in read_by(job) {
                if kind == Kind::Secret {
                    let job = format!("`{}` of {}", job.id, workflow.file);
                    found.insert((name, environment, job, workflow.on.pull_request));
                }
            }
        }
    }
    found
}
