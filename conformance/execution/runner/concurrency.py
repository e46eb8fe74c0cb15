"""Concurrency groups: one runs, one waits, and a newer one takes the place of the one that waits.

With `queue: max` up to a hundred wait, and what comes then is cancelled.

Sources: <https://docs.github.com/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency>,
<https://github.blog/changelog/2026-05-07-github-actions-concurrency-groups-now-allow-larger-queues>;
for a group that a run already holds, <https://github.com/github/vscode-github-actions/issues/135>.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .pace import Cancellation

QUEUE = 100


class Cancelled(Exception):
    """Whatever waits for the group is cancelled, for this reason."""


@dataclass(eq=False)
class Claim:
    """A run or a job that needs a group."""

    name: str
    group: str
    cancel: Callable[[str], None]  # Cancels whoever claims it.
    cancellation: Cancellation
    above: list[Claim] = field(default_factory=list)  # What its run holds already.


@dataclass(frozen=True)
class Rule:
    """A `concurrency` key, evaluated."""

    group: str
    cancel_in_progress: bool = False
    queue: str = "single"

    @staticmethod
    def of(given: Any) -> Rule | None:
        """Reads the key; a group without a name is none."""
        if isinstance(given, str):
            given = {"group": given}
        if not given or not given.get("group"):
            return None
        queue = given.get("queue", "single")
        assert queue in ("single", "max"), f"concurrency.queue: {queue}"
        cancels = given.get("cancel-in-progress", False)
        assert isinstance(cancels, bool), f"concurrency.cancel-in-progress: {cancels!r}"
        assert not (cancels and queue == "max"), "`queue: max` excludes `cancel-in-progress: true`"
        return Rule(given["group"], cancels, queue)


class Groups:
    """The groups of a repository; their names ignore case."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[str, Claim] = {}
        self._waiting: dict[str, list[Claim]] = {}

    @contextmanager
    def held(self, rule: Rule, claim: Claim) -> Iterator[None]:
        """Waits for the group, and holds it; raises `Cancelled` where the claim loses its place."""
        group = rule.group.lower()
        if any(other.group == group for other in claim.above):
            other = next(other for other in claim.above if other.group == group)
            raise Cancelled(
                f"Canceling since a deadlock for concurrency group '{rule.group}' was detected "
                f"between '{other.name}' and '{claim.name}'"
            )
        claim.group = group
        self._queue(rule, claim)
        try:
            self._wait(claim)
            yield
        finally:
            with self._changed:
                if self._running.get(group) is claim:
                    del self._running[group]
                waiting = self._waiting.get(group, [])
                if claim in waiting:
                    waiting.remove(claim)
                self._changed.notify_all()

    def waiting(self, group: str) -> list[str]:
        """The names of what waits for a group, the first in line first."""
        with self._changed:
            return [claim.name for claim in self._waiting.get(group.lower(), [])]

    def _queue(self, rule: Rule, claim: Claim) -> None:
        reason = f"Canceling since a higher priority waiting request for '{rule.group}' exists"
        with self._changed:
            waiting = self._waiting.setdefault(claim.group, [])
            running = self._running.get(claim.group)
            replaced = [] if rule.queue == "max" else list(waiting)
            if rule.queue == "max" and len(waiting) >= QUEUE:
                raise Cancelled(f"Canceling since the queue of '{rule.group}' is full")
            waiting.append(claim)
            for other in replaced:
                waiting.remove(other)
            self._changed.notify_all()
        for other in replaced:
            other.cancel(reason)
        if running and rule.cancel_in_progress:
            running.cancel(reason)

    def _wait(self, claim: Claim) -> None:
        with self._changed:
            while True:
                waiting = self._waiting[claim.group]
                if claim.cancellation.requested or claim not in waiting:
                    raise Cancelled(claim.cancellation.reason)
                if claim.group not in self._running and waiting[0] is claim:
                    waiting.remove(claim)
                    self._running[claim.group] = claim
                    return
                self._changed.wait(0.02)
