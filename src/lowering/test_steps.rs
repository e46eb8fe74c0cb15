//! Steps and settings of tests, in ci.yml and in the workflows of suites.

use serde_json::{Value as Json, json};

use super::jobs::json_lines;
use crate::definition::{Percent, Quarantine};
use crate::resolve::TestRun;
use crate::workflow::{Pairs, Step, Value, pairs};

/// Returns a runner's steps. The time limit of the step with the tests is below that of the job, so that results are
/// still uploaded and the hanging test is known.
///
/// After a job's time limit GitHub cancels all its steps but `always()` ones; after a step's limit, the step fails.
/// Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepstimeout-minutes>
pub(super) fn limited(steps: Vec<Step>, job: u64) -> Vec<Step> {
    let kept = (job / 4).clamp(1, 10);
    let limit = |step: Step| if step.id.as_deref() == Some("tests") { step.timeout(job - kept) } else { step };
    if job > kept { steps.into_iter().map(limit).collect() } else { steps }
}

/// Variables of every record.
pub(super) fn shard_env(run: &TestRun<'_>, name: &str, shards: u16, version: &Value) -> Pairs {
    pairs![
        ("PIPEWRIGHT_RECORD", Value::temp("record")),
        ("PIPEWRIGHT_RUN", name),
        ("PIPEWRIGHT_RUNNER", run.runner.name()),
        ("PIPEWRIGHT_SHARDS", shards.to_string()),
        ("PIPEWRIGHT_VERSION", version),
    ]
}

/// Returns the gates of a run, in the form that the script reads.
pub(super) fn gates(run: &TestRun<'_>, is_repeated: bool) -> Json {
    let pass_rate = run.gates.pass_rate.unwrap_or(Percent::whole(100));
    json!({
        "order": run.order.as_str(),
        "pass-rate": number(&pass_rate.fraction()),
        "slowest": run.gates.slowest.map(|slowest| number(&slowest.decimal_seconds())),
        "repeat": is_repeated,
    })
}

/// Returns a decimal as a JSON number.
fn number(text: &str) -> Json {
    serde_json::from_str(text).expect("a unit prints a decimal number")
}

/// Returns the quarantined tests, with their last days.
pub(super) fn quarantine(entries: &[(&str, &Quarantine)]) -> Option<(String, Value)> {
    let entries: Vec<Json> = entries
        .iter()
        .map(|(path, quarantine)| {
            json!({ "path": path, "reason": quarantine.reason, "issue": quarantine.issue, "until": quarantine.until.to_string() })
        })
        .collect();
    (!entries.is_empty()).then(|| ("PIPEWRIGHT_QUARANTINE".to_owned(), json_lines(&Json::Array(entries)).into()))
}
