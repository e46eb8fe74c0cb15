"""Finds the coverage data of each shard, by the record next to it.

An artifact contains the record of its shard and the data. `download-artifact`
extracts a single match without a folder of its name, so folder names are no help:
a data file belongs to the record in the nearest folder.

Source:
<https://github.com/actions/download-artifact/blob/v8.0.1/src/download-artifact.ts>
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from records import Record, read_records
from runner import Problem

DATA_FILES = {
    "coverage": re.compile(r"\.coverage(\..+)?"),
    "lcov": re.compile(r"lcov\.info"),
}
CRASHED = re.compile(r"worker '([^']+)' crashed while running '?([^']+)")


@dataclass(frozen=True)
class Shard:
    """The newest data of one shard."""

    record: Record
    files: list[Path]


def shards_in(data: Path, kind: str, run: str, expected: int) -> list[Shard]:
    """Returns the data of every shard, from the newest attempt that left any."""
    if not data.is_dir():
        raise Problem(
            f"PIPEWRIGHT_DATA: no folder `{data}`; no shard left coverage data"
        )
    records, broken = read_records(data, run)
    if broken:
        raise Problem(broken[0])
    files = _by_record(data, DATA_FILES[kind])
    found: dict[int, Shard] = {}
    for record in records:
        shard = Shard(record, files.get(record.folder, []))
        other = found.get(record.shard)
        if other and other.record.attempt == record.attempt:
            raise Problem(
                f"{record.label}: attempt {record.attempt} left its data twice"
            )
        if not other or _rank(shard) > _rank(other):
            found[record.shard] = shard
    missing = [
        number for number in range(1, expected + 1) if not _complete(found.get(number))
    ]
    if missing:
        names = ", ".join(str(number) for number in missing)
        raise Problem(
            f"shard {names} of {expected} left no coverage data; "
            "the coverage of the others alone would be too low"
        )
    versions = sorted({shard.record.version for shard in found.values()})
    if len(versions) > 1:
        raise Problem(f"the data is of several versions: {', '.join(versions)}")
    return [found[number] for number in range(1, expected + 1)]


def lost_data(shards: list[Shard]) -> list[str]:
    """Returns what is missing from the data of shards that did not end well."""
    found = []
    for record in (shard.record for shard in shards):
        crashes: dict[str, str] = {}
        for line in record.lines:
            if match := CRASHED.search(line.message):
                crashes.setdefault(match[1], match[2])
        for worker, test in sorted(crashes.items()):
            found.append(
                f"{record.label}: worker {worker} died while it ran {test}, "
                "and the coverage of all its tests is lost"
            )
        if record.exit is None:
            found.append(
                f"{record.label}: the test run was cut off, "
                "so its coverage is incomplete"
            )
        elif record.exit not in (0, 1) and not crashes:
            found.append(
                f"{record.label}: the test run ended with {record.exit}, "
                "so its coverage may be incomplete"
            )
    return found


def _rank(shard: Shard) -> tuple[bool, int]:
    """An attempt that left no data does not replace one that did."""
    return _complete(shard), shard.record.attempt


def _complete(shard: Shard | None) -> bool:
    """A shard without tests may have nothing to measure."""
    if shard is None:
        return False
    return bool(shard.files) or (not shard.record.selected and shard.record.exit == 0)


def _by_record(data: Path, name: re.Pattern[str]) -> dict[Path, list[Path]]:
    """Every data file, under the folder of its record."""
    records = [path.parent for path in data.rglob("run.json")]
    found: defaultdict[Path, list[Path]] = defaultdict(list)
    for path in sorted(data.rglob("*")):
        if path.is_file() and name.fullmatch(path.name):
            found[_owner(path, records, data)].append(path)
    return dict(found)


def _owner(path: Path, records: list[Path], data: Path) -> Path:
    """The record in the nearest folder above a file."""
    for folder in path.parents:
        near = [record for record in records if record.is_relative_to(folder)]
        if len(near) == 1:
            return near[0]
        if near or folder == data:
            break
    raise Problem(f"{path}: no record of one shard is beside this file")
