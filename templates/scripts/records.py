"""Reads the records of test runs.

A record is a folder with run.json (the selected tests), tests.jsonl (a line per start
and per attempt of a test) and finished.json (written last). After a re-run, a shard
has a record per attempt of the run; the newest counts.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from formats import read_json
from runner import Problem

RECORD_SCHEMA = 1
FAILING = ("failed", "error")
STARTED = "started"
OUTCOMES = (
    STARTED,
    "passed",
    "failed",
    "error",
    "skipped",
    "xfailed",
    "xpassed",
    "rerun",
)
NUMBER = re.compile(r" #\d+$")  # The recorder's number for tests that share an id.


@dataclass(frozen=True)
class Line:
    """One attempt of a test."""

    name: str
    outcome: str
    duration: Decimal
    worker: str
    order: int
    file: str
    line: int | None
    message: str
    collection: bool
    select: tuple[str, ...]
    replay: tuple[str, ...]


@dataclass
class Record:
    """One attempt of one shard."""

    version: str
    shard: int
    shards: int
    seed: int | None
    attempt: int
    collected: int | None
    digest: str | None
    selected: list[str]
    alone: list[str]
    others: list[str]
    shuffle: int | None
    isolated: bool
    timings: str | None
    known: dict[str, Decimal]
    replay: list[str]
    directory: str
    lines: list[Line]
    exit: int | None
    workspace: str
    folder: Path
    internal_error: str
    crashes: list[str]
    units: list[str] | None

    running: list[str] = field(default_factory=list)
    final: dict[str, Line] = field(default_factory=dict)
    tried: Counter[str] = field(default_factory=Counter)
    slowest: dict[str, Decimal] = field(default_factory=dict)
    uncollectable: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        started, self.lines = self.lines, []
        for line in started:
            if line.outcome == STARTED:
                self.running.append(line.name)
                continue
            self.lines.append(line)
            if line.collection:
                self.uncollectable.append(line)
                continue
            self.tried[line.name] += 1
            self.slowest[line.name] = max(
                self.slowest.get(line.name, Decimal(0)), line.duration
            )
            if line.outcome != "rerun":
                self.final[line.name] = line
        self.running = [name for name in self.running if name not in self.final]

    @property
    def label(self) -> str:
        """The name in messages."""
        version = f"{self.version}, " if self.version else ""
        return f"{version}shard {self.shard} of {self.shards}"

    @property
    def failing(self) -> list[Line]:
        """Tests that failed in the end, and files that could not be collected."""
        tests = [line for line in self.final.values() if line.outcome in FAILING]
        return [*self.uncollectable, *tests]

    @property
    def flaky(self) -> list[Line]:
        """Tests that passed after a retry."""
        passed = (
            line
            for line in self.final.values()
            if line.outcome in ("passed", "xpassed")
        )
        return [line for line in passed if self.tried[line.name] > 1]

    @property
    def executed(self) -> set[str]:
        """The executed tests, or files or packages if those are selected."""
        return set(self.final if self.units is None else self.units)

    def before(self, test: Line) -> list[Line]:
        """The tests of the same worker up to this one, in order, each once."""
        earlier = sorted(self.lines, key=lambda line: line.order)
        own = {
            line.name: line
            for line in earlier
            if line.worker == test.worker
            and line.order < test.order
            and not line.collection
        }
        own.pop(test.name, None)
        return [*own.values(), test]


def recovered(
    records: list[Record], chosen: list[Record]
) -> list[tuple[Record, Line, int]]:
    """Tests that pass in this attempt of the run, and failed in an earlier one."""
    found: dict[tuple[int, str], tuple[Record, Line, int]] = {}
    for record in chosen:
        for old in sorted(records, key=lambda other: other.attempt):
            same = (old.version, old.shard, old.seed) == (
                record.version,
                record.shard,
                record.seed,
            )
            for line in old.failing if same and old.attempt < record.attempt else []:
                now = record.final.get(line.name)
                if now is not None and now.outcome in ("passed", "xpassed"):
                    found[id(record), line.name] = record, now, old.attempt
    return list(found.values())


def digest_of(names: Iterable[str]) -> str:
    """The digest of a set of test ids, as the recorders compute it."""
    joined = "\n".join(sorted(names))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def read_records(folder: Path, run: str) -> tuple[list[Record], list[str]]:
    """The records of a test run in a folder, and problems of unreadable ones."""
    if not folder.is_dir():
        raise Problem(
            f"PIPEWRIGHT_RECORDS: no folder `{folder}`; no shard left a record"
        )
    found, problems = [], []
    for path in sorted(folder.rglob("run.json")):
        try:
            described = read_json(path)
            if described["schema"] != RECORD_SCHEMA:
                raise ValueError(
                    f"its schema is {described['schema']!r}, not {RECORD_SCHEMA}"
                )
            if run and described["run"] != run:
                continue
            found.append(_record(described, path.parent))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(f"{path} is no record that this script can read: {error!r}")
    return found, problems


def _record(described: dict[str, Any], folder: Path) -> Record:
    finished = _finished(folder / "finished.json")
    collected, seed, shuffle = (
        described.get(key) for key in ("collected", "seed", "shuffle")
    )
    return Record(
        version=str(described["version"]),
        shard=int(described["shard"]),
        shards=int(described["shards"]),
        seed=None if seed is None else int(seed),
        attempt=int(described["attempt"]),
        collected=None if collected is None else int(collected),
        digest=described["digest"],
        selected=[str(name) for name in described["selected"]],
        alone=[str(name) for name in described.get("alone", [])],
        others=[str(name) for name in described.get("others", [])],
        shuffle=None if shuffle is None else int(shuffle),
        isolated=described.get("isolated") is True,
        timings=described.get("timings"),
        known={
            str(name): Decimal(str(float(seconds)))
            for name, seconds in described.get("known", {}).items()
        },
        replay=[str(part) for part in described.get("replay", [])],
        directory=str(described.get("directory", ".")),
        lines=_lines(folder / "tests.jsonl"),
        workspace=str(described.get("workspace", "")),
        folder=folder,
        exit=int(finished["exit"]) if finished else None,
        internal_error=str(finished.get("internal_error", "")),
        crashes=[_crash(crash) for crash in finished.get("crashes", [])],
        units=_units(finished.get("units")),
    )


def _crash(crash: dict[str, Any]) -> str:
    """The description of a worker's crash."""
    test = crash["test"]
    when = f"while running {test}" if test else "between tests"
    return f"worker {crash['worker']} crashed {when}"


def _units(ended: Any) -> list[str] | None:
    """Files or packages that ran to completion, if these are selected."""
    return None if ended is None else [str(unit) for unit in ended]


def _lines(path: Path) -> list[Line]:
    """The attempts; a run that was cut off can leave an incomplete last line."""
    if not path.is_file():
        return []
    lines = path.read_text("utf-8", errors="replace").split("\n")
    found = []
    for text in lines[:-1]:
        line = json.loads(text, parse_float=Decimal)
        if line["outcome"] not in OUTCOMES:
            raise ValueError(f"it holds the outcome {line['outcome']!r}")
        found.append(
            Line(
                name=str(line["id"]),
                outcome=line["outcome"],
                duration=Decimal(line.get("duration", 0)),
                worker=str(line.get("worker", "")),
                order=int(line.get("order", 0)),
                file=str(line["file"] or ""),
                line=line["line"],
                message=str(line.get("message", "")),
                collection=line.get("collection") is True,
                select=tuple(line.get("select") or [NUMBER.sub("", line["id"])]),
                replay=tuple(line.get("replay", [])),
            )
        )
    return found


def _finished(path: Path) -> dict[str, Any]:
    """The content of finished.json, which a run that was cut off does not have."""
    return dict(read_json(path)) if path.is_file() else {}
