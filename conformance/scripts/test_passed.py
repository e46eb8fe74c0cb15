"""passed.py: the one required check."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import Bench, Done

TOUCHED = ["needs.changes.outputs.api", "==", "true"]
RULES: dict[str, Any] = {
    "drift": {},
    "changes": {},
    "plan": {},
    "test": {"needs": ["changes", "plan"], "if": TOUCHED},
    "gates": {
        "needs": ["plan", "test"],
        "if": {"all": ["!cancelled()", ["needs.test.result", "!=", "skipped"]]},
    },
    "suite": {
        "needs": ["changes"],
        "if": {"all": [TOUCHED, ["github.event_name", "!=", "schedule"]]},
    },
    "sign": {"needs": ["gates"]},
    "either": {
        "needs": ["changes", "test"],
        "if": {"any": [["needs.test.result", "!=", "skipped"], TOUCHED]},
    },
}
SKIPPED = {job: "skipped" for job in ("test", "gates", "suite", "sign", "either")}


def needs(api: Any = "true", **results: Any) -> dict[str, Any]:
    """Results of all jobs; those that are not named succeeded."""
    found = {job: {"result": results.get(job, "success"), "outputs": {}} for job in RULES}
    found["changes"]["outputs"] = {"api": api}
    return found


def check(bench: Bench, given: Any, rules: Any = None, event: str = "pull_request") -> Done:
    """The script's answer."""
    env = {"GITHUB_EVENT_NAME": event}
    return bench.script("passed", environment=env, NEEDS=given, RULES=rules or RULES)


def rows(done: Done) -> dict[str, tuple[str, str]]:
    """The table: result and reason by job."""
    cells = [
        [cell.strip() for cell in line.strip("| \n").split(" | ")]
        for line in done.summary.splitlines()
        if line.startswith("| `")
    ]
    return {job.strip("`"): (result, reason[0] if reason else "") for job, result, *reason in cells}


def failing(done: Done) -> list[str]:
    """The jobs that are annotated."""
    found = [line.split("::")[2].split(":")[0] for line in done.annotations("error")]
    assert done.code == (1 if found else 0), done.text
    return found


def test_everything_succeeded(bench: Bench) -> None:
    done = check(bench, needs())
    assert failing(done) == []
    assert rows(done) == {job: ("success", "") for job in RULES}
    assert done.summary.startswith("### Passed\n")


def test_what_no_change_touches_is_skipped(bench: Bench) -> None:
    done = check(bench, needs("false", **SKIPPED))
    assert failing(done) == []
    assert rows(done)["test"] == ("skipped", "its condition is false")
    assert rows(done)["gates"] == ("skipped", "its condition is false")
    # GitHub skips a job without a status function where any job before it was skipped.
    assert rows(done)["sign"] == ("skipped", "`gates` was skipped")


def test_a_job_is_skipped_behind_one_that_is_two_jobs_before(bench: Bench) -> None:
    rules = {
        "changes": {},
        "test": {"needs": ["changes"], "if": TOUCHED},
        "coverage": {"needs": ["test"], "if": "!cancelled()"},
        "publish": {"needs": ["coverage"]},
    }
    given = {job: {"result": "success", "outputs": {"api": "false"}} for job in rules}
    given["test"]["result"] = given["publish"]["result"] = "skipped"
    assert failing(check(bench, given, rules)) == []
    given["test"]["result"] = "success"
    assert failing(check(bench, given, rules)) == ["publish"]


def test_a_job_that_runs_behind_skipped_jobs_is_not_excused_by_them(bench: Bench) -> None:
    ran = {"any": [[f"needs.{job}.result", "!=", "skipped"] for job in ("test", "unit")]}
    rules = {
        "changes": {},
        "test": {"needs": ["changes"], "if": TOUCHED},
        "unit": {},
        "coverage": {"needs": ["test", "unit"], "if": {"all": ["!cancelled()", ran]}},
    }
    given = {job: {"result": "success", "outputs": {"api": "false"}} for job in rules}
    given["test"]["result"] = "skipped"
    assert failing(check(bench, given, rules)) == []
    given["coverage"]["result"] = "skipped"
    assert failing(check(bench, given, rules)) == ["coverage"]


def test_a_schedule_skips_the_suite_alone(bench: Bench) -> None:
    given = needs(suite="skipped")
    assert failing(check(bench, given, event="schedule")) == []
    assert failing(check(bench, given, event="push")) == ["suite"]


@pytest.mark.parametrize(
    ("given", "red"),
    [
        # A cancelled run: what had not started is skipped, though its condition holds.
        (needs(gates="skipped"), ["gates"]),
        (needs(gates="skipped", sign="skipped"), ["gates"]),
        (needs(test="cancelled", gates="skipped", sign="skipped"), ["test"]),
        (needs(suite="skipped"), ["suite"]),
        # A matrix without a cell.
        (needs(test="skipped", gates="skipped", sign="skipped"), ["test"]),
        (needs(either="skipped"), ["either"]),
        (needs(drift="skipped"), ["drift"]),
        (needs(changes="skipped", **SKIPPED), ["changes"]),
        # A failure before it, which is why it was skipped.
        (needs(plan="failure", test="skipped", gates="skipped", sign="skipped"), None),
        (needs(test="failure"), ["test"]),
        (needs(test="neutral"), ["test"]),
        (needs(test=None), ["test"]),
        # The output decides nothing where it is missing, or where its job did not succeed.
        (needs("", test="skipped"), ["test"]),
        (needs("False", test="skipped"), ["test"]),
        (needs(False, test="skipped"), ["test"]),
        (needs(None, test="skipped"), ["test"]),
        (needs("false", changes="failure", test="skipped"), ["changes"]),
        (needs("false", changes="cancelled", **SKIPPED), None),
        ({**needs(), "extra": {"result": "skipped"}}, ["extra"]),
        ({**needs(), "extra": {"result": "failure"}}, ["extra"]),
        ({**needs(), "extra": {"result": "success"}}, []),
        ({job: entry for job, entry in needs().items() if job != "gates"}, ["gates"]),
        ({**needs(), "gates": {}}, ["gates"]),
        ({**needs(), "gates": "success"}, ["gates"]),
    ],
)
def test_anything_else_does_not_pass(
    bench: Bench, given: dict[str, Any], red: list[str] | None
) -> None:
    done = check(bench, given)
    found = failing(done)
    assert found == red if red is not None else found


def test_the_reason_is_reported(bench: Bench) -> None:
    done = check(bench, needs(test="failure", gates="skipped", sign="skipped"))
    assert rows(done)["test"] == ("failure", "its result is failure")
    assert rows(done)["gates"] == ("skipped", "was skipped, because `test` did not pass")
    done = check(bench, needs(gates="skipped"))
    assert rows(done)["gates"] == (
        "skipped",
        "was skipped, but had to run; was the run cancelled?",
    )
    done = check(bench, needs("", suite="skipped"))
    assert rows(done)["suite"] == (
        "skipped",
        "was skipped, and its condition cannot be evaluated again",
    )


def test_a_job_behind_one_that_is_not_waited_for(bench: Bench) -> None:
    """A job that is only reported has no rule, so what is skipped behind it does not pass."""
    done = check(bench, {"sign": {"result": "skipped"}}, {"sign": {"needs": ["scan"]}})
    assert failing(done) == ["sign"]
    assert rows(done)["sign"][1] == "was skipped, because `scan` did not pass"


def test_a_long_chain_of_skipped_jobs(bench: Bench) -> None:
    chain: dict[str, Any] = {"changes": {}, "0": {"needs": ["changes"], "if": TOUCHED}}
    chain |= {str(link): {"needs": [str(link - 1)]} for link in range(1, 60)}
    given = {job: {"result": "skipped"} for job in chain}
    given["changes"] = {"result": "success", "outputs": {"api": "false"}}
    assert failing(check(bench, given, chain)) == []


def test_jobs_that_wait_for_each_other(bench: Bench) -> None:
    rules = {"a": {"needs": ["b"]}, "b": {"needs": ["a"]}}
    assert check(bench, {job: {"result": "skipped"} for job in rules}, rules).code == 1


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ("", {"a": {}}),
        ("[", {"a": {}}),
        ({}, "{}"),
        ({}, {"a": []}),
        ({}, {"a": {"skipped": "always"}}),
        ({}, {"a": {"needs": "b"}}),
        ({}, {"a": {"needs": [1]}}),
        ({}, {"a": {"if": "failure()"}}),
        ({}, {"a": {"if": {"all": []}}}),
        ({}, {"a": {"if": {"all": ["!cancelled()"], "any": ["!cancelled()"]}}}),
        ({}, {"a": {"if": {"not": ["!cancelled()"]}}}),
        ({}, {"a": {"if": ["needs.b.result", "<", "c"]}}),
        ({}, {"a": {"if": ["needs.b", "==", "c"]}}),
        ({}, {"a": {"if": ["needs.b.outputs", "==", "c"]}}),
        ({}, {"a": {"if": ["needs.b.result", "==", ""]}}),
        ({}, {"a": {"if": ["github.actor", "==", "b"]}}),
        ({}, {"a": {"if": ["needs.b.result", "==", 1]}}),
        ({}, {"a": {"if": True}}),
    ],
)
def test_bad_input_is_named(bench: Bench, given: Any, rules: Any) -> None:
    done = check(bench, given, rules)
    assert done.code == 1
    assert len(done.annotations("error")) == 1


BY_HAND = ["github.event_name", "==", "workflow_dispatch"]
ELSEWHERE = ["github.ref", "!=", "refs/heads/main"]
PUSHED = ["github.event_name", "==", "push"]
NO_DIGEST = ["inputs.api-digest", "==", ""]
CHOSEN = ["inputs.environment", "==", "production"]
ON = "!failure()", "!cancelled()"


def ended(job: str, operator: str, result: str) -> list[str]:
    """A condition about the result of a job."""
    return [f"needs.{job}.result", operator, result]


DEPLOY: dict[str, Any] = {
    "branch": {"if": {"all": [BY_HAND, ELSEWHERE]}},
    "ci": {"needs": ["branch"], "if": {"all": [*ON, {"any": [PUSHED, NO_DIGEST]}]}},
    "image": {"needs": ["branch", "ci"], "if": {"all": [*ON]}},
    "staging": {"needs": ["image"], "if": {"all": [*ON, ended("image", "==", "success")]}},
    "recover": {
        "needs": ["staging"],
        "if": {
            "all": [
                "always()",
                ended("staging", "!=", "success"),
                ended("staging", "!=", "skipped"),
            ]
        },
    },
    "production": {
        "needs": ["image", "staging"],
        "if": {
            "all": [
                *ON,
                ended("image", "==", "success"),
                ended("staging", "==", "success"),
                {"any": [PUSHED, CHOSEN]},
            ]
        },
    },
}


@pytest.mark.parametrize(
    ("ran", "inputs", "ref", "red"),
    [
        ("ci image staging production", None, "main", []),
        # A run that was cancelled between two jobs has no job that failed.
        ("ci image staging", None, "main", ["production"]),
        ("ci image", None, "main", ["staging"]),
        ("ci", None, "main", ["image"]),
        ("", None, "main", ["ci"]),
        # By hand: as far as the environment that was chosen, and without CI for a digest.
        ("ci image staging", {"environment": "staging"}, "main", []),
        ("ci image staging", {"environment": "production"}, "main", ["production"]),
        ("image staging", {"environment": "Staging", "api-digest": "sha256:1"}, "main", []),
        ("image staging", {"environment": "staging", "api-digest": ""}, "main", ["ci"]),
        ("ci image staging production", {"environment": "PRODUCTION"}, "main", []),
        # The job that refuses another branch had to run.
        ("ci image staging", {"environment": "staging"}, "feature", ["branch"]),
    ],
)
def test_jobs_of_a_deploy(
    bench: Bench, ran: str, inputs: dict[str, str] | None, ref: str, red: list[str]
) -> None:
    """A deploy's jobs are skipped by their conditions alone, which read the inputs."""
    given = {job: {"result": "success" if job in ran.split() else "skipped"} for job in DEPLOY}
    event = "push" if inputs is None else "workflow_dispatch"
    env = {"GITHUB_EVENT_NAME": event, "GITHUB_REF": f"refs/heads/{ref}"}
    done = bench.script("passed", environment=env, NEEDS=given, RULES=DEPLOY, INPUTS=inputs)
    assert failing(done) == red


def test_a_failed_deploy_is_reported_once(bench: Bench) -> None:
    """What is skipped behind a failed job is in the table, and no further error."""
    results = {"ci": "success", "image": "success", "staging": "failure", "recover": "success"}
    given = {job: {"result": results.get(job, "skipped")} for job in DEPLOY}
    env = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/main"}
    done = bench.script("passed", environment=env, NEEDS=given, RULES=DEPLOY, INPUTS=None)
    assert failing(done) == ["staging"]
    assert rows(done)["production"] == ("skipped", "its condition is false")


TAGGED = ["github.ref", "startsWith", "refs/tags/v"]
CONDITIONS: dict[str, Any] = {
    "a": {},
    "report": {"needs": ["a"], "if": "failure()"},
    "either": {
        "needs": ["a"],
        "if": {"any": ["failure()", {"all": ["success()", TAGGED]}]},
    },
    "bundle": {"if": ["github.event.pull_request.labels.*.name", "contains", "bundle"]},
    "own": {"if": ["github.repository", "==", "acme/atom"]},
}


def conditional(
    bench: Bench,
    event: Any,
    ref: str = "refs/heads/main",
    repository: str = "acme/atom",
    **results: str,
) -> Done:
    """The script's answer for jobs with conditions of the user."""
    found = {job: {"result": results.get(job, "success"), "outputs": {}} for job in CONDITIONS}
    path = bench.write("event.json", "" if event is None else json.dumps(event))
    env = {
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REF": ref,
        "GITHUB_REPOSITORY": repository,
    }
    return bench.script("passed", environment=env, NEEDS=found, RULES=CONDITIONS)


def test_conditions_of_the_user_are_evaluated_again(bench: Bench) -> None:
    skipped = {"report": "skipped", "either": "skipped", "bundle": "skipped", "own": "skipped"}
    plain = {"pull_request": {"labels": [{"name": "docs"}]}}
    done = conditional(bench, plain, repository="fork/atom", **skipped)
    assert failing(done) == []
    assert set(rows(done).values()) == {("success", ""), ("skipped", "its condition is false")}
    assert failing(conditional(bench, {}, repository="fork/atom", **skipped)) == []


def test_a_skip_against_a_condition_of_the_user_does_not_pass(bench: Bench) -> None:
    labelled = {"pull_request": {"labels": [{"name": "Bundle"}]}}
    assert failing(conditional(bench, labelled, bundle="skipped")) == ["bundle"]
    assert failing(conditional(bench, {}, either="skipped", ref="refs/tags/v1")) == ["either"]
    assert failing(conditional(bench, {}, own="skipped")) == ["own"]
    done = conditional(bench, {}, a="failure", report="skipped")
    assert failing(done) == ["a"]
    assert rows(done)["report"] == ("skipped", "was skipped, because `a` did not pass")


def test_a_condition_that_cannot_be_evaluated_does_not_pass(bench: Bench) -> None:
    for event in (None, [], {"pull_request": {"labels": [{}]}}, {"pull_request": {}}):
        done = conditional(bench, event, bundle="skipped")
        assert failing(done) == ["bundle"], event
        assert "cannot be evaluated again" in done.text
