"""What the jobs of a run share: its event, its cancellation, and what they record."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from .commands import Annotation
from .event import ACTOR, NUMBER, REPOSITORY, Event
from .job import Fault, JobRun
from .pace import Cancellation, Live
from .repository import Repository


@dataclass
class Attempt:
    """A run, as its jobs see it."""

    bench: Repository
    file: str
    event: Event
    number: int
    faults: list[Fault]
    broken: frozenset[str]
    hooks: Mapping[str, Callable[[Any], None]]
    only: frozenset[str] = frozenset()
    attempt: int = 0
    records: list[dict[str, Any]] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    cancellation: Cancellation = field(default_factory=Cancellation)
    started: list[JobRun] = field(default_factory=list)  # In this attempt.
    _live: list[Live] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _strategy_failed: bool = False

    def cancel(self, reason: str = f"The run was canceled by @{ACTOR}.") -> None:
        """Cancels the run: every job but those whose condition holds all the same."""
        with self._lock:
            if self.cancellation.requested:
                return
            self.cancellation.request(reason)
            self.annotations.append(Annotation("error", reason))
            live = list(self._live)
        for job in live:
            if not job.resists():
                job.cancellation.request(reason)

    @contextmanager
    def live(self, job: Live) -> Iterator[None]:
        """Lets a job be cancelled with the run, from its queue to its end."""
        with self._lock:
            self._live.append(job)
        if self.cancellation.requested and not job.resists():
            job.cancellation.request(self.cancellation.reason)
        try:
            yield
        finally:
            with self._lock:
                self._live.remove(job)

    def strategy_failed(self, name: str, error: Exception) -> None:
        """Notes a job whose matrix GitHub cannot evaluate, which no job of the run shows."""
        self._strategy_failed = True
        message = f"Error when evaluating 'strategy' for job '{name}'. {error}"
        self.annotations.append(Annotation("error", message))


def github_context(run: Attempt, main: Mapping[str, Any]) -> dict[str, Any]:
    """The context `github`, but for what a job adds."""
    event = run.event
    return {
        "actor": ACTOR,
        "api_url": run.bench.api.url,
        "base_ref": event.base,
        "event": event.payload(),
        "event_name": event.name,
        "head_ref": event.head if event.name == "pull_request" else "",
        "ref": event.ref,
        "ref_name": re.sub("^refs/(heads|pull|tags)/", "", event.ref),
        "repository": REPOSITORY,
        "repository_id": str(NUMBER),
        "run_attempt": str(run.attempt),
        "run_id": str(run.number),
        "run_number": str(run.number),
        "server_url": run.bench.server_url,
        "sha": event.sha,
        "triggering_actor": ACTOR,
        "workflow": main.get("name", run.file),
    }
