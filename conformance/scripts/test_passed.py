"""passed.py: the one required check."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Bench

UNLESS = {"unless": {"job": "changes", "output": "backend"}}


def needs(test: str = "success", changes: str = "success", backend: Any = "true") -> dict[str, Any]:
    return {
        "changes": {"result": changes, "outputs": {"backend": backend}},
        "test": {"result": test, "outputs": {}},
    }


@pytest.mark.parametrize(
    ("skipped", "needs", "passes"),
    [
        ("never", needs(), True),
        ("never", needs("skipped"), False),
        ("always", needs("skipped"), True),
        ("always", needs("failure"), False),
        ("always", needs("cancelled"), False),
        ("always", needs("neutral"), False),
        ("always", needs(changes="failure"), False),
        (UNLESS, needs(), True),
        (UNLESS, needs("skipped", backend="false"), True),
        (UNLESS, needs("skipped", backend="true"), False),
        (UNLESS, needs("skipped", backend=""), False),
        (UNLESS, needs("skipped", backend=False), False),
        (UNLESS, needs("skipped", changes="failure", backend="false"), False),
        (UNLESS, needs("failure", backend="false"), False),
        (UNLESS, needs("cancelled", backend="false"), False),
        (UNLESS, {"test": {"result": "skipped"}, "changes": {"result": "success"}}, False),
        ("always", {"changes": {"result": "success"}}, False),
        ("always", {"changes": {"result": "success"}, "test": {}}, False),
        ("always", {**needs(), "extra": {"result": "skipped"}}, False),
        ("always", {**needs(), "extra": {"result": "success"}}, True),
    ],
)
def test_a_rule(bench: Bench, skipped: Any, needs: dict[str, Any], passes: bool) -> None:
    rules = {"changes": {"skipped": "never"}, "test": {"skipped": skipped}}
    done = bench.script("passed.py", NEEDS=needs, RULES=rules)
    assert done.code == (0 if passes else 1)
    assert bool(done.annotations("error")) is not passes
    assert "| `test` |" in done.summary


def test_a_job_that_was_skipped_itself_decides_nothing(bench: Bench) -> None:
    rules = {"changes": {"skipped": "always"}, "test": {"skipped": UNLESS}}
    given = needs("skipped", changes="skipped", backend="false")
    done = bench.script("passed.py", NEEDS=given, RULES=rules)
    assert done.code == 1
    assert "did not succeed" in done.annotations("error")[0]


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ("", {"a": {"skipped": "never"}}),
        ("[", {"a": {"skipped": "never"}}),
        ({}, {}),
        ({}, {"a": {"skipped": "sometimes"}}),
        ({}, {"a": {}}),
        ({}, {"a": {"skipped": {"unless": {"job": "b"}}}}),
    ],
)
def test_bad_input_is_named(bench: Bench, given: Any, rules: Any) -> None:
    done = bench.script("passed.py", NEEDS=given, RULES=rules)
    assert done.code == 1
    assert len(done.annotations("error")) == 1
