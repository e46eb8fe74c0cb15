"""A run of a workflow: its attempts, its cancellation, its reviews, and what became of its jobs.

Sources: <https://docs.github.com/actions/how-tos/manage-workflow-runs/re-run-workflows-and-jobs>,
<https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation>.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from . import triggers
from .attempt import Attempt
from .call import Call, Group, overall
from .concurrency import Cancelled, Claim, Rule
from .environments import Review
from .event import ACTOR
from .job import JobRun
from .modelled import check_workflow
from .pace import Cancellation
from .workflow import Workflow

PATIENCE = 900  # Seconds that a case waits for a run, or for something to come about in it.


@dataclass
class Run(Attempt):
    """A run with all its attempts."""

    groups: dict[str, Group] = field(default_factory=dict)
    _thread: threading.Thread | None = None
    _error: BaseException | None = None

    # ── attempts ──────────────────────────────────────────────────────────────

    def start(self) -> Run:
        """Runs everything; on a later attempt what failed or was cancelled, and its dependents."""
        return self.begin().wait()

    def rerun_failed(self) -> Run:
        """Re-runs failed jobs: also those cancelled, and all that depend on them."""
        assert self.attempt, "the run has not been started"
        return self.start()

    def rerun_all(self) -> Run:
        """Re-runs all jobs, as if nothing were there but the artifacts."""
        assert self.attempt, "the run has not been started"
        return self.begin(everything=True).wait()

    def begin(self, everything: bool = False) -> Run:
        """Starts an attempt, and does not wait for it."""
        assert self._thread is None, "an attempt of the run is under way"
        before = None if everything else self.groups or None
        self.attempt += 1
        self.cancellation, self.annotations, self.started = Cancellation(), [], []
        self._error, self._strategy_failed = None, False
        self._thread = threading.Thread(target=self._attempt, args=(before,), daemon=True)
        self._thread.start()
        return self

    def wait(self) -> Run:
        """Waits for the end of the attempt."""
        assert self._thread
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), f"the run does not end: {self.running()}"
        self._thread = None
        if self._error:
            raise self._error
        return self

    def _attempt(self, before: Mapping[str, Group] | None) -> None:
        try:
            self._run(before)
        except Cancelled as reason:
            self.groups = {}
            self.cancel(str(reason))
        except BaseException as error:  # Raised anew by the thread that waits.
            self._error = error
            self.abandon()

    def _run(self, before: Mapping[str, Group] | None) -> None:
        workflow = self.bench.workflow(self.event.sha, self.file)
        check_workflow(workflow, self.file)
        inputs: dict[str, Any] = dict(self.event.inputs)
        if self.event.name == "workflow_dispatch":
            inputs = triggers.dispatched(workflow, self.event.inputs)
        call = Call(self.file, "", inputs, None, before)
        made = Workflow(self, workflow, call)
        with ExitStack() as held:
            concurrency = workflow.get("concurrency")
            resolved = self.bench.language.resolve(concurrency, made.contexts())
            if rule := Rule.of(resolved):
                claim = Claim("top level workflow", "", self.cancel, self.cancellation)
                held.enter_context(self.bench.groups.held(rule, claim))
                call.above.append(claim)
            self.groups = made.run().called

    # ── while it runs ─────────────────────────────────────────────────────────

    def abandon(self) -> None:
        """Ends every job at once, where a case has failed before its run has ended."""
        if not self._thread or not self._thread.is_alive():
            return
        self.cancel("The bench has ended the run.")
        with self._lock:
            for job in self._live:
                job.cancellation.force("The bench has ended the run.")

    def waiting(self) -> list[str]:
        """The environments whose reviewers are asked now."""
        return self.bench.protected.pending(self.number)

    def review(self, environment: str, state: str, user: str, comment: str = "") -> None:
        """Approves or rejects the jobs that wait for an environment."""
        review = Review(self.number, environment, state, user, comment)
        self.bench.protected.review(review, ACTOR)

    def running(self) -> list[str]:
        """The steps that run now, each after its job's name."""
        return [f"{job.name}: {job.current}" for job in list(self.started) if job.current]

    def until(self, holds: Callable[[], bool]) -> None:
        """Waits until something has come about, and fails once the attempt has ended without."""
        assert self._thread
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if not self._thread.is_alive():
                self.wait()
                raise AssertionError(f"the run has ended first: {self.results()}")
            assert time.monotonic() < deadline, self.running()
            time.sleep(0.02)

    # ── what became of it ─────────────────────────────────────────────────────

    @property
    def result(self) -> str:
        """The run's own result."""
        if self.cancellation.requested:
            return "cancelled"
        if self._strategy_failed:
            return "failure"
        return overall(group.result for group in self.groups.values())

    @property
    def jobs(self) -> list[JobRun]:
        """Every job that ran."""
        return [job for group in self.groups.values() for job in group.every()]

    def job(self, name: str) -> JobRun:
        """A job by the name that GitHub shows, below its callers' names."""
        found = [job for job in self.jobs if job.name == name]
        assert len(found) == 1, f"no job {name!r}: {[job.name for job in self.jobs]}"
        return found[0]

    def results(self) -> dict[str, str]:
        """The result of each job of the started workflow."""
        return {name: group.result for name, group in self.groups.items()}

    def seed(self) -> int:
        """The seed by which the tests were shuffled."""
        return int(self.job("Plan").outputs["seed"])

    def failures(self) -> str:
        """What the jobs that failed have logged."""
        return "\n".join(job.log for job in self.jobs if job.result == "failure")
