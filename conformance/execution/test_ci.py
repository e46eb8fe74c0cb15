"""ci.yml on the small pipeline: each way in which a test run can end."""

from __future__ import annotations

import pytest

from runner.bench import Bench
from seen import blocking, errors, failed, gates, verdicts
from small import TESTS, proposed


def test_all_green(github: Bench) -> None:
    """Everything passes: every gate and the aggregate check are green."""
    run = github.run("ci.yml", proposed(github, "green", {"tests/test_new.py": "def test_new(): pass\n"}))
    judged = run.job("Gates of backend")
    assert run.result == "success", [(job.name, job.log) for job in run.jobs if job.result != "success"]
    assert blocking(run) == []
    assert verdicts(judged) == {
        "complete": "passed",
        "TQ-01": "passed",
        "TQ-02": "passed",
        "TQ-03": "passed",
        "TQ-04": "not run",
    }
    assert gates(judged)["complete"].measured == f"2 of 2 shards, {TESTS + 1} tests executed"
    assert errors(judged) == []
