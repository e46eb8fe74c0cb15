"""test-coverage.yml, as ci.yml calls it: the history of the deploying branch."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from runner.bench import Bench
from runner.event import FORK, NUMBER
from runner.job import JobRun
from runner.run import Run
from runner.storage import Artifact
from seen import titled
from small import changed, generate, proposed

JOB = "Coverage / Coverage: backend"
NAME = "history_atom_backend"
JOBS = frozenset({"changes", "plan", "test-backend", "coverage"})
CALLS = ("one", "two", "three", "four", "five")


def measuring(github: Bench, functions: int) -> Run:
    """A run on the deploying branch whose tests call so many of five functions of two lines."""
    calls = " + ".join(f"metered.{name}()" for name in CALLS[:functions]) or "0"
    files = {
        "tests/test_orders.py": None,
        "tests/test_new.py": f"import metered\n\n\ndef test_new():\n    assert {calls} >= 0\n",
    }
    branch = f"measuring-{functions}"
    changed(github.origin, branch, files)
    return github.run("ci.yml", github.dispatch(branch), only=JOBS)


def history(github: Bench, run: Run) -> list[tuple[str, int, int]]:
    """What the run kept: the commit, and the covered and all lines, of each entry."""
    (kept,) = [artifact for artifact in github.artifacts.of(run.number) if artifact.name == NAME]
    content = json.loads((kept.folder / "history.json").read_text())
    assert content["repository"] == str(NUMBER)
    return [(entry["commit"], entry["covered"], entry["total"]) for entry in content["entries"]]


def drawn(job: JobRun) -> list[tuple[str, str, str]]:
    """The drawing in the summary: commit, percentage and bar of each line."""
    block = job.summary.split("```text\n")[1].split("```")[0]
    rows = [line.split(maxsplit=3) for line in block.splitlines()]
    return [
        (commit, percent, bar)
        for _, commit, percent, bar in (
            (row[0], row[1], row[2], row[3].removeprefix("%").strip()) for row in rows
        )
    ]


@pytest.mark.thorough
def test_three_runs_in_a_row(github: Bench) -> None:
    """Three runs give a history of three, and the summary draws it to scale."""
    runs = [measuring(github, functions) for functions in (0, 3, 5)]
    assert [run.result for run in runs] == ["success"] * 3, runs[0].failures()
    commits = [run.event.sha for run in runs]
    assert history(github, runs[0]) == [(commits[0], 5, 10)]
    assert history(github, runs[2]) == list(zip(commits, (5, 8, 10), (10, 10, 10), strict=True))
    assert "The last 3 runs of the deploying branch:" in runs[2].job(JOB).summary
    assert drawn(runs[2].job(JOB)) == [
        (commits[0][:7], "50.00", "█" * 20),
        (commits[1][:7], "80.00", "█" * 32),
        (commits[2][:7], "100.00", "█" * 40),
    ]


def kept_by(github: Bench, folder: Path, repository: int, owner: str) -> None:
    """A history that a repository's run kept on its own branch `main`, newer than any other."""
    entry = {"commit": "f" * 40, "run": "1", "covered": 1, "total": 1, "at": "2026-01-01T00:00:00Z"}
    content = {"schema": 1, "repository": owner, "name": "backend", "entries": [entry]}
    folder.mkdir()
    (folder / "history.json").write_text(json.dumps(content))
    at = time.time() + 3600
    github.api.foreign.append(Artifact(90001, 90001, 1, NAME, "main", repository, at, folder))


@pytest.mark.thorough
def test_history_of_a_fork(github: Bench, tmp_path: Path) -> None:
    """A fork's history is never taken, although its branch is called `main` and it is newer."""
    kept_by(github, tmp_path / "fork", FORK, str(NUMBER))
    run = measuring(github, 3)
    assert run.result == "success", run.failures()
    assert history(github, run) == [(run.event.sha, 8, 10)]
    assert run.job(JOB).annotations == []


@pytest.mark.thorough
def test_history_of_another_repository(github: Bench, tmp_path: Path) -> None:
    """A history of another repository is refused, and begins anew."""
    kept_by(github, tmp_path / "foreign", NUMBER, "31337")
    run = measuring(github, 3)
    assert run.result == "success", run.failures()
    assert history(github, run) == [(run.event.sha, 8, 10)]
    (told,) = titled(run.job(JOB), "History refused")
    assert (told.level, told.message) == (
        "warning",
        "the history of coverage is refused: it belongs to repository '31337', not to this one",
    )


# ── the comment on a pull request ─────────────────────────────────────────────

COMMENT = "Coverage / Coverage comment"
NEW = "def test_new() -> None:\n    pass\n"
MARKER = "<!-- coverage of atom -->"


def commenting(github: Bench) -> None:
    """A branch of the small pipeline that comments on pull requests."""
    with github.origin.change("commenting", "small") as tree:
        path = tree / "pipeline.toml"
        path.write_text(f"{path.read_text('utf-8')}\n[coverage]\ncomment = true\n", "utf-8")
        generate(tree)


def test_comment_on_a_pull_request(github: Bench) -> None:
    """Two runs of a pull request leave one comment, with the coverage of the newest; a user's
    comment that quotes it stays."""
    commenting(github)
    new = {"tests/test_new.py": "import metered\n\n\ndef test_new():\n    metered.five()\n"}
    event = proposed(github, "commented", new, base="commenting")
    by_user = {"id": 99, "body": f"{MARKER}\nquoted", "user": {"login": "reviewer"}}
    github.api.issues.comments[event.number] = [by_user]
    first = github.run("ci.yml", event)
    assert first.result == "success", first.failures()
    job = first.job(COMMENT)
    assert (job.permissions, job.annotations) == ({"pull-requests": "write"}, [])
    ((_, kept),) = [github.api.issues.comments[event.number]]
    assert kept["body"].startswith(f"{MARKER}\n### Coverage: backend\n")
    assert "80.00 % (8 of 10 lines)" in kept["body"]
    assert kept["body"].endswith(f"/actions/runs/{first.number})\n")
    less = {"tests/test_new.py": "import metered\n\n\ndef test_new():\n    metered.one()\n"}
    changed(github.origin, "commented", less, base="commented")
    again = github.pull_request("commented", "commenting", number=event.number)
    second = github.run("ci.yml", again)
    assert second.result == "success", second.failures()
    quoted, kept = github.api.issues.comments[event.number]
    assert quoted == by_user
    assert "70.00 % (7 of 10 lines)" in kept["body"]


def test_no_comment_of_a_fork(github: Bench) -> None:
    """A fork's pull request, whose token cannot write, gets no comment, and passes."""
    commenting(github)
    event = proposed(github, "forked", {"tests/test_new.py": NEW}, base="commenting", fork=True)
    run = github.run("ci.yml", event)
    assert run.result == "success", run.failures()
    assert COMMENT not in [job.name for job in run.jobs]
    assert github.api.issues.comments == {}


def test_a_comment_that_is_refused(github: Bench) -> None:
    """A comment that GitHub does not take is a warning, and blocks nothing."""
    commenting(github)
    event = proposed(github, "refused", {"tests/test_new.py": NEW}, base="commenting")
    github.api.issues.pulls.clear()
    run = github.run("ci.yml", event)
    assert run.result == "success", run.failures()
    (told,) = titled(run.job(COMMENT), "Coverage comment")
    assert told.level == "warning"
