"""A call of a workflow, and what its jobs become."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .concurrency import Claim
from .job import JobRun


@dataclass
class Group:
    """All that a job of a workflow became: one run, one per cell of its matrix, or a call."""

    result: str
    outputs: dict[str, str] = field(default_factory=dict)
    jobs: list[JobRun] = field(default_factory=list)
    called: dict[str, Group] = field(default_factory=dict)
    anew: bool = True

    def every(self) -> Iterator[JobRun]:
        """Its jobs, those of called workflows included."""
        yield from self.jobs
        for group in self.called.values():
            yield from group.every()

    @property
    def settled(self) -> bool:
        """Whether "Re-run failed jobs" leaves it alone."""
        results = [self.result, *(job.result for job in self.every())]
        return not {"failure", "cancelled"} & set(results)


@dataclass(frozen=True)
class Call:
    """A workflow, as it is started or called."""

    file: str
    prefix: str
    inputs: Mapping[str, Any]
    allowed: Mapping[str, str] | None  # What the caller grants; None for the run itself.
    before: Mapping[str, Group] | None  # What the attempt before has left.
    secrets: Mapping[str, str] = field(default_factory=dict)  # What the caller hands over.
    all_again: bool = False
    above: list[Claim] = field(default_factory=list)  # Concurrency groups that are held for it.


def overall(results: Any) -> str:
    """One result for several."""
    found = list(results)
    for result in ("failure", "cancelled", "success"):
        if result in found:
            return result
    return "skipped"
