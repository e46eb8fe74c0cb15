"""Selects the files or packages of a shard.

The tool lists files or packages instead of tests, since a list of tests would load or
build all of them in every shard. The record has both lists, so that the gates can
prove that the shards together ran all files or packages.

Environment:
  PIPEWRIGHT_WORK      the folder with found.json, the tool's list: one a line, or
                       JSON, a list of paths or of {"file": path}; with modules.txt,
                       what `go list -m` printed, the list is of packages. listed.txt
                       becomes what all shards run, selected.txt what this one runs,
                       excluded.txt what a filter would run besides
  PIPEWRIGHT_PATHS     optional: folders, files and globs of the run, one a line
  PIPEWRIGHT_ELSEWHERE optional: those of other runs of the component
  PIPEWRIGHT_LEFT_OUT  optional: those of suites, of the quarantine, and without tests
  PIPEWRIGHT_SUITE     optional: those of a suite, in place of PIPEWRIGHT_PATHS
  PIPEWRIGHT_FILTER    optional: `substring` if the tool runs every file whose path
                       contains one of its arguments
  PIPEWRIGHT_SPLIT     optional: `timings`, or `count` (default)
  PIPEWRIGHT_TIMINGS   the timings of the plan, where the split is by time
  PIPEWRIGHT_SHARD, PIPEWRIGHT_SHARDS   this shard, from 1, and their number
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from formats import code
from globs import pattern
from go_report import folder_of, folders_of
from parameters import integer, text
from runner import Problem, log
from splits import file_of, least_loaded, microseconds


def select_units() -> int:
    """Writes the files or packages of the shard."""
    work = Path(text("PIPEWRIGHT_WORK"))
    found = units_in(work / "found.json")
    listed = units_of_run(found, folders_of_units(found, work / "modules.txt"))
    shards = integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
    shard = integer("PIPEWRIGHT_SHARD", 1, shards, 1)
    timings, _ = shared_timings()
    if text("PIPEWRIGHT_FILTER", "") == "substring":
        groups = inseparable(listed)
    else:
        groups = {unit: unit for unit in listed}
    homes = spread(groups, shards, text("PIPEWRIGHT_SPLIT", "count"), timings)
    selected = [unit for unit in listed if homes[unit] == shard]
    excluded = matched_besides(selected, found)
    lists = {"listed.txt": listed, "selected.txt": selected, "excluded.txt": excluded}
    for name, units in lists.items():
        (work / name).write_text("".join(f"{unit}\n" for unit in units), "utf-8")
    log(f"shard {shard} of {shards} runs {len(selected)} of {len(listed)}")
    return 0


def units_in(path: Path) -> list[str]:
    """The files or packages of a list, sorted; files from the working folder."""
    try:
        content = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise Problem(f"PIPEWRIGHT_WORK: cannot read `{path}`: {error}") from error
    found = content.split("\n")
    if content.lstrip().startswith("["):
        try:
            found = [path_of(entry) for entry in json.loads(content)]
        except (ValueError, KeyError, TypeError) as error:
            raise Problem(f"`{path}` is no list of files: {error!r}") from error
    units = sorted({from_here(line.strip()) for line in found if line.strip()})
    for unit in units:
        if "\n" in unit or unit.startswith("-"):
            raise Problem(f"{code(unit)} cannot be an argument of the test tool")
    return units


def path_of(entry: Any) -> str:
    """The path of an entry."""
    return str(entry["file"]) if isinstance(entry, dict) else str(entry)


def from_here(unit: str) -> str:
    """A file from the working folder; a package as it is."""
    if not os.path.isabs(unit):
        return unit
    return Path(os.path.relpath(os.path.realpath(unit))).as_posix()


# ── paths ─────────────────────────────────────────────────────────────────────────────


def folders_of_units(units: Sequence[str], modules: Path) -> dict[str, str]:
    """The path of each unit: a file's own, a package's folder from here."""
    if not modules.is_file():
        return {unit: unit for unit in units}
    folders = folders_of(str(modules))
    found = {unit: folder_of(unit, folders) for unit in units}
    return {unit: from_here(str(path or unit)) for unit, path in found.items()}


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


def matched_besides(selected: Sequence[str], found: Sequence[str]) -> list[str]:
    """Files, as globs, that the filters of a shard match and no shard runs with it."""
    if text("PIPEWRIGHT_FILTER", "") != "substring":
        return []
    others = sorted(set(found).difference(selected))
    parts = [unit.lower() for unit in selected]
    matched = [unit for unit in others if any(part in unit.lower() for part in parts)]
    return [re.sub(r"([][*?{}()!\\])", r"\\\1", unit) for unit in matched]


# ── shards ────────────────────────────────────────────────────────────────────────────


def inseparable(units: Sequence[str]) -> dict[str, str]:
    """Maps every file to the first of its group, whose paths contain each other.

    vitest takes filters, and ignores their case. Source:
    <https://vitest.dev/guide/filtering#cli>
    """
    first = {unit: unit for unit in units}
    lower = [(unit.lower(), unit) for unit in units]
    for part, unit in lower:
        for whole, other in lower:
            if part in whole and first[other] != first[unit]:
                old, new = sorted((first[other], first[unit]), reverse=True)
                for name, group in first.items():
                    if group == old:
                        first[name] = new
    return first


def spread(
    groups: Mapping[str, str], shards: int, split: str, timings: Mapping[str, float]
) -> dict[str, int]:
    """Assigns every unit to a shard, and a group as a whole."""
    if split not in ("timings", "count"):
        raise Problem(f"PIPEWRIGHT_SPLIT must be `timings` or `count`, not `{split}`")
    sums: Counter[str] = Counter()
    for name, seconds in timings.items() if split == "timings" else ():
        sums[file_of(name)] += round(seconds * 1_000_000)
    weights: Counter[str] = Counter()
    known = {unit: sums[unit] / 1_000_000 for unit in groups if unit in sums}
    for unit, weight in microseconds(groups, known).items():
        weights[groups[unit]] += weight
    homes = least_loaded(weights, shards)
    return {unit: homes[group] for unit, group in groups.items()}


def shared_timings() -> tuple[dict[str, float], str | None]:
    """The timings of the plan, and the digest that must agree between shards."""
    path = text("PIPEWRIGHT_TIMINGS", "")
    if not path:
        return {}, None
    try:
        content = Path(path).read_bytes()
        found = json.loads(content)
        timings = {str(name): float(value) for name, value in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Problem(
            f"PIPEWRIGHT_TIMINGS: cannot read `{path}`, which all shards must share: "
            f"{error}"
        ) from error
    return timings, hashlib.sha256(content).hexdigest()
