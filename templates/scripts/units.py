"""Selects the files or packages of a shard.

The tool lists files or packages instead of tests, since a list of tests would load or
build all of them in every shard. The record has both lists, so that the gates can
prove that the shards together ran all files or packages.

Environment:
  PIPEWRIGHT_WORK      the folder with found.json, the tool's list: one a line, or
                       JSON, a list of paths or of {"file": path}; with modules.txt,
                       what `go list -m` printed, the list is of packages. listed.txt
                       becomes what all shards run, selected.txt what this one runs,
                       excluded.txt what a filter would run besides, filters.txt the
                       arguments of Playwright, where its report is the list
  PIPEWRIGHT_FILTER    optional: `substring` if the tool runs every file whose path
                       contains one of its arguments
  PIPEWRIGHT_SPLIT     optional: `timings`, or `count` (default)
  PIPEWRIGHT_TIMINGS   the timings of the plan, where the split is by time
  PIPEWRIGHT_SHARD, PIPEWRIGHT_SHARDS   this shard, from 1, and their number
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from formats import code
from go_report import folder_of, folders_of
from parameters import integer, text
from playwright_report import files_listed, filters_of
from runner import Problem, log
from selection import from_here, units_of_run
from shared_timings import shared_timings
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
    if report := listing_in(work / "found.json"):
        paths = files_listed(report)
        lists["filters.txt"] = filters_of([paths[unit] for unit in selected])
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
    if report := listing_in(path):
        found = list(files_listed(report))
    elif content.lstrip().startswith("["):
        try:
            found = [path_of(entry) for entry in json.loads(content)]
        except (ValueError, KeyError, TypeError) as error:
            raise Problem(f"`{path}` is no list of files: {error!r}") from error
    units = sorted({from_here(line.strip()) for line in found if line.strip()})
    for unit in units:
        if "\n" in unit or unit.startswith("-"):
            raise Problem(f"{code(unit)} cannot be an argument of the test tool")
    return units


def listing_in(path: Path) -> Any:
    """The report of Playwright, if that is the list; its files have tests."""
    try:
        content = path.read_text("utf-8")
        return json.loads(content) if content.startswith("{") else None
    except (OSError, ValueError) as error:
        raise Problem(f"PIPEWRIGHT_WORK: cannot read `{path}`: {error}") from error


def path_of(entry: Any) -> str:
    """The path of an entry."""
    return str(entry["file"]) if isinstance(entry, dict) else str(entry)


# ── paths ─────────────────────────────────────────────────────────────────────────────


def folders_of_units(units: Sequence[str], modules: Path) -> dict[str, str]:
    """The path of each unit: a file's own, a package's folder from here."""
    if not modules.is_file():
        return {unit: unit for unit in units}
    folders = folders_of(str(modules))
    found = {unit: folder_of(unit, folders) for unit in units}
    return {unit: from_here(str(path or unit)) for unit, path in found.items()}


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
