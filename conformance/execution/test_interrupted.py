"""ci.yml on the small pipeline: runs that are cancelled, run again, or out of time"""

from __future__ import annotations

import pytest

from runner.bench import Bench
from runner.pace import Pace
from runner.run import Run
from seen import blocking
from small import changed, proposed

NEW = "tests/test_new.py"
PASSING = "def test_new() -> None:\n    pass\n"
HANGING = "import time\n\n\ndef test_new() -> None:\n    time.sleep(300)\n"
QUICK = Pace(minute=60, interrupt=1, terminate=0.5, streams=0.5)


def under_test(run: Run) -> bool:
    """Whether a shard runs its tests."""
    return any(step.endswith(": Run tests") for step in run.running())


def test_cancelled_while_tests_run(github: Bench) -> None:
    """Shards that are cancelled leave no gates, and the required check is not green."""
    github.pace = QUICK
    run = github.begin("ci.yml", proposed(github, "cancelled-tests", {NEW: HANGING}))
    run.until(lambda: under_test(run))
    run.cancel()
    run.wait()
    assert run.result == "cancelled"
    assert run.results()["test-backend"] == "cancelled"
    assert run.results()["gates-backend"] == "skipped"
    assert "test-backend" in blocking(run)


def test_cancelled_before_the_gates(github: Bench) -> None:
    """Shards have passed, the gates have not started: their skip is no reason to be green."""
    hooks = {"after test-backend": lambda run: run.cancel()}
    run = github.run("ci.yml", proposed(github, "cancelled-gates", {NEW: PASSING}), hooks=hooks)
    assert run.result == "cancelled"
    assert run.results()["test-backend"] == "success"
    assert run.results()["gates-backend"] == "skipped"
    assert run.results()["passed"] == "failure"
    assert "gates-backend" in blocking(run)


@pytest.mark.thorough
def test_newer_commit_of_a_pull_request(github: Bench) -> None:
    """A second run of a pull request cancels the first one, which is not green."""
    github.pace = QUICK
    event = proposed(github, "newer-commit", {NEW: HANGING})
    first = github.begin("ci.yml", event)
    first.until(lambda: under_test(first))
    changed(github.origin, "newer-commit", {NEW: PASSING}, base="small")
    newer = github.pull_request("newer-commit", "small", number=event.number)
    second = github.run("ci.yml", newer)
    first.wait()
    assert (first.result, second.result) == ("cancelled", "success"), second.failures()
    assert "test-backend" in blocking(first)
    assert blocking(second) == []


def test_shard_out_of_time(github: Bench) -> None:
    """A shard over its time limit is ended without the run: the gates run, and are red."""
    github.pace = Pace(minute=30, interrupt=1, terminate=0.5, streams=0.5)
    settings = {"reruns": '0\ntimeout = "1m"'}
    run = github.run("ci.yml", proposed(github, "out-of-time", {NEW: HANGING}, settings))
    assert run.result == "failure"
    assert run.results()["test-backend"] in ("cancelled", "failure")
    assert run.results()["gates-backend"] == "failure"
    assert {"test-backend", "gates-backend"} <= set(blocking(run))
