"""Turns the JUnit report of any test runner into a record.

A test that stands in a report more than once, or that carries nextest's
`flakyFailure` or `rerunFailure`, was tried more than once; the last attempt counts.

Environment:
  PIPEWRIGHT_JUNIT     the report, a path or a glob; several files are one report
  PIPEWRIGHT_LISTED    optional: all tests, as `cargo nextest list --message-format
                       json` prints them (with or without a partition), or an id a
                       line: `classname::name`
  PIPEWRIGHT_SELECTED  optional: the tests of this shard, in the same forms
  PIPEWRIGHT_EXIT      optional: the exit status of the command that ran the tests
  PIPEWRIGHT_SELECTION optional: the packages and build options of `cargo nextest`
  PIPEWRIGHT_DOCTESTS  optional: what `cargo test --doc` printed, which the first
                       shard alone runs
  PIPEWRIGHT_DOCTESTS_EXIT       its exit status, in the first shard
  PIPEWRIGHT_DOCTESTS_SELECTION  its packages and build options, where they are others
  PIPEWRIGHT_ROOT      optional: the root of the cargo workspace, from which doctests
                       are named
  PIPEWRIGHT_RECORD    the folder to write the record to
  PIPEWRIGHT_SHARD, PIPEWRIGHT_SHARDS   this shard, from 1, and how many there are
  PIPEWRIGHT_RUN, PIPEWRIGHT_VERSION, PIPEWRIGHT_RUNNER   names, copied to the record
  PIPEWRIGHT_SEED      optional: the seed, copied to the record
  GITHUB_RUN_ATTEMPT, GITHUB_WORKSPACE   as the runner sets them

The working folder is the one in which the tests ran.
"""

from __future__ import annotations

import glob
import json
import platform
import re
import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from doctests import Doctest, doctests_in
from formats import write_json
from parameters import integer, text
from records import RECORD_SCHEMA, digest_of
from runner import Problem

MESSAGE_LIMIT = 400
REPLAY = ("cargo", "nextest", "run", "--retries", "0")
RERUN_TAGS = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")
SOURCE = re.compile(r"([\w./-]+\.\w+):(\d+)(?::\d+)?")


@dataclass
class Case:
    """One attempt of a test."""

    suite: str
    test: str
    outcome: str
    duration: float
    message: str
    file: str
    line: int | None

    @property
    def name(self) -> str:
        """The id."""
        return f"{self.suite}::{self.test}" if self.suite else self.test


def write_record() -> int:
    """Writes the record."""
    folder = Path(text("PIPEWRIGHT_RECORD"))
    for name in ("run.json", "tests.jsonl", "finished.json"):
        (folder / name).unlink(missing_ok=True)
    listed = ids_in("PIPEWRIGHT_LISTED", whole=True)
    selected = ids_in("PIPEWRIGHT_SELECTED", whole=False)
    cases = [
        case for path in reports(optional=selected == []) for case in cases_in(path)
    ]
    if not cases and selected != []:
        raise Problem(f"{text('PIPEWRIGHT_JUNIT')} holds no test: the runner ran none")
    executed = {case.name for case in cases}
    shards = integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
    if selected is None:
        # Where the runner says nothing about its shard, what it ran is all that is
        # known.
        selected = sorted(executed) if listed is None or shards > 1 else listed
    if listed is None and shards == 1:
        listed = selected
    documented = doctests()
    alone = sorted(f"doctest::{test.name}" for test in documented)
    write_json(folder / "run.json", description(listed, selected, alone, shards))
    found = [*attempts(cases), *attempts_of_doctests(documented, len(cases))]
    (folder / "tests.jsonl").write_text(
        "".join(json.dumps(line) + "\n" for line in found), "utf-8"
    )
    failed = any(test.outcome == "failed" for test in documented)
    status = exit_status(cases) or int(failed)
    write_json(folder / "finished.json", {"schema": RECORD_SCHEMA, "exit": status})
    print(f"recorded {len(executed)} tests and {len(documented)} doctests")
    return 0


def description(
    listed: list[str] | None, selected: list[str], alone: list[str], shards: int
) -> dict[str, Any]:
    """What the runner was to do; `collected` is known by a list of all tests."""
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
        "shuffle": None,
        "isolated": nextest,
        "timings": None,
        "replay": [*REPLAY, *words("PIPEWRIGHT_SELECTION")] if nextest else [],
        "directory": from_workspace(Path.cwd()) or ".",
        "workspace": str(Path(text("GITHUB_WORKSPACE", ".")).resolve()),
    }


def words(variable: str) -> list[str]:
    """The words of a command line."""
    return shlex.split(text(variable, ""))


def exit_status(cases: list[Case]) -> int:
    """0 or 1 where the report explains the command's exit status, else that status."""
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
    """Reads a list of tests, sorted; None where none was given."""
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
    """Their lines of tests.jsonl; nobody measures how long one takes."""
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


# ── the report ────────────────────────────────────────────────────────────────────────


def reports(optional: bool) -> list[Path]:
    """The files of the report; a shard without tests may have none."""
    pattern = text("PIPEWRIGHT_JUNIT")
    paths = sorted(Path(path) for path in glob.glob(pattern, recursive=True))
    if not paths and not optional:
        raise Problem(
            f"PIPEWRIGHT_JUNIT: no file at `{pattern}`; "
            "the runner ended before it wrote its report"
        )
    return paths


def cases_in(path: Path) -> list[Case]:
    """Every attempt in one file, in its order."""
    content = path.read_bytes()
    if not content.strip():
        raise Problem(f"{path} is empty; the runner ended before it wrote its report")
    try:
        refuse_doctype(content, path)
        root = ElementTree.fromstring(content)
    except (expat.ExpatError, ElementTree.ParseError) as error:
        raise Problem(f"{path} is no well-formed XML: {error}") from error
    if root.tag not in ("testsuites", "testsuite"):
        raise Problem(f"{path} is no JUnit report: its root is `{root.tag}`")
    return [attempt for case in root.iter("testcase") for attempt in attempts_of(case)]


def refuse_doctype(content: bytes, path: Path) -> None:
    """Refuses a DOCTYPE, which can declare entities that grow without bounds."""

    def refuse(*_: object) -> None:
        raise Problem(
            f"{path} has a DOCTYPE, which is refused: a JUnit report needs none"
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)


def attempts_of(case: ElementTree.Element) -> list[Case]:
    """A test's attempts, the last one last."""
    suite, test = case.get("classname") or "", case.get("name") or ""
    if not test:
        raise Problem("the JUnit report holds a test case without a name")
    file, line = case.get("file") or "", whole_number(case.get("line"))
    failure, error, skipped = (
        case.find(tag) for tag in ("failure", "error", "skipped")
    )
    found = next((part for part in (failure, error, skipped) if part is not None), None)
    outcome = "passed"
    if found is not None:
        outcome = {"failure": "failed", "error": "error", "skipped": "skipped"}[
            found.tag
        ]
    final = Case(
        suite, test, outcome, seconds(case), failure_message(found), file, line
    )
    if found is not None and not file:
        final.file, final.line = source_of(found)
    earlier = [
        Case(
            suite, test, "rerun", seconds(part), failure_message(part), *source_of(part)
        )
        for part in case
        if part.tag in RERUN_TAGS
    ]
    return [*earlier, final]


def seconds(element: ElementTree.Element) -> float:
    """The `time` of an element; some runners group its thousands."""
    value = (element.get("time") or "0").replace(",", "")
    try:
        duration = float(value)
    except ValueError:
        raise Problem(
            f"the JUnit report holds the time `{value}`, which is none"
        ) from None
    if not 0 <= duration < 1_000_000:
        raise Problem(f"the JUnit report holds the time `{value}`, which is none")
    return duration


def whole_number(value: str | None) -> int | None:
    """A line, if it is one."""
    return (
        int(value)
        if value and value.isascii() and value.isdigit() and int(value)
        else None
    )


def failure_message(element: ElementTree.Element | None) -> str:
    """The start of what a failure says."""
    if element is None:
        return ""
    body = (element.text or "").strip()
    found = element.get("message") or ""
    # nextest's attribute holds the place of a panic alone; the reason follows in the
    # body.
    return (body if body.startswith(found) else f"{found}\n{body}").strip()[
        :MESSAGE_LIMIT
    ]


def source_of(element: ElementTree.Element) -> tuple[str, int | None]:
    """The first place that a failure names and that is a file of the repository."""
    for match in SOURCE.finditer(
        f"{element.get('message') or ''}\n{element.text or ''}"
    ):
        path = Path(match[1])
        if path.is_file():
            file = from_workspace(path)
            return (file, int(match[2])) if file else ("", None)
    return "", None


def from_workspace(path: Path) -> str:
    """A path from the root of the repository; empty outside of it."""
    workspace = Path(text("GITHUB_WORKSPACE", ".")).resolve()
    whole = path.resolve()
    return (
        whole.relative_to(workspace).as_posix()
        if whole.is_relative_to(workspace)
        else ""
    )


def attempts(cases: list[Case]) -> list[dict[str, Any]]:
    """The lines of tests.jsonl: whatever was tried again had not counted."""
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
            "worker": "main",
            "file": case.file,
            "line": case.line,
            "message": case.message,
            "order": index,
        }
        if text("PIPEWRIGHT_RUNNER", "") == "nextest":
            line["select"] = ["-E", f"binary_id(={case.suite}) & test(={case.test})"]
        lines.append(line)
    return lines
