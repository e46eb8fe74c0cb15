"""Proves that a run is complete: all shards, each test once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from records import Record, digest_of

NAMED = 5  # Test ids named in one message.
EXITS = {
    2: "interrupted, or a file could not be collected",
    3: "an internal error of the runner",
    4: "wrong usage of the runner",
    5: "no test was collected",
    7: "flaky tests, which `--fail-on-flaky` refuses",
}


@dataclass(frozen=True)
class Expected:
    """The number of shards of a version and seed; None matches any seed."""

    version: str
    shards: int
    seed: int | None
    optional: bool = False

    @property
    def label(self) -> str:
        """The name in messages."""
        parts = [self.version] if self.version else []
        parts += [f"seed {self.seed}"] if self.seed is not None else []
        return ", ".join(parts) or "the run"


def complete(
    expected: Sequence[Expected], records: Sequence[Record]
) -> tuple[list[Record], list[str]]:
    """Chooses the newest attempt of each expected shard, and lists what is missing."""
    by_seed = any(entry.seed is not None for entry in expected)
    newest, problems = _newest(records, by_seed)
    chosen: list[Record] = []
    by_version: defaultdict[str, list[Record]] = defaultdict(list)
    for entry in expected:
        own: list[Record] = []
        for shard in range(1, entry.shards + 1):
            record = newest.pop((entry.version, shard, entry.seed), None)
            if record is None:
                problems.append(
                    f"{entry.label}: shard {shard} of {entry.shards} left no record"
                )
            else:
                own.append(record)
        chosen += own
        by_version[entry.version] += own
        for record in own:
            problems += _unfinished(record)
        problems += _lost(entry, own)
    for records_of_version in by_version.values():
        problems += _disagreeing(records_of_version, by_seed)
    for record in newest.values():
        problems.append(f"{record.label}, seed {record.seed}: unexpected record")
    return chosen, problems


def _newest(
    records: Sequence[Record], by_seed: bool
) -> tuple[dict[tuple[str, int, int | None], Record], list[str]]:
    """The record of the highest attempt, by version, shard and seed."""
    found: dict[tuple[str, int, int | None], Record] = {}
    problems = []
    for record in records:
        key = (record.version, record.shard, record.seed if by_seed else None)
        other = found.get(key)
        if other is None or record.attempt > other.attempt:
            found[key] = record
        elif record.attempt == other.attempt:
            problems.append(f"{record.label}: two records of attempt {record.attempt}")
    return found, problems


def _unfinished(record: Record) -> list[str]:
    """Signs that a shard did not run to completion."""
    if record.exit is None:
        done = f"{record.label}: the run was cut off after {len(record.final)} tests"
        return [
            f"{done}, while running {_named(record.running)}"
            if record.running
            else done
        ]
    problems = [f"{record.label}: {crash}" for crash in record.crashes]
    if record.exit not in (0, 1):
        meaning = record.internal_error or EXITS.get(record.exit, "see its log")
        problems.append(
            f"{record.label}: the runner ended with {record.exit}: {meaning}"
        )
    elif record.exit == 1 and not record.failing and not record.crashes:
        problems.append(
            f"{record.label}: the runner ended with 1, but no test failed; see its log"
        )
    selected, executed = Counter(record.selected), record.executed
    missing = sorted(set(selected) - executed)
    if missing:
        problems.append(f"{record.label}: selected but not executed: {_named(missing)}")
    foreign = sorted(executed - set(selected))
    if foreign:
        problems.append(f"{record.label}: executed but not selected: {_named(foreign)}")
    return problems


def _lost(entry: Expected, own: Sequence[Record]) -> list[str]:
    """Checks that the shards select every collected test once."""
    if len(own) < entry.shards:
        return []  # The missing shard is reported already.
    problems = []
    for record in own:
        if record.shards != entry.shards:
            problems.append(f"{record.label}: there should be {entry.shards} shards")
    # Tests that only one shard runs, such as doctests, are in no collection.
    count = Counter(name for record in own for name in record.selected)
    for record in own:
        count.subtract(record.alone)
    count = +count
    twice = sorted(name for name, times in count.items() if times > 1)
    if twice:
        problems.append(f"{entry.label}: selected more than once: {_named(twice)}")
    first = own[0]
    if first.collected is None:
        empty = [record.label for record in own if not record.final]
        return problems + [f"{label}: no test was executed" for label in empty]
    if first.collected == 0 and not any(record.alone for record in own):
        problems.append(f"{entry.label}: no test was collected")
    elif len(count) != first.collected or digest_of(count) != first.digest:
        problems.append(
            f"{entry.label}: the shards select {len(count)} tests "
            f"of {first.collected} collected"
        )
    return problems


def _disagreeing(own: Sequence[Record], by_seed: bool) -> list[str]:
    """Signs that shards of a version had different tests or timings."""
    problems = []
    version = own[0].version if own else ""
    label = version or "the run"
    if len({(record.collected, record.digest) for record in own}) > 1:
        numbers = ", ".join(f"{record.label}: {record.collected}" for record in own)
        examples = "".join(f"; {example}" for example in _unshared(own))
        problems.append(
            f"{label}: the shards collected different tests ({numbers}); "
            "test ids must not depend on the time, on chance, or on the order of a set"
            f"{examples}"
        )
    if len({record.timings for record in own}) > 1:
        problems.append(f"{label}: the shards were split by different timings")
    if not by_seed and len({record.seed for record in own}) > 1:
        problems.append(f"{label}: the shards ran under different seeds")
    return problems


def _unshared(own: Sequence[Record]) -> list[str]:
    """One test per shard that only this shard collected, or only this shard lacks."""
    collected = [{*record.selected, *record.others} for record in own]
    count = Counter(name for names in collected for name in names)
    examples = []
    for record, names in zip(own, collected, strict=True):
        alone = sorted(name for name in names if count[name] == 1)
        absent = sorted(
            name for name in count if name not in names and count[name] == len(own) - 1
        )
        seed = "" if record.seed is None else f", seed {record.seed}"
        if alone:
            examples.append(f"only {record.label}{seed} has {alone[0]}")
        elif absent:
            examples.append(f"only {record.label}{seed} lacks {absent[0]}")
    return examples


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"
