"""Reads the output of `cargo test --doc`.

libtest has no stable machine-readable output. A doctest's name contains the path of
its file from the workspace root, so it is unique in the workspace.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from runner import Problem

LINE = re.compile(
    r"test (?P<name>.+ \(line (?P<line>\d+)\))(?: - \w[\w ]*)? \.\.\. "
    r"(?P<outcome>ok|FAILED|ignored)"
)
RUNNING = re.compile(r"running (\d+) tests?")
NO_LIBRARY = re.compile(r"error: no library targets found in package")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
DOCTEST_OUTCOMES = {"ok": "passed", "FAILED": "failed", "ignored": "skipped"}


@dataclass(frozen=True)
class Doctest:
    """A doctest."""

    name: str
    outcome: str
    file: str
    line: int
    message: str


def doctests_in(output: str, status: int) -> list[Doctest]:
    """Every doctest; an exit status that no failing one explains is an error."""
    output = COLOUR.sub("", output)
    lines = output.splitlines()
    if status and any(NO_LIBRARY.match(line) for line in lines):
        return []
    found = []
    for match in filter(None, map(LINE.fullmatch, lines)):
        name, outcome = match["name"], DOCTEST_OUTCOMES[match["outcome"]]
        file = name.partition(" - ")[0]
        message = doctest_message(output, name) if outcome == "failed" else ""
        found.append(Doctest(name, outcome, file, int(match["line"]), message))
    announced = sum(int(match[1]) for match in map(RUNNING.fullmatch, lines) if match)
    if len(found) != announced:
        raise Problem(
            f"{len(found)} of {announced} doctests ended; "
            "see the step that runs the doctests"
        )
    if status and not any(test.outcome == "failed" for test in found):
        raise Problem(
            f"`cargo test --doc` ended with {status}, but no doctest failed; "
            "see the step that runs the doctests"
        )
    return found


def doctest_message(output: str, name: str) -> str:
    """The output of a failed doctest."""
    _, found, rest = output.partition(f"\n---- {name} stdout ----\n")
    return rest.partition("\n\n\n")[0].partition("\n---- ")[0].strip() if found else ""
