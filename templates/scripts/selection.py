"""Selects the files of a run by the paths of the definition.

Environment:
  PIPEWRIGHT_PATHS     optional: folders, files and globs of the run, one a line
  PIPEWRIGHT_ELSEWHERE optional: those of other runs of the component
  PIPEWRIGHT_LEFT_OUT  optional: those of suites, of the quarantine, and without tests
  PIPEWRIGHT_SUITE     optional: those of a suite, in place of PIPEWRIGHT_PATHS
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from formats import code
from globs import pattern
from parameters import text
from runner import Problem


def units_of_run(units: Sequence[str], paths: Mapping[str, str]) -> list[str]:
    """The files or packages of all shards; raises if no run would execute one."""
    suite, left_out = lines("PIPEWRIGHT_SUITE"), lines("PIPEWRIGHT_LEFT_OUT")
    own = suite or lines("PIPEWRIGHT_PATHS")
    for path in own:
        if not any(covers(path, paths[unit]) for unit in units):
            raise Problem(f"{code(path)} leads to no test")
    kept = [unit for unit in units if not covered(left_out, paths[unit])]
    runs = [unit for unit in kept if not own or covered(own, paths[unit])]
    elsewhere = lines("PIPEWRIGHT_ELSEWHERE")
    lost = set(kept).difference(runs) if not suite else set()
    for unit in sorted(lost):
        if not covered(elsewhere, paths[unit]):
            raise Problem(
                f"no path of a run or a suite leads to {code(paths[unit])}, and no "
                "quarantine explains it: add it to `paths`"
            )
    return runs


def lines(variable: str) -> list[str]:
    """The lines of a variable."""
    return [line for line in text(variable, "").splitlines() if line]


def covered(paths: Sequence[str], unit: str) -> bool:
    """True where one of the paths leads to a unit."""
    return any(covers(path, unit) for path in paths)


def covers(path: str, unit: str) -> bool:
    """True where a unit is a path, is below it, or matches it as a glob."""
    path = path.removeprefix("./").rstrip("/")
    if path in ("", "."):
        return True
    parts = unit.split("/")
    above = ("/".join(parts[:end]) for end in range(1, len(parts) + 1))
    if "*" in path or "?" in path:
        glob = pattern(path)
        return any(glob.fullmatch(part) for part in above)
    return path in above


def from_here(unit: str) -> str:
    """A file from the working folder; a package as it is."""
    if not os.path.isabs(unit):
        return unit
    return Path(os.path.relpath(os.path.realpath(unit))).as_posix()
