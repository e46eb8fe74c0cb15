"""Assigns tests, files or packages to shards.

The result depends only on the set of ids and the timings. Shards that share both
compute the same assignment, in any order of collection.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

SPLITS = ("timings", "count", "files")


def assign(
    ids: Sequence[str], shards: int, split: str, timings: Mapping[str, float]
) -> dict[str, int]:
    """Assigns every id to a shard, from 1.

    `timings` balances the seconds per shard, `count` the number of tests, `files` the
    seconds, with the tests of a file in one shard. A test without a timing counts as
    the median of the others.
    """
    ordered = sorted(set(ids))
    if split == "count":
        return {name: index % shards + 1 for index, name in enumerate(ordered)}
    weights = microseconds(ordered, timings)
    if split == "timings":
        return least_loaded(weights, shards)
    files: Counter[str] = Counter()
    for name, weight in weights.items():
        files[file_of(name)] += weight
    homes = least_loaded(files, shards)
    return {name: homes[file_of(name)] for name in ordered}


def microseconds(ids: Iterable[str], timings: Mapping[str, float]) -> dict[str, int]:
    """The duration of each test, as integers: their sums are exact in any order."""
    known = {name: round(timings[name] * 1_000_000) for name in ids if name in timings}
    unknown = round(statistics.median(known.values())) if known else 1_000_000
    return {name: known.get(name, unknown) for name in ids}


def least_loaded(weights: Mapping[str, int], shards: int) -> dict[str, int]:
    """Assigns the longest first, each to the shard with the smallest load."""
    loads = [(0, 0, shard) for shard in range(1, shards + 1)]
    homes = {}
    for name in sorted(weights, key=lambda name: (-weights[name], name)):
        load, count, shard = min(loads)
        loads[shard - 1] = (load + weights[name], count + 1, shard)
        homes[name] = shard
    return homes


def file_of(name: str) -> str:
    """The file of a test."""
    return name.split("::", 1)[0]
