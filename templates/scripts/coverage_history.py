"""The history of coverage on the deploying branch.

A history comes from an artifact and is validated: the branch of a fork can be called
`main` too.

Environment: GITHUB_REPOSITORY_ID, GITHUB_RUN_ID and GITHUB_SHA as the runner sets
them, and PIPEWRIGHT_RUN, the name of the test run.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from formats import fenced, percent, read_json, write_json
from parameters import text
from runner import annotate

HISTORY_SCHEMA = 1
KEPT = 200  # Runs kept.
DRAWN = 20  # Runs drawn.
WIDTH = 40  # Characters of a full bar.
EIGHTHS = " ▏▎▍▌▋▊▉"


@dataclass(frozen=True)
class Entry:
    """The coverage of one commit."""

    commit: str
    run: str
    covered: int
    total: int
    at: str

    @property
    def share(self) -> Fraction:
        """Covered / total."""
        return Fraction(self.covered, self.total)


def restored_history(path: str) -> list[Entry]:
    """Reads a history; one of another repository is discarded."""
    if not path or not Path(path).is_file():
        return []
    try:
        found = read_json(Path(path))
        entries = [_entry(value) for value in found["entries"]]
        schema, repository, name = found["schema"], found["repository"], found["name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return _refused(f"it is unreadable ({error!r})")
    if schema != HISTORY_SCHEMA:
        return _refused(f"its schema is {schema!r}, not {HISTORY_SCHEMA}")
    if repository != text("GITHUB_REPOSITORY_ID"):
        return _refused(f"it belongs to repository {repository!r}, not to this one")
    if name != text("PIPEWRIGHT_RUN", ""):
        return _refused(f"it belongs to the tests {name!r}")
    return entries[-KEPT:]


def _refused(reason: str) -> list[Entry]:
    annotate(
        "warning",
        f"the history of coverage is refused: {reason}",
        title="History refused",
    )
    return []


def _entry(value: dict[str, Any]) -> Entry:
    covered, total, at = value["covered"], value["total"], value["at"]
    if not (
        type(covered) is int
        and type(total) is int
        and 0 <= covered <= total
        and total > 0
    ):
        raise ValueError("an entry has no coverage")
    datetime.fromisoformat(at)
    return Entry(str(value["commit"]), str(value["run"]), covered, total, at)


def newest_share(entries: list[Entry]) -> Fraction | None:
    """The newest share of another commit, so that a re-run never meets its own."""
    own = text("GITHUB_SHA"), text("GITHUB_RUN_ID")
    others = [entry for entry in entries if (entry.commit, entry.run) != own]
    return others[-1].share if others else None


def extended_history(
    entries: list[Entry], covered: int, total: int, committed: int
) -> list[Entry]:
    """Adds this run's commit, in place of an earlier attempt at it."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(committed))
    entry = Entry(text("GITHUB_SHA"), text("GITHUB_RUN_ID"), covered, total, at)
    kept = [
        other
        for other in entries
        if (other.commit, other.run) != (entry.commit, entry.run)
    ]
    return [*kept, entry][-KEPT:]


def write_history(path: Path, entries: list[Entry]) -> None:
    """Writes the history for the next run."""
    write_json(
        path,
        {
            "schema": HISTORY_SCHEMA,
            "repository": text("GITHUB_REPOSITORY_ID"),
            "name": text("PIPEWRIGHT_RUN", ""),
            "entries": [
                {
                    "commit": entry.commit,
                    "run": entry.run,
                    "percent": float(entry.share * 100),
                    "covered": entry.covered,
                    "total": entry.total,
                    "at": entry.at,
                }
                for entry in entries
            ],
        },
    )


def drawn_history(entries: list[Entry]) -> str:
    """Draws the newest runs as bars, in plain text."""
    lines = [
        f"{entry.at[:10]}  {entry.commit[:7]:7}  "
        f"{percent(entry.share):>8}  {bar(entry.share)}"
        for entry in entries[-DRAWN:]
    ]
    return fenced("\n".join(lines))


def bar(share: Fraction) -> str:
    """A bar, to an eighth of a character."""
    eighths = share.numerator * WIDTH * 8 // share.denominator
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip()
