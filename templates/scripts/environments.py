"""Runs environments of tox or nox, and records each as a test.

The tool lists its environments, and runs those of the shard in one call. A line of
its output shows that an environment has started, so the record of a run that was cut
off names it. The result of each is in the report of the tool.

Environment:
  PIPEWRIGHT_TOOL      `tox` or `nox`
  PIPEWRIGHT_COMMAND   the words that start the tool
  PIPEWRIGHT_CHOICE    optional: the options that choose environments
  PIPEWRIGHT_ARGUMENTS optional: further options, and those behind `--`
  PIPEWRIGHT_WORKERS   optional: environments that run at the same time
  PIPEWRIGHT_RERUNS    optional: the number of times that one that failed is rerun
  PIPEWRIGHT_PYTHON    the version of Python of this job
  PIPEWRIGHT_PYTHONS   all versions of the component, one a line
  PIPEWRIGHT_WORK      a folder for the reports of the tool
  PIPEWRIGHT_RECORD, PIPEWRIGHT_SHARD, PIPEWRIGHT_SHARDS, PIPEWRIGHT_SPLIT,
  PIPEWRIGHT_RUN, PIPEWRIGHT_VERSION, PIPEWRIGHT_RUNNER   as for a record
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cases import MESSAGE_LIMIT
from environment_tools import EnvironmentTool, Listed, Result
from formats import write_json
from interpreters import runs_here
from nox_tool import Nox
from parameters import integer, text
from record import description
from records import FAILING, RECORD_SCHEMA, STARTED
from runner import Problem, annotate, log
from shared_timings import shared_timings
from tox_tool import Tox
from units import spread

TOOLS: dict[str, EnvironmentTool] = {"nox": Nox(), "tox": Tox()}
ANSI = re.compile(r"\x1b\[[0-9;]*m")
TAIL = 8  # Lines of the output of an environment that are its message.


def run_environments() -> int:
    """Runs the environments of the shard; the record has the outcomes."""
    name = text("PIPEWRIGHT_TOOL")
    if name not in TOOLS:
        raise Problem(f"PIPEWRIGHT_TOOL must be one of {', '.join(TOOLS)}")
    tool = TOOLS[name]
    listed = of_this_version(listed_by(tool))
    names = sorted(listed)
    timings, digest = shared_timings()
    shards = integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
    shard = integer("PIPEWRIGHT_SHARD", 1, shards, 1)
    split = text("PIPEWRIGHT_SPLIT", "count")
    homes = spread(tool.groups(listed), shards, split, timings)
    selected = [one for one in names if homes[one] == shard]
    log(f"shard {shard} of {shards} runs {', '.join(selected) or 'nothing'}")
    recorder = EnvironmentRecorder(Path(text("PIPEWRIGHT_RECORD")), tool, listed)
    known = {one: timings[one] for one in selected if one in timings}
    described = description(names, selected, [], shards)
    described |= {"timings": digest, "known": known}
    recorder.start({**described, "replay": words_in("PIPEWRIGHT_COMMAND")})
    status = run_selected(recorder, selected) if selected else 0
    recorder.finish(status)
    return 0


def words_in(variable: str) -> list[str]:
    """The words of a variable, as a shell reads them."""
    return shlex.split(text(variable, ""))


# ── the list ──────────────────────────────────────────────────────────────────────────


def listed_by(tool: EnvironmentTool) -> list[Listed]:
    """The environments that the tool lists."""
    options = tool.list_command(words_in("PIPEWRIGHT_CHOICE"))
    command = [*words_in("PIPEWRIGHT_COMMAND"), *options]
    log(f"$ {shlex.join(command)}")
    env = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    done = subprocess.run(
        command,
        env={**env, "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        log(done.stdout)
        raise Problem(f"`{shlex.join(command)}` ended with {done.returncode}")
    return tool.listed(done.stdout)


def of_this_version(listed: Sequence[Listed]) -> dict[str, Listed]:
    """The environments that the jobs of this version of Python run."""
    own = text("PIPEWRIGHT_PYTHON", "")
    versions = text("PIPEWRIGHT_PYTHONS", own).splitlines()
    if not listed:
        raise Problem("there is no environment to run")
    kept = {
        one.name: one for one in listed if runs_here(one.python, own, versions or [own])
    }
    if not kept:
        raise Problem(
            f"no environment is for Python {own}",
            f"Remove {own} from `python`, or add an environment for it",
        )
    return kept


# ── the run ───────────────────────────────────────────────────────────────────────────


@dataclass
class EnvironmentRecorder:
    """Writes the record while the tool runs."""

    folder: Path
    tool: EnvironmentTool
    listed: dict[str, Listed]
    described: dict[str, Any] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    tails: dict[str, deque[str]] = field(default_factory=dict)
    running: str = ""
    order: int = 0

    def start(self, described: dict[str, Any]) -> None:
        """Opens the record, which replaces an older one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("run.json", "tests.jsonl", "finished.json"):
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / "tests.jsonl").touch()
        self.described = described
        write_json(self.folder / "run.json", described)

    def put(self, line: dict[str, Any]) -> None:
        """Appends a line at once."""
        with (self.folder / "tests.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def read(self, line: str, selected: Sequence[str]) -> None:
        """Takes a line of the tool's output."""
        plain = ANSI.sub("", line).rstrip()
        name = self.tool.started(plain)
        if name in selected and name not in self.began:
            self.began[name] = time.perf_counter()
            self.tails[name] = deque(maxlen=TAIL)
            self.running = name
            self.put({"id": name, "outcome": STARTED, "file": "", "line": None})
        if name in self.tails:
            self.running = name
        if self.tool.is_summary(plain):
            self.running = ""
        if self.running and plain.strip():
            self.tails[self.running].append(plain)

    def add(self, name: str, result: Result, attempt: int, left: int) -> str:
        """Writes an attempt of an environment; returns its outcome."""
        outcome, message = result.outcome, result.reason
        if outcome == "failed" and self.listed.get(name, Listed(name)).tolerated:
            outcome, message = "xfailed", "its failure is ignored"
        if outcome in FAILING:
            printed = "\n".join(self.tails.get(name, ()))
            room = MESSAGE_LIMIT - len(message) - 1
            message = f"{message}\n{printed[-room:]}".strip() if room > 0 else message
            outcome = "rerun" if left else outcome
        if outcome == "skipped":
            reason = f": {message}" if message else ""
            annotate("warning", f"{name} was skipped{reason}", title="Skipped")
        start = self.began.get(name)
        seconds = result.seconds or (time.perf_counter() - start if start else 0)
        self.put(
            {
                "id": name,
                "outcome": outcome,
                "duration": round(seconds, 6),
                "attempt": attempt,
                "worker": "main",
                "file": "",
                "line": None,
                "message": message[:MESSAGE_LIMIT],
                "order": self.order,
                "replay": [*words_in("PIPEWRIGHT_COMMAND"), *self.tool.replay(name)],
            }
        )
        self.order += 1
        return outcome

    def finish(self, status: int) -> None:
        """Records the end."""
        finished = {"schema": RECORD_SCHEMA, "exit": status}
        write_json(self.folder / "finished.json", finished)


def run_selected(recorder: EnvironmentRecorder, selected: list[str]) -> int:
    """Runs the environments, and again those that failed; returns the exit status."""
    left = integer("PIPEWRIGHT_RERUNS", 0, 10, 0)
    outcomes: dict[str, str] = {}
    names, attempt, status = selected, 1, 0
    while names:
        recorder.began.clear()
        status, results = run_once(recorder, names, attempt)
        others = sorted(
            name
            for name in results
            if name not in names and name not in recorder.listed
        )
        for name in others:
            # A session that another one asked for, and that no shard has.
            recorder.described["selected"] = [*recorder.described["selected"], name]
            recorder.described["alone"] = [*recorder.described["alone"], name]
        if others:
            write_json(recorder.folder / "run.json", recorder.described)
        for name in [*names, *others]:
            if name in results:
                retried = left if name in names else 0
                outcomes[name] = recorder.add(name, results[name], attempt, retried)
        names = [name for name in names if outcomes.get(name) == "rerun"]
        left, attempt = left - 1, attempt + 1
    if any(outcome in FAILING for outcome in outcomes.values()):
        return 1
    explained = {"skipped", "xfailed"}
    return 0 if status == 1 and set(outcomes.values()) <= explained else status


def run_once(
    recorder: EnvironmentRecorder, names: list[str], attempt: int
) -> tuple[int, dict[str, Result]]:
    """Calls the tool once, for all of these environments."""
    report = Path(text("PIPEWRIGHT_WORK")) / f"environments-{attempt}.json"
    report.unlink(missing_ok=True)
    arguments = words_in("PIPEWRIGHT_ARGUMENTS")
    workers = text("PIPEWRIGHT_WORKERS", "")
    options = recorder.tool.run_command(names, str(report), workers, arguments)
    command = [*words_in("PIPEWRIGHT_COMMAND"), *options]
    log(f"$ {shlex.join(command)}")
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        output = []
        for line in process.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            recorder.read(line, names)
            output.append(ANSI.sub("", line).rstrip())
    try:
        content = report.read_text("utf-8") if report.is_file() else ""
        results = recorder.tool.results(content, output)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"{report} is no report of the tool: {error!r}") from error
    return process.returncode, results
