"""Attempts of tests, read from the report of a test tool."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from parameters import text

MESSAGE_LIMIT = 400
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
    worker: str = "main"
    collection: bool = False

    @property
    def name(self) -> str:
        """The test id."""
        return f"{self.suite}::{self.test}" if self.suite else self.test


@dataclass
class Report:
    """The report of a shard.

    `units` are the files or packages that ran to completion, for tools that take those
    instead of tests; `shuffle` is the seed of the actual order.
    """

    cases: list[Case]
    units: list[str] | None = None
    shuffle: int | None = None


def place_in(output: str) -> tuple[str, int | None]:
    """The first file and line in a text that belong to the repository."""
    for match in SOURCE.finditer(output):
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
