"""Waiting times of GitHub, which a case shortens, and requests to stop.

Sources: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation> and
<https://github.com/actions/runner>, `ProcessInvoker.cs` (7.5 s, 2.5 s, 5 s) and `StepsRunner.cs`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

JOB_MINUTES = 360  # Time limit of a job that sets none.
CANCEL_MINUTES = 5  # Time between a cancellation and the end of every step, `always()` included.
REVIEW_MINUTES = 30 * 24 * 60  # A job that nobody has approved by then fails.


@dataclass
class Pace:
    """Seconds that GitHub's waiting times take here."""

    minute: float = 60.0
    interrupt: float = 7.5  # From SIGINT to SIGTERM.
    terminate: float = 2.5  # From SIGTERM to the end of the process tree.
    streams: float = 5.0  # For output that a process holds open after its shell has ended.


class Cancellation:
    """A request to end a job, made once: by a person, a time limit, a failed cell, a newer run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reason = ""
        self.at = 0.0

    def request(self, reason: str) -> None:
        """Makes the request, unless it has been made."""
        with self._lock:
            if not self.reason:
                self.reason, self.at = reason, time.monotonic()

    def force(self, reason: str) -> None:
        """Makes the request, and ends the time that is left after it."""
        self.request(reason)
        self.at = float("-inf")

    @property
    def requested(self) -> bool:
        """Whether it has been made."""
        return bool(self.reason)

    def overdue(self, seconds: float) -> bool:
        """Whether it was made longer ago than this."""
        return self.requested and time.monotonic() - self.at > seconds


@dataclass(eq=False)
class Live:
    """A job that is queued, waits or runs, and can be cancelled."""

    cancellation: Cancellation
    resists: Callable[[], bool]  # Whether its condition holds in a run that is cancelled.
