"""Selects the files or packages of a shard.

The tool is asked for files or packages and not for tests, since a list of tests would
load or build all of them in every shard. The record holds both lists, so that the
gates can prove that the shards together ran everything that is listed.

Environment:
  PIPEWRIGHT_WORK      the folder with found.json, the tool's list: one a line, or
                       JSON, a list of paths or of {"file": path}; listed.txt and
                       selected.txt become what is listed, and what this shard runs
  PIPEWRIGHT_FILTER    optional: `substring` where the tool runs every file whose path
                       contains one of those that it is given
  PIPEWRIGHT_SPLIT     optional: `timings`, or `count` (default)
  PIPEWRIGHT_TIMINGS   the timings of the plan, where the split is by time
  PIPEWRIGHT_SHARD, PIPEWRIGHT_SHARDS   this shard, from 1, and how many there are
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from formats import code
from parameters import integer, text
from runner import Problem, say
from splits import file_of, least_loaded, microseconds


def select_units() -> int:
    """Writes what the shard runs."""
    work = Path(text("PIPEWRIGHT_WORK"))
    listed = units_in(work / "found.json")
    shards = integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
    shard = integer("PIPEWRIGHT_SHARD", 1, shards, 1)
    timings, _ = shared_timings()
    if text("PIPEWRIGHT_FILTER", "") == "substring":
        groups = inseparable(listed)
    else:
        groups = {unit: unit for unit in listed}
    homes = spread(groups, shards, text("PIPEWRIGHT_SPLIT", "count"), timings)
    selected = [unit for unit in listed if homes[unit] == shard]
    for name, units in (("listed.txt", listed), ("selected.txt", selected)):
        (work / name).write_text("".join(f"{unit}\n" for unit in units), "utf-8")
    say(f"shard {shard} of {shards} runs {len(selected)} of {len(listed)}")
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


def inseparable(units: Sequence[str]) -> dict[str, str]:
    """Gives every file the first of its group: those whose paths contain each other.

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
    """Gives every unit its shard, and those of a group the same."""
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
    """The timings of the plan and their digest, by which shards are compared."""
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
