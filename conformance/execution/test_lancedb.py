"""lancedb-integration.yml: the suite of the reference pipeline, beside an S3 server."""

from __future__ import annotations

import re

import pytest

from runner.bench import Bench
from seen import errors, failed, gates
from small import BACKEND, changed

FILE = "lancedb-integration.yml"
EPISODES = "tests/integration/episodes"
REQUEST = re.compile(r'"(GET|HEAD|PUT|POST|DELETE) (/lancedb/\S*)')


@pytest.mark.thorough
def test_writes_and_reads(github: Bench) -> None:
    """The suite passes, and the S3 server was really written to and read from."""
    run = github.run(FILE, github.dispatch("main"))
    job = run.job("Test lancedb")
    assert run.result == "success", run.failures()
    assert failed(job) == []
    assert gates(job)["complete"].measured.startswith("1 of 1 shards, ")
    asked = REQUEST.findall(job.services["lancedb"].log)
    tables = {
        path for method, path in asked if method == "PUT" and path.startswith("/lancedb/test/")
    }
    assert any(".lance/data/" in path for path in tables), tables
    assert any(method == "GET" and ".lance/data/" in path for method, path in asked)
    assert "episode store: s3://lancedb/test" in job.step("Run tests").log


def test_service_never_healthy(github: Bench) -> None:
    """A server that never gets healthy fails the job, and no step of it succeeds."""
    run = github.run(FILE, github.dispatch("main"), broken=frozenset({"lancedb"}))
    job = run.job("Test lancedb")
    assert run.result == "failure"
    assert "success" not in {step.outcome for step in job.steps}
    assert job.step("Run tests").outcome == "skipped"
    assert [error.message.partition(":")[0] for error in errors(job)] == [
        "service lancedb is unhealthy"
    ]


@pytest.mark.thorough
def test_nothing_ran(github: Bench) -> None:
    """A suite without a test fails, in its run and in its gates."""
    files: dict[str, str | None] = {
        f"{EPISODES}/{path.rsplit('/', 1)[1]}": None
        for path in github.origin.files("main", f"{BACKEND}/{EPISODES}")
        if "/test_" in path
    }
    changed(
        github.origin,
        "no-episodes",
        {**files, f"{EPISODES}/test_none.py": "VALUE = 1\n"},
        base="main",
    )
    run = github.run(FILE, github.dispatch("no-episodes"))
    job = run.job("Test lancedb")
    assert run.result == "failure"
    assert job.step("Run tests").exit == 5
    assert "complete" in failed(job)
    assert "no test was collected" in job.summary
