"""Converts the report of a test tool to a record.

Environment:
  PIPEWRIGHT_FORMAT    optional: `junit` (default), `jest`, `playwright` or `go`
  PIPEWRIGHT_JUNIT     `junit`: the report, a path or a glob a line; several files are
                       one report
  PIPEWRIGHT_STARTED   `junit`, optional: a file as old as the run of the tests; older
                       reports do not count, and a test in several of them is
                       several tests
  PIPEWRIGHT_REPORT    `jest`: the report of `--json`; `playwright`: that of its JSON
                       reporter; `go`: the output of `go test -json`
  PIPEWRIGHT_LOG       `jest`, optional: the output of the tool, with the seed
  PIPEWRIGHT_MODULES   `go`: the output of `go list -m`, a path and a folder a line
  PIPEWRIGHT_PROFILE   `go`, optional: the coverage profile, of which PIPEWRIGHT_LCOV
                       becomes the lcov report
  PIPEWRIGHT_LISTED    optional: all tests, as `cargo nextest list --message-format
                       json` prints them (with or without a partition), or an id a
                       line: `classname::name`; files or packages for `jest` and `go`
  PIPEWRIGHT_SELECTED  optional: those of this shard, in the same forms
  PIPEWRIGHT_EXIT      optional: the exit status of the command that ran the tests
  PIPEWRIGHT_REPLAY    `jest` and `go`: the command that runs a file or package again
  PIPEWRIGHT_SELECTION optional: the packages and build options of `cargo nextest`
  PIPEWRIGHT_DOCTESTS  optional: the output of `cargo test --doc`, which only the
                       first shard runs
  PIPEWRIGHT_DOCTESTS_EXIT       its exit status, in the first shard
  PIPEWRIGHT_DOCTESTS_SELECTION  its packages and build options, if they differ
  PIPEWRIGHT_ROOT      optional: the root of the cargo workspace, from which doctests
                       are named
  PIPEWRIGHT_RECORD    the folder to write the record to
  PIPEWRIGHT_SHARD, PIPEWRIGHT_SHARDS   this shard, from 1, and their number
  PIPEWRIGHT_RUN, PIPEWRIGHT_VERSION, PIPEWRIGHT_RUNNER   names, copied to the record
  PIPEWRIGHT_SEED      optional: the seed, copied to the record
  PIPEWRIGHT_TIMINGS   optional: the timings by which files or packages were split
  GITHUB_RUN_ATTEMPT, GITHUB_WORKSPACE   as the runner sets them

The working folder is the one in which the tests ran.
"""

from __future__ import annotations

import json
import platform
import shlex
from collections import Counter
from pathlib import Path
from typing import Any

from cases import MESSAGE_LIMIT, Case, from_workspace
from doctests import Doctest, doctests_in
from formats import write_json
from parameters import integer, text
from records import RECORD_SCHEMA, digest_of
from reports import read_report
from runner import Problem
from shared_timings import shared_timings

REPLAY = ("cargo", "nextest", "run", "--retries", "0")


def write_record() -> int:
    """Writes the record."""
    folder = Path(text("PIPEWRIGHT_RECORD"))
    for name in ("run.json", "tests.jsonl", "finished.json"):
        (folder / name).unlink(missing_ok=True)
    listed = ids_in("PIPEWRIGHT_LISTED", whole=True)
    selected = ids_in("PIPEWRIGHT_SELECTED", whole=False)
    report = read_report(optional=selected == [])
    cases = report.cases
    if not cases and not report.units and selected != []:
        path = text("PIPEWRIGHT_JUNIT", "") or text("PIPEWRIGHT_REPORT")
        raise Problem(f"{path} holds no test: the runner ran none")
    executed = {case.name for case in cases}
    shards = integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
    if selected is None:
        # Without a selection of the shard, only the tests that ran are known.
        selected = sorted(executed) if listed is None or shards > 1 else listed
    if listed is None and shards == 1:
        listed = selected
    documented = doctests()
    alone = sorted(f"doctest::{test.name}" for test in documented)
    described = description(listed, selected, alone, shards)
    timings, digest = shared_timings()
    described |= {
        "shuffle": report.shuffle,
        "timings": digest,
        "known": {
            case.name: timings[case.name] for case in cases if case.name in timings
        },
    }
    write_json(folder / "run.json", described)
    found = [*attempts(cases), *attempts_of_doctests(documented, len(cases))]
    (folder / "tests.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in found), "utf-8"
    )
    failed = any(test.outcome == "failed" for test in documented)
    status = exit_status(cases) or int(failed)
    finished: dict[str, Any] = {"schema": RECORD_SCHEMA, "exit": status}
    if report.units is not None:
        finished["units"] = report.units
    write_json(folder / "finished.json", finished)
    print(f"recorded {len(executed)} tests and {len(documented)} doctests")
    return 0


def description(
    listed: list[str] | None, selected: list[str], alone: list[str], shards: int
) -> dict[str, Any]:
    """The task of the runner; `collected` is known if all tests are listed."""
    runner = text("PIPEWRIGHT_RUNNER", "command")
    nextest = runner == "nextest"
    seed = text("PIPEWRIGHT_SEED", "")
    digest = None if listed is None else digest_of(listed)
    return {
        "schema": RECORD_SCHEMA,
        "run": text("PIPEWRIGHT_RUN", ""),
        "version": text("PIPEWRIGHT_VERSION", ""),
        "shard": integer("PIPEWRIGHT_SHARD", 1, shards, 1 if shards == 1 else None),
        "shards": shards,
        "seed": integer("PIPEWRIGHT_SEED", 0, 2**32 - 1) if seed else None,
        "attempt": integer("GITHUB_RUN_ATTEMPT", 1, 10_000, 1),
        "runner": runner,
        "collected": None if listed is None else len(listed),
        "digest": digest,
        "selected": selected + alone,
        "alone": alone,
        "workers": 0,
        "python": platform.python_version(),
        "isolated": nextest,
        "replay": (
            [*REPLAY, *words("PIPEWRIGHT_SELECTION")]
            if nextest
            else words("PIPEWRIGHT_REPLAY")
        ),
        "directory": from_workspace(Path.cwd()) or ".",
        "workspace": str(Path(text("GITHUB_WORKSPACE", ".")).resolve()),
    }


def words(variable: str) -> list[str]:
    """The words of a command line."""
    return shlex.split(text(variable, ""))


def exit_status(cases: list[Case]) -> int:
    """0 or 1 if the report explains the command's exit status, else that status."""
    final = {case.name: case.outcome for case in cases}
    failing = any(outcome in ("failed", "error") for outcome in final.values())
    if not text("PIPEWRIGHT_EXIT", ""):
        return 1 if failing else 0
    status = integer("PIPEWRIGHT_EXIT", 0, 255)
    if not cases and status == 4:
        return 0  # nextest, for a shard without tests.
    # From 126 on, the shell could not start the command, or a signal ended it.
    return 1 if failing and 0 < status < 126 else status


# ── lists of tests ────────────────────────────────────────────────────────────────────


def ids_in(variable: str, whole: bool) -> list[str] | None:
    """Reads a list of tests, sorted; None without a list."""
    path = text(variable, "")
    if not path:
        return None
    try:
        content = Path(path).read_text("utf-8")
    except (OSError, ValueError) as error:
        raise Problem(f"{variable}: cannot read `{path}`: {error}") from error
    if content.lstrip().startswith("{"):
        try:
            ids = nextest_ids(json.loads(content), whole)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Problem(
                f"{variable}: `{path}` is no nextest list: {error!r}"
            ) from error
    else:
        ids = [line.strip() for line in content.splitlines() if line.strip()]
    twice = [name for name, count in Counter(ids).items() if count > 1]
    if twice:
        raise Problem(f"{variable}: `{path}` lists `{twice[0]}` twice")
    return sorted(ids)


def nextest_ids(listing: Any, whole: bool) -> list[str]:
    """The tests that would run; with `whole`, also those of the other partitions."""
    ids = []
    for binary, suite in listing["rust-suites"].items():
        for name, test in suite["testcases"].items():
            match = test["filter-match"]
            if match["status"] == "matches" or (
                whole and match.get("reason") == "partition"
            ):
                ids.append(f"{binary}::{name}")
    return ids


# ── doctests ──────────────────────────────────────────────────────────────────────────


def doctests() -> list[Doctest]:
    """The doctests of the first shard; the others have none."""
    path = text("PIPEWRIGHT_DOCTESTS", "")
    if not path or integer("PIPEWRIGHT_SHARD", 1, 1000, 1) != 1:
        return []
    output = Path(path).read_text("utf-8", errors="replace")
    return doctests_in(output, integer("PIPEWRIGHT_DOCTESTS_EXIT", 0, 255))


def documented_selection() -> list[str]:
    """The packages and build options of the doctests."""
    return words("PIPEWRIGHT_DOCTESTS_SELECTION") or words("PIPEWRIGHT_SELECTION")


def attempts_of_doctests(documented: list[Doctest], order: int) -> list[dict[str, Any]]:
    """The doctests' lines of tests.jsonl; libtest does not report durations."""
    root = from_workspace(Path(text("PIPEWRIGHT_ROOT", ".")))
    replay = ["cargo", "test", "--doc", *documented_selection(), "--"]
    return [
        {
            "id": f"doctest::{test.name}",
            "outcome": test.outcome,
            "duration": 0,
            "attempt": 1,
            "worker": "main",
            "file": f"{root}/{test.file}".removeprefix("./").lstrip("/"),
            "line": test.line,
            "message": test.message[:MESSAGE_LIMIT],
            "order": order + index,
            "replay": [*replay, test.name],
        }
        for index, test in enumerate(documented)
    ]


def attempts(cases: list[Case]) -> list[dict[str, Any]]:
    """The lines of tests.jsonl; an attempt before the last one is a `rerun`."""
    last = {case.name: index for index, case in enumerate(cases)}
    count: Counter[str] = Counter()
    lines = []
    for index, case in enumerate(cases):
        count[case.name] += 1
        line: dict[str, Any] = {
            "id": case.name,
            "outcome": case.outcome if last[case.name] == index else "rerun",
            "duration": round(case.duration, 6),
            "attempt": count[case.name],
            "worker": case.worker,
            "file": case.file,
            "line": case.line,
            "message": case.message,
            "order": index,
            "collection": case.collection,
        }
        if again := words("PIPEWRIGHT_REPLAY"):
            line["replay"] = [*again, case.worker]
        if text("PIPEWRIGHT_RUNNER", "") == "nextest":
            line["select"] = ["-E", f"binary_id(={case.suite}) & test(={case.test})"]
        lines.append(line)
    return lines
