"""Merges the coverage data of shards: coverage.py or lcov.

Environment: GITHUB_WORKSPACE, the root of the repository.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from formats import read_json
from parameters import text
from runner import Problem, annotate
from shards import Shard

UNREAD = re.compile(r"Couldn't .+|.*[1-9]\d* files? errored.*")


@dataclass(frozen=True)
class Coverage:
    """Executed and missed lines, by path from the root of the repository."""

    files: dict[str, dict[int, bool]]
    covered: int
    total: int
    unit: str


def workspace() -> Path:
    """The root of the repository."""
    return Path(text("GITHUB_WORKSPACE", ".")).resolve()


# ── coverage.py ───────────────────────────────────────────────────────────────────────


def from_coverage_py(
    shards: list[Shard], root: Path, report: Path | None = None
) -> Coverage:
    """Combines the files with coverage.py, by the configuration of the component.

    With `report`, its pages of HTML go to that folder.
    """
    home = workspace() / root
    if not home.is_dir():
        raise Problem(f"PIPEWRIGHT_ROOT: no folder `{root}` in the repository")
    with tempfile.TemporaryDirectory() as temporary:
        data: list[str] = []
        for shard in shards:
            for path in shard.files:
                if path.stat().st_size == 0:
                    raise Problem(
                        f"{path} is empty; coverage combine would pass it over"
                    )
                copy = Path(temporary) / f".coverage.{len(data)}"
                data.append(str(_moved(path, shard.record.workspace, copy)))
        combined, result = f"{temporary}/.coverage", f"{temporary}/coverage.json"
        output = _coverage(home, "combine", "--keep", f"--data-file={combined}", *data)
        if unread := UNREAD.search(output):
            # It warns about a file that it cannot read, leaves it out, and succeeds.
            raise Problem(f"coverage combine lost data: {unread[0]}")
        # Otherwise `fail_under` in the project's configuration would end this with 2.
        _coverage(
            home, "json", f"--data-file={combined}", "--fail-under=0", "-o", result
        )
        if report is not None:
            shown = ("--skip-empty", "--fail-under=0", f"--directory={report / 'html'}")
            _coverage(home, "html", f"--data-file={combined}", *shown)
        return _from_report(read_json(Path(result)), home)


def _moved(path: Path, measured: str, copy: Path) -> Path:
    """A copy whose paths are those of this job.

    The workspace differs between self-hosted runners, and coverage.py would not find
    the sources. Schema: <https://coverage.readthedocs.io/en/latest/dbschema.html>
    """
    shutil.copyfile(path, copy)
    if measured in ("", str(workspace())):
        return copy
    try:
        with closing(sqlite3.connect(copy)) as database, database:
            for number, name in database.execute(
                "select id, path from file"
            ).fetchall():
                found = _here(name, measured)
                database.execute(
                    "update file set path = ? where id = ?", (found, number)
                )
    except sqlite3.DatabaseError as error:
        raise Problem(f"{path} is no data file of coverage.py: {error}") from error
    return copy


def _here(name: str, measured: str) -> str:
    """Maps a path in the workspace of another machine to this one."""
    windows = "\\" in measured
    plain, old = (
        part.replace("\\", "/") if windows else part for part in (name, measured)
    )
    if old and plain.startswith(f"{old}/"):
        return str(workspace() / plain[len(old) + 1 :])
    return name


def _coverage(home: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "coverage", *arguments]
    done = subprocess.run(
        command, cwd=home, capture_output=True, text=True, errors="replace", check=False
    )
    output = (done.stdout + done.stderr).strip()
    if done.returncode:
        reason = output.splitlines()[-1] if output else "no reason given"
        raise Problem(f"coverage {arguments[0]} failed: {reason}")
    return output


def _from_report(report: Any, home: Path) -> Coverage:
    try:
        totals = report["totals"]
        branches = totals.get("num_branches", 0)
        files = {}
        for name, found in report["files"].items():
            lines = dict.fromkeys(found["missing_lines"], False)
            lines.update(dict.fromkeys(found["executed_lines"], True))
            if path := _from_workspace(home / name):
                files[path] = lines
        return Coverage(
            files,
            int(totals["covered_lines"]) + int(totals.get("covered_branches", 0)),
            int(totals["num_statements"]) + int(branches),
            "lines and branches" if branches else "lines",
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise Problem(f"coverage json wrote a report without {error}") from error


# ── lcov ──────────────────────────────────────────────────────────────────────────────


def from_lcov(shards: list[Shard], root: Path) -> Coverage:
    """Adds up the hits of each line; a line counts once for all shards."""
    home = workspace() / root
    hits: defaultdict[str, dict[int, bool]] = defaultdict(dict)
    outside = set()
    for shard in shards:
        for report in shard.files:
            for name, line, hit in _lcov_lines(report):
                path = _from_workspace(home / _here(name, shard.record.workspace))
                if not path:
                    outside.add(name)
                    continue
                lines = hits[path]
                lines[line] = lines.get(line, False) or hit
    if outside:
        annotate(
            "notice",
            f"{len(outside)} measured files outside of the repository are left out",
        )
    total = sum(len(lines) for lines in hits.values())
    covered = sum(sum(lines.values()) for lines in hits.values())
    return Coverage(dict(hits), covered, total, "lines")


def _lcov_lines(report: Path) -> list[tuple[str, int, bool]]:
    """The records `SF:<path>`, `DA:<line>,<hits>[,…]`, `end_of_record`."""
    found = []
    name, closed = "", True
    for number, text_line in enumerate(
        report.read_text("utf-8", errors="replace").splitlines(), 1
    ):
        key, _, value = text_line.partition(":")
        if key == "SF":
            name, closed = value, False
        elif key == "end_of_record":
            closed = True
        elif key == "DA":
            parts = value.split(",")
            try:
                line, count = int(parts[0]), int(parts[1])
            except (ValueError, IndexError):
                raise Problem(
                    f"{report}:{number} is no lcov record: `{text_line}`"
                ) from None
            if closed:
                raise Problem(f"{report}:{number} belongs to no file")
            found.append((name, line, count > 0))
    if not closed:
        raise Problem(f"{report} is cut off: its last record has no end")
    return found


def _from_workspace(path: Path) -> str:
    """A path as git names it; empty outside of the repository."""
    whole = path.resolve()
    return (
        whole.relative_to(workspace()).as_posix()
        if whole.is_relative_to(workspace())
        else ""
    )


def write_lcov(path: Path, coverage: Coverage) -> None:
    """Writes the lines of every file, by paths from the root of the repository.

    Source: https://github.com/linux-test-project/lcov, geninfo(1), "Files"
    """
    parts = []
    for name, lines in sorted(coverage.files.items()):
        hits = [f"DA:{line},{int(hit)}" for line, hit in sorted(lines.items())]
        counts = [f"LF:{len(lines)}", f"LH:{sum(lines.values())}"]
        parts += [f"SF:{name}", *hits, *counts, "end_of_record"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{part}\n" for part in parts), "utf-8")
