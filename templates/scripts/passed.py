"""The one required check: whether every job that this workflow waits for did what it should.

GitHub reports a skipped job as a success, and jobs behind a failed one are skipped; so this job
looks at every result itself, and runs `if: always()`.

Environment:
  PIPEWRIGHT_NEEDS  toJSON(needs)
  PIPEWRIGHT_RULES  JSON {job: {"skipped": rule}}: when a skipped job counts as a success;
                    `never`, `always`, or {"unless": {"job": …, "output": …}}: when that output
                    is `false`, so nothing called for the job

Exit status 1 unless every job succeeded, or was skipped by its rule.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from pipewright_common import InputError, annotate, code, parsed, run, summary, table


def main() -> int:
    """Judges every job."""
    needs, rules = parsed("PIPEWRIGHT_NEEDS"), parsed("PIPEWRIGHT_RULES")
    if not isinstance(needs, dict) or not isinstance(rules, dict) or not rules:
        raise InputError("PIPEWRIGHT_NEEDS and PIPEWRIGHT_RULES must be JSON objects, with jobs")
    rows, passed = [], True
    for job in [*rules, *(job for job in needs if job not in rules)]:
        result, reason = judge(job, needs, rules.get(job, {"skipped": "never"}))
        rows.append((code(job), result, reason or "passed"))
        if reason:
            passed = False
            annotate("error", f"{job}: {reason}", title="Not passed")
    summary(f"### {'Passed' if passed else 'Not passed'}\n\n" + table(("job", "is", "so"), rows))
    return 0 if passed else 1


def judge(job: str, needs: Mapping[str, Any], rule: Any) -> tuple[str, str]:
    """A job's result, and why it does not pass; an empty reason if it does."""
    allowed = skip_rule(job, rule)
    entry = needs.get(job)
    if not isinstance(entry, dict):
        return "missing", "this job does not wait for it; add it to `needs`"
    result = entry.get("result")
    if result == "success":
        return "success", ""
    if result == "skipped":
        return "skipped", skipped(allowed, needs)
    if result in ("failure", "cancelled"):
        return result, f"ended as {result}"
    return str(result), "its result is unknown"


def skip_rule(job: str, rule: Any) -> str | tuple[str, str]:
    """Reads a rule: `never`, `always`, or the job and the output that decide."""
    allowed = rule.get("skipped") if isinstance(rule, dict) else None
    if allowed in ("never", "always"):
        return str(allowed)
    unless = allowed.get("unless") if isinstance(allowed, dict) else None
    if isinstance(unless, dict):
        other, output = unless.get("job"), unless.get("output")
        if isinstance(other, str) and isinstance(output, str):
            return other, output
    raise InputError(
        f"PIPEWRIGHT_RULES: `skipped` of `{job}` must be `never`, `always`, "
        'or {"unless": {"job": …, "output": …}}'
    )


def skipped(allowed: str | tuple[str, str], needs: Mapping[str, Any]) -> str:
    """Why a skip does not pass; an output that cannot be read calls for the job."""
    if allowed == "always":
        return ""
    if isinstance(allowed, str):
        return "was skipped, but must run"
    job, output = allowed
    decider = needs.get(job)
    if not isinstance(decider, dict) or decider.get("result") != "success":
        return f"was skipped, but `{job}`, which decides about it, did not succeed"
    outputs = decider.get("outputs")
    value = outputs.get(output) if isinstance(outputs, dict) else None
    if value == "false":
        return ""
    if value == "true":
        return f"was skipped, but `{job}` says that `{output}` is touched"
    return f"was skipped, and `{job}` gives no `true` or `false` as `{output}`"


if __name__ == "__main__":
    sys.exit(run(main))
