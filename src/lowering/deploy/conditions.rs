//! Conditions and permissions that the jobs of a deploy share.

use crate::definition::Start;
use crate::resolve::{Environment, Pipeline};
use crate::workflow::{Job, Value, When, need};

/// Condition of a job of an environment: the jobs in `needs` succeeded, and a manual deploy includes the environment.
/// It lists results, since an indirectly skipped job would skip this one otherwise.
///
/// Source: <https://github.com/actions/runner/issues/2205>
pub(super) fn run_condition(pipeline: &Pipeline<'_>, environment: &Environment<'_>, needs: &[String]) -> When {
    let waited = needs.iter().map(|id| need(id).result().is("success"));
    let condition = waited.fold(When::not_failed(), When::and);
    let is_manual = environment.written.start == Start::Manual;
    if environment.reached_by.len() == pipeline.environments.len() && !is_manual {
        return condition;
    }
    let reached = environment.reached_by.iter().map(|name| name.as_str());
    let chosen = Value::input("environment").is_one_of(reached);
    condition.and(if is_manual { chosen } else { When::event("push").or(chosen) })
}

/// Input that chooses between a deploy and a rollback.
pub(super) const ACTION: &str = "action";
/// Its values.
pub(super) const ACTIONS: [&str; 2] = ["deploy", "roll back"];

/// Condition of a rollback on demand.
pub(super) fn is_roll_back() -> When {
    let [_, roll_back] = ACTIONS;
    Value::input(ACTION).is(roll_back)
}

/// A job without a permission at all.
pub(super) fn without_permissions(mut job: Job) -> Job {
    job.permissions.clear();
    job
}
