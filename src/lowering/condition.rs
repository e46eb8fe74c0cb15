//! Conditions that the user wrote.

use crate::definition::{Case, Condition, RunEvent, WhenResult};
use crate::workflow::{Github, Property, Status, Value, When, need};

/// A condition of a step or a job.
pub(super) fn when(condition: &Condition) -> When {
    // GitHub adds `success()` only where no status function is asked at all.
    let explicit = condition.asks_result();
    let mut cases: Vec<When> = condition.cases.iter().map(|written| case(written, explicit)).collect();
    match cases.pop() {
        Some(only) if cases.is_empty() => only,
        last => {
            cases.extend(last);
            When::Any(cases)
        }
    }
}

fn case(case: &Case, explicit: bool) -> When {
    let mut parts = Vec::new();
    match case.result {
        Some(WhenResult::Failure) => parts.push(When::failure()),
        Some(WhenResult::Always) => parts.push(When::always()),
        Some(WhenResult::Success) => parts.push(When::Status(Status::Success)),
        None if !case.jobs.is_empty() => parts.push(When::not_cancelled()),
        None if explicit => parts.push(When::Status(Status::Success)),
        None => {}
    }
    for (job, results) in &case.jobs {
        parts.push(need(job).result().is_one_of(results.iter().map(|result| result.as_str())));
    }
    if !case.event.is_empty() {
        parts.push(Value::from(Github::EventName).is_one_of(case.event.iter().map(|event| event_name(*event))));
    }
    for (front, patterns) in [("refs/heads/", &case.branches), ("refs/tags/", &case.tags)] {
        if !patterns.is_empty() {
            parts.push(When::Any(patterns.iter().map(|pattern| matches(front, pattern)).collect()));
        }
    }
    if let Some(label) = &case.label {
        parts.push(When::Contains(Property::Github(Github::Labels), label.clone()));
    }
    if !case.changed.is_empty() {
        parts.push(When::Any(
            case.changed.iter().map(|what| need("changes").output(what.as_str()).is("true")).collect(),
        ));
    }
    if let Some(repository) = &case.repository {
        parts.push(Value::from(Github::Repository).is(repository));
    }
    When::All(parts)
}

/// The condition under which the run is of such a branch or tag.
fn matches(front: &str, pattern: &str) -> When {
    match pattern.trim_end_matches('*') {
        beginning if beginning.len() < pattern.len() => {
            When::StartsWith(Github::Ref.into(), format!("{front}{beginning}"))
        }
        name => Value::from(Github::Ref).is(format!("{front}{name}")),
    }
}

const fn event_name(event: RunEvent) -> &'static str {
    match event {
        RunEvent::Push => "push",
        RunEvent::PullRequest => "pull_request",
        RunEvent::MergeGroup => "merge_group",
        RunEvent::Schedule => "schedule",
        RunEvent::Release => "release",
        RunEvent::Manual => "workflow_dispatch",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_as_github_evaluates_them() {
        #[derive(serde::Deserialize)]
        struct Step {
            when: Condition,
        }
        for (written, printed) in [
            ("'success'", None),
            ("'failure'", Some("failure()")),
            ("'always'", Some("always()")),
            ("{ event = ['push'] }", Some("github.event_name == 'push'")),
            ("{ result = 'failure', event = ['push'] }", Some("failure() && github.event_name == 'push'")),
            ("['failure', { event = ['push'] }]", Some("failure() || success() && github.event_name == 'push'")),
            (
                "[{ label = 'a' }, { event = ['manual'] }]",
                Some(
                    "contains(github.event.pull_request.labels.*.name, 'a') || github.event_name == 'workflow_dispatch'",
                ),
            ),
            (
                "{ branches = ['main', 'release/*'], repository = 'acme/atom' }",
                Some(
                    "(github.ref == 'refs/heads/main' || startsWith(github.ref, 'refs/heads/release/')) \
                 && github.repository == 'acme/atom'",
                ),
            ),
            ("{ jobs = { a = ['failure'] } }", Some("${{ !cancelled() && needs.a.result == 'failure' }}")),
            (
                "['failure', { jobs = { a = ['success', 'skipped'] }, event = ['push'] }]",
                Some(
                    "failure() || !cancelled() && contains(fromJSON('[\"success\", \"skipped\"]'), needs.a.result) \
                 && github.event_name == 'push'",
                ),
            ),
            ("{ tags = ['v*'] }", Some("startsWith(github.ref, 'refs/tags/v')")),
            (
                "{ event = ['push', 'manual'], changed = ['a', 'b'] }",
                Some(
                    "contains(fromJSON('[\"push\", \"workflow_dispatch\"]'), github.event_name) \
                 && (needs.changes.outputs.a == 'true' || needs.changes.outputs.b == 'true')",
                ),
            ),
        ] {
            let step: Step = toml::from_str(&format!("when = {written}")).expect(written);
            assert_eq!(when(&step.when).printed().as_deref(), printed, "{written}");
        }
    }
}
