"""Writes the part of a record that comes from pytest's reports.

tests.jsonl gets a line when a test starts and one when an attempt of it has ended,
each flushed at once; finished.json is written last. So the record of a run that was
cut off shows the running test. Used by `pipewright_pytest.py`.

Environment: GITHUB_WORKSPACE, the root of the repository.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from splits import file_of

import pytest

SCHEMA = 1
MESSAGE_LIMIT = 400


@dataclass
class Attempt:
    """One attempt of a test, while its reports come in.

    `own` is false while only reports of its subtests have come: pytest-rerunfailures
    passes those on at once, and the test's own reports, from `setup` on, after the
    attempt.
    """

    name: str
    worker: str
    order: int
    own: bool = False
    duration: float = 0.0
    outcome: str = "passed"
    message: str = ""
    file: str = ""
    line: int | None = None


class Recorder:
    """Writes tests.jsonl and finished.json; under xdist, in the controller alone."""

    def __init__(self, folder: Path, config: pytest.Config) -> None:
        self.folder = folder
        self.config = config
        self.open_attempts: dict[tuple[str, str], Attempt] = {}
        self.attempts: Counter[str] = Counter()
        self.started: Counter[str] = Counter()
        self.lines: TextIO | None = None
        self.uncollectable = False
        self.crashes: list[dict[str, str]] = []
        self.internal_error = ""

    def start(self) -> None:
        """Opens an empty record: an older one must not be taken for this run's."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("run.json", "tests.jsonl", "finished.json"):
            (self.folder / name).unlink(missing_ok=True)
        self.lines = (self.folder / "tests.jsonl").open(
            "w", encoding="utf-8", newline="\n"
        )

    def begin(self, nodeid: str, file: str, line: int | None) -> None:
        """Records that a test has started; one without a further line was cut off."""
        found = {"id": _plain(nodeid, self.config), "outcome": "started"}
        self._put(
            {
                **found,
                "file": _from_workspace(file, self.config),
                "line": _from_one(line),
            }
        )

    def add_crash(self, worker: str) -> None:
        """Records that a worker of xdist died; its test is reported after this."""
        self.crashes.append({"worker": worker, "test": ""})

    def add(self, report: pytest.TestReport) -> None:
        """Adds a report to its attempt, which is written after its last report."""
        worker = _worker_of(report)
        name = _plain(report.nodeid, self.config)
        attempt = self.open_attempts.get((worker, name))
        subtest = _is_subtest(report)
        again = attempt is not None and (
            attempt.outcome == "rerun"
            if subtest
            else report.when == "setup" and attempt.own
        )
        if again:
            # Some versions of pytest-rerunfailures report no teardown before they try
            # again.
            self._write(self.open_attempts.pop((worker, name)))
            attempt = None
        if attempt is None:
            attempt = Attempt(name, worker, self.started[worker])
            attempt.file, attempt.line = _place(report, self.config)
            self.started[worker] += 1
            self.open_attempts[worker, name] = attempt
        attempt.own = attempt.own or not subtest
        phase = report.when in ("setup", "call", "teardown")
        if phase and not subtest:
            attempt.duration += report.duration
        _judge(attempt, report, self.config)
        if not phase:  # xdist reports a test whose worker died with an unknown phase.
            self.crashes += [{"worker": worker, "test": name}]
            self.crashes = [
                c for c in self.crashes if c != {"worker": worker, "test": ""}
            ]
        if report.when not in ("setup", "call"):
            self._write(self.open_attempts.pop((worker, name)))

    def add_collection(self, report: pytest.CollectReport) -> None:
        """Records a file that could not be collected."""
        self.uncollectable = True
        file, line = _crash_place(report, self.config)
        attempt = Attempt(str(report.nodeid), "collection", self.started["collection"])
        attempt.outcome = "error"
        attempt.message = _message(report)
        attempt.file = file or _from_workspace(file_of(attempt.name), self.config)
        attempt.line = line
        self.started["collection"] += 1
        self._write(attempt, collection=True)

    def _write(self, attempt: Attempt, collection: bool = False) -> None:
        self.attempts[attempt.name] += 1
        line: dict[str, Any] = {
            "id": attempt.name,
            "outcome": attempt.outcome,
            "duration": round(attempt.duration, 6),
            "attempt": self.attempts[attempt.name],
            "worker": attempt.worker,
            "file": attempt.file,
            "line": attempt.line,
            "message": attempt.message,
            "order": attempt.order,
        }
        if collection:
            line["collection"] = True
        self._put(line)

    def _put(self, line: Mapping[str, Any]) -> None:
        if self.lines is not None:
            self.lines.write(json.dumps(line, ensure_ascii=True) + "\n")
            self.lines.flush()

    def finish(self, exit_status: int) -> None:
        """Records the end of the run and its exit status."""
        if self.lines is None:
            return
        for attempt in self.open_attempts.values():
            if attempt.outcome == "rerun":
                self._write(attempt)
        self.lines.close()
        self.lines = None
        finished = {"schema": SCHEMA, "exit": exit_status, "crashes": self.crashes}
        finished["internal_error"] = self.internal_error[:MESSAGE_LIMIT]
        write_json(self.folder / "finished.json", finished)


def _judge(attempt: Attempt, report: pytest.TestReport, config: pytest.Config) -> None:
    """Merges a report's outcome into its attempt; the worst one wins."""
    outcome = str(report.outcome)
    if attempt.outcome == "rerun" or (_is_subtest(report) and outcome != "failed"):
        return
    if outcome == "rerun":
        attempt.outcome = "rerun"
    elif outcome == "failed":
        # A failed call stays a failure after any teardown.
        if attempt.outcome != "failed":
            attempt.outcome = "failed" if report.when == "call" else "error"
        elif attempt.message:
            return
    elif hasattr(report, "wasxfail"):
        attempt.outcome = "xfailed" if outcome == "skipped" else "xpassed"
        attempt.message = str(report.wasxfail)[:MESSAGE_LIMIT]
        return
    elif outcome == "skipped" and attempt.outcome == "passed":
        attempt.outcome = "skipped"
    else:
        return
    attempt.message = _message(report)
    crash_file, crash_line = _crash_place(report, config)
    # The line in the test helps more than one in a helper.
    if crash_file and crash_file == attempt.file:
        attempt.line = crash_line


def _is_subtest(report: Any) -> bool:
    """Returns whether a report is of a subtest; its test has another report."""
    return (
        hasattr(report, "context") and type(report).__name__.lower() == "subtestreport"
    )


def _worker_of(report: Any) -> str:
    """The xdist worker that ran the test; `main` without xdist."""
    node = getattr(report, "node", None)
    gateway = getattr(node, "gateway", None)
    return str(
        getattr(gateway, "id", None) or getattr(report, "worker_id", None) or "main"
    )


def _plain(name: str, config: pytest.Config) -> str:
    """The id as pytest knows it: `--dist loadgroup` lets workers append `@group`."""
    if getattr(config.option, "dist", "no") != "loadgroup":
        return name
    at = name.rfind("@")
    # Only the part behind the file and the parameters can be a group.
    return name[:at] if at > max(name.rfind("]"), name.rfind("::")) else name


def _message(report: Any) -> str:
    """The reason of a failure in up to three lines, from any form of `longrepr`."""
    longrepr = report.longrepr
    crash = getattr(longrepr, "reprcrash", None)
    if crash is not None:
        found = str(crash.message)
    elif isinstance(longrepr, tuple) and len(longrepr) == 3:
        found = str(longrepr[2])
    else:
        lines = [line for line in str(longrepr or "").splitlines() if line.strip()]
        found = "\n".join(lines[-3:])
    return found.strip()[:MESSAGE_LIMIT]


def _place(report: pytest.TestReport, config: pytest.Config) -> tuple[str, int | None]:
    """The test's file, from the root of the repository, and its line, from 1."""
    file, line, _ = report.location
    return _from_workspace(file, config), _from_one(line)


def _from_one(line: int | None) -> int | None:
    """A line number from 1; pytest counts from 0."""
    return None if line is None else line + 1


def _crash_place(report: Any, config: pytest.Config) -> tuple[str, int | None]:
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is None:
        return "", None
    return _from_workspace(str(crash.path), config), int(crash.lineno)


def _from_workspace(file: str, config: pytest.Config) -> str:
    """A path from the root of the repository; unchanged outside of it."""
    workspace = Path(os.environ.get("GITHUB_WORKSPACE") or config.rootpath).resolve()
    path = (config.rootpath / file).resolve()
    return (
        path.relative_to(workspace).as_posix()
        if path.is_relative_to(workspace)
        else file
    )


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Replaces the file whole: under xdist several workers write the same content."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    partial.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n", "utf-8")
    partial.replace(path)
