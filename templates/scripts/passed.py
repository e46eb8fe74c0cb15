"""The one required check: the results of all jobs.

It passes if every job succeeded, or was skipped by its condition.

GitHub reports a skipped job as a success, so this job runs `if: always()` and
evaluates the condition of every skipped job again. A job that was skipped for any
other reason fails the check: one behind a failed job, or one that had not started
when the run was cancelled.

Environment:
  PIPEWRIGHT_NEEDS   toJSON(needs)
  PIPEWRIGHT_RULES   JSON {job: {"needs": [job, …], "if": condition}}, both where the
                     job has them. A condition is [value, operator, text], {"all":
                     [condition, …]}, {"any": [condition, …]}, "!cancelled()",
                     "!failure()", "always()", "failure()" or "success()". An operator
                     is ==, != or startsWith, and contains for the labels of the pull
                     request; a value is github.event_name, github.ref,
                     github.repository, inputs.NAME, needs.JOB.result or
                     needs.JOB.outputs.NAME
  PIPEWRIGHT_INPUTS  toJSON(inputs), where a rule reads an input
  GITHUB_EVENT_NAME  as the runner sets it, and GITHUB_REF, GITHUB_REPOSITORY,
                     GITHUB_EVENT_PATH

Exit status 1 unless every job passes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from formats import code
from parameters import parsed, strings, text
from runner import Problem, annotate, summary, table

HOLDING = ("!cancelled()", "!failure()", "always()")
FUNCTIONS = (*HOLDING, "failure()", "success()")
OPERATORS = ("==", "!=", "startsWith")
LABELS = "github.event.pull_request.labels.*.name"
VARIABLES = {
    "github.event_name": "GITHUB_EVENT_NAME",
    "github.ref": "GITHUB_REF",
    "github.repository": "GITHUB_REPOSITORY",
}
RESULTS = ("success", "failure", "cancelled", "skipped")


def judge_jobs() -> int:
    """Checks every job."""
    needs, rules = parsed("PIPEWRIGHT_NEEDS"), parsed("PIPEWRIGHT_RULES")
    if not isinstance(needs, dict) or not isinstance(rules, dict) or not rules:
        raise Problem(
            "PIPEWRIGHT_NEEDS and PIPEWRIGHT_RULES must be JSON objects, with jobs"
        )
    jobs = Jobs(needs, rules)
    rows, passed = [], True
    for job in [*rules, *(job for job in needs if job not in rules)]:
        reason = jobs.problem(job)
        rows.append((code(job), jobs.result(job), reason or jobs.why_skipped(job)))
        passed = passed and not reason
        # A job skipped behind a reported job is not reported again.
        if reason and not jobs.reported_before(job):
            annotate("error", f"{job}: {reason}", title="Not passed")
    summary(
        f"### {'Passed' if passed else 'Not passed'}\n\n"
        + table(("Job", "Result", "Reason"), rows)
    )
    return 0 if passed else 1


class Jobs:
    """The results of all jobs, and the rules by which they were skipped."""

    def __init__(self, needs: Mapping[str, Any], rules: Mapping[str, Any]) -> None:
        """Reads the rules."""
        self.needs = needs
        self.problems: dict[str, str] = {}
        self.before: dict[str, list[str]] = {}
        self.conditions: dict[str, Any] = {}
        inputs = parsed("PIPEWRIGHT_INPUTS", "null")
        self.inputs = inputs if isinstance(inputs, dict) else {}
        for job, rule in rules.items():
            if not isinstance(rule, dict) or set(rule) - {"needs", "if"}:
                raise Problem(
                    f"PIPEWRIGHT_RULES: `{job}` must have only the keys needs, if"
                )
            self.before[job] = strings(
                f"PIPEWRIGHT_RULES: `needs` of `{job}`", rule.get("needs", [])
            )
            if "if" in rule:
                check_condition(job, rule["if"])
                self.conditions[job] = rule["if"]

    def result(self, job: str) -> str:
        """The result that GitHub reports."""
        entry = self.needs.get(job)
        result = entry.get("result") if isinstance(entry, dict) else None
        return result if result in RESULTS else "unknown"

    def problem(self, job: str) -> str:
        """The reason for which a job fails the check, or ""."""
        if job not in self.problems:
            self.problems[job] = "waits for itself"
            result = self.result(job)
            if result == "success" or self.why_skipped(job):
                self.problems[job] = ""
            elif result == "skipped":
                self.problems[job] = self.unexplained(job)
            else:
                self.problems[job] = f"its result is {result}"
        return self.problems[job]

    def why_skipped(self, job: str) -> str:
        """The reason that explains a skipped job, or ""."""
        if self.result(job) != "skipped":
            return ""
        if self.holds(job) is False:
            return "its condition is false"
        # Without a status function GitHub adds `success()`, which is about all jobs
        # before this one.
        if asks_status(self.conditions.get(job)):
            return ""
        ancestors = self.ancestors(job)
        if any(self.problem(other) for other in ancestors):
            return ""
        skipped = [other for other in ancestors if self.result(other) == "skipped"]
        return f"`{skipped[0]}` was skipped" if skipped else ""

    def unexplained(self, job: str) -> str:
        """The message about a skip without a reason."""
        bad = self.bad_before(job)
        if bad:
            return f"was skipped, because `{bad[0]}` did not pass"
        if self.holds(job) is None:
            return "was skipped, and its condition cannot be evaluated again"
        return "was skipped, but had to run; was the run cancelled?"

    def bad_before(self, job: str) -> list[str]:
        """The jobs before this one that do not pass."""
        return [other for other in self.ancestors(job) if self.problem(other)]

    def reported_before(self, job: str) -> bool:
        """Returns whether a job was skipped behind another one that is reported."""
        if self.result(job) != "skipped":
            return False
        return any(other in self.needs for other in self.bad_before(job))

    def ancestors(self, job: str) -> list[str]:
        """All jobs that a job waits for, directly or indirectly."""
        found: dict[str, None] = {}
        left = list(self.before.get(job, []))
        while left:
            other = left.pop(0)
            if other not in found and other != job:
                found[other] = None
                left += self.before.get(other, [])
        return list(found)

    def holds(self, job: str) -> bool | None:
        """The condition of a job, evaluated again; None where a value is unusable."""
        if job not in self.conditions:
            return True
        return self.evaluate(job, self.conditions[job])

    def evaluate(self, job: str, condition: Any) -> bool | None:
        """A condition of a job, as it is in a run that can pass."""
        if condition in FUNCTIONS:
            return condition in HOLDING or self.status(job, condition)
        if isinstance(condition, dict):
            decides = "any" in condition
            parts = [
                self.evaluate(job, part)
                for part in condition["any" if decides else "all"]
            ]
            if decides in parts:
                return decides
            return None if None in parts else not decides
        path, operator, expected = condition
        if path == LABELS:
            found = labels()
            return None if found is None else expected.upper() in found
        value = self.value(path)
        if value is None:
            return None
        # GitHub compares texts without regard to case.
        if operator == "startsWith":
            return value.upper().startswith(expected.upper())
        return (value.upper() == expected.upper()) is (operator == "==")

    def status(self, job: str, function: str) -> bool | None:
        """Returns whether a previous job failed, or all of them succeeded."""
        results = [self.result(other) for other in self.ancestors(job)]
        if function == "failure()" and "failure" in results:
            return True
        if function == "success()" and {*results} - {"success", "unknown"}:
            return False
        return None if "unknown" in results else function == "success()"

    def value(self, path: str) -> str | None:
        """A value; None for a missing one and for an output that is no boolean."""
        if path in VARIABLES:
            return text(VARIABLES[path])
        if path.startswith("inputs."):
            # A run that was not started by hand has none.
            given = self.inputs.get(path.removeprefix("inputs."))
            return "" if given is None else str(given)
        _, job, kind, *name = path.split(".")
        if kind == "result":
            result = self.result(job)
            return None if result == "unknown" else result
        if self.result(job) != "success":
            return None
        outputs = self.needs[job].get("outputs")
        value = outputs.get(name[0]) if isinstance(outputs, dict) else None
        return value if value in ("true", "false") else None


def labels() -> list[str] | None:
    """The labels of the pull request in upper case; None for an unusable event."""
    try:
        with open(text("GITHUB_EVENT_PATH"), encoding="utf-8") as file:
            event = json.load(file)
        request = event.get("pull_request", {"labels": []})
        return [str(label["name"]).upper() for label in request["labels"]]
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def asks_status(condition: Any) -> bool:
    """Returns whether a condition contains a status function."""
    if isinstance(condition, dict):
        return any(asks_status(part) for parts in condition.values() for part in parts)
    return condition in FUNCTIONS


def check_condition(job: str, condition: Any) -> None:
    """Refuses a condition that this script cannot evaluate."""
    if condition in FUNCTIONS:
        return
    if isinstance(condition, dict) and len(condition) == 1:
        ((kind, parts),) = condition.items()
        if kind in ("all", "any") and isinstance(parts, list) and parts:
            for part in parts:
                check_condition(job, part)
            return
    elif (
        isinstance(condition, list)
        and len(condition) == 3
        and (condition[0] == LABELS) is (condition[1] not in OPERATORS)
    ):
        path, operator, expected = strings(
            f"PIPEWRIGHT_RULES: `if` of `{job}`", condition
        )
        if path == LABELS and operator == "contains" and expected:
            return
        root, *steps = path.split(".")
        is_input = root == "inputs" and len(steps) == 1
        is_need = root == "needs" and (
            steps[1:] == ["result"] or (len(steps) == 3 and steps[1] == "outputs")
        )
        if is_input or ((is_need or path in VARIABLES) and expected):
            return
    raise Problem(f"PIPEWRIGHT_RULES: `if` of `{job}` is no condition: {condition}")
