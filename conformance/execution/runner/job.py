"""One job on a fresh machine: its services, its steps in order, its outputs."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

from .actions import ActionError
from .commands import Annotation, hidden
from .language import Contexts, Language, Status
from .pace import CANCEL_MINUTES, JOB_MINUTES, Cancellation, Pace
from .place import Place
from .services import Service, Unhealthy, reserved
from .step import StepRun, Stop, Stopping, end_orphans, run_action, run_script

SUMMARIES = 20  # Steps whose summaries are shown; the rest of a job's is not.
CANCELLED = "The operation was canceled."


class RunnerLost(Exception):
    """The machine is gone: no further step runs, not even one with `always()`."""


class Overdue(Exception):
    """The time after a cancellation is over: no further step runs, and there are no outputs."""


@dataclass
class JobRun:
    """What a job did."""

    id: str
    name: str
    matrix: dict[str, Any]
    permissions: dict[str, str]
    attempt: int
    result: str = "success"
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[StepRun] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    services: dict[str, Service] = field(default_factory=dict)
    current: str = ""  # The step that runs now.
    timed_out: bool = False  # Whether its own time limit has cancelled it.
    tolerated: bool = False  # Whether `continue-on-error` of the job makes a failure count as none.

    @property
    def counted(self) -> str:
        """The result that other jobs and the run see.

        Source: <https://github.com/actions/toolkit/issues/581>.
        """
        return "success" if self.tolerated and self.result == "failure" else self.result

    @property
    def summary(self) -> str:
        """The job's part of the run's summary, as far as it is shown."""
        return "\n".join([step.summary for step in self.steps if step.summary][:SUMMARIES])

    @property
    def log(self) -> str:
        """All steps' output."""
        return "\n".join(f"── {step.name} ({step.outcome})\n{step.log}" for step in self.steps)

    def step(self, name: str) -> StepRun:
        """A step by its name."""
        found = [step for step in self.steps if step.name == name]
        assert len(found) == 1, f"{self.name} has no step {name!r}: {[s.name for s in self.steps]}"
        return found[0]


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong in a step of a job.

    `due` is asked with the job's folder until it holds; then the step's processes are killed. With
    `machine` the whole machine is lost with them.
    """

    job: str
    step: str
    due: Callable[[Place], bool]
    matrix: Mapping[str, Any] = field(default_factory=dict)
    machine: bool = False
    attempt: int = 1

    def hits(self, job: JobRun, step: str) -> bool:
        """Whether it is this step of this job that it is about."""
        fits = all(job.matrix.get(axis) == value for axis, value in self.matrix.items())
        return fits and (job.id, step, job.attempt) == (self.job, self.step, self.attempt)


@dataclass
class Execution:
    """A job about to be run."""

    language: Language
    given: Mapping[str, Any]
    defaults: list[Mapping[str, Any]]
    env: list[Any]
    contexts: Contexts
    place: Place
    job: JobRun
    machine: Mapping[str, str]
    masks: set[str]
    faults: list[Fault]
    broken: frozenset[str]
    pace: Pace
    cancellation: Cancellation
    status: Status = field(default_factory=Status)
    steps: dict[str, Any] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)

    def run(self, slot: AbstractContextManager[Any]) -> None:
        """Runs the job, once a machine is free; cancelled before that, it has no steps."""
        services = self.language.text(self.given.get("services", {}), self.contexts)
        started = [
            Service.of(name, given, self.place.folder / "services" / name, name in self.broken)
            for name, given in services.items()
        ]
        self.job.services = {service.name: service for service in started}
        with ExitStack() as held:
            ports = [port for service in started for port in service.ports]
            held.enter_context(reserved(ports, slot))
            if self.cancellation.requested:
                self._cancel()
                return
            held.callback(end_orphans, self.machine["RUNNER_TRACKING_ID"])
            for service in started:
                held.callback(service.stop)
            held.callback(self._limited().cancel)
            try:
                self._run(started)
            except RunnerLost:
                self._fail(Annotation("error", "the runner lost communication with the server"))
                return
            except Overdue:
                return
            self.job.outputs = self._outputs()

    def _run(self, services: list[Service]) -> None:
        """Services first; where one fails, steps that ask for it still run."""
        try:
            for service in services:
                service.start()
        except Unhealthy as error:
            self._fail(Annotation("error", str(error)))
        after: list[Callable[[bool], None]] = []
        for step in self.given["steps"]:
            after += self._step(step)
        if self._overdue():
            raise Overdue
        for finish in reversed(after):
            try:
                finish(self.status.success)
            except ActionError as error:
                self._fail(Annotation("error", str(error)))

    def _limited(self) -> threading.Timer:
        """Cancels the job when its time is over, as the server does.

        Source: <https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax>,
        `jobs.<job_id>.timeout-minutes`.
        """
        minutes = self._minutes("timeout-minutes", JOB_MINUTES)
        seconds = minutes * self.pace.minute
        timer = threading.Timer(seconds, self.cancellation.request, [self.limited_by])
        timer.daemon = True
        timer.start()
        return timer

    @property
    def limited_by(self) -> str:
        """The reason for which the job's own time limit cancels it."""
        minutes = self._minutes("timeout-minutes", JOB_MINUTES)
        return f"The job has exceeded the maximum execution time of {minutes:g} minutes."

    def _minutes(self, key: str, default: float) -> float:
        given = self.given.get(key)
        return default if given is None else float(self.language.text(given, self.contexts))

    def _fail(self, annotation: Annotation) -> None:
        self.job.result = "failure"
        self.job.annotations.append(annotation)
        self.status = Status(success=False, failure=True)

    def _cancel(self) -> None:
        """Turns the job to cancelled, whatever it was: `StepsRunner.cs`."""
        if self.cancellation.requested and not self.status.cancelled:
            self.job.result = "cancelled"
            self.job.annotations.append(Annotation("error", self.cancellation.reason))
            self.status = Status(success=False, failure=False, cancelled=True)

    def _overdue(self) -> bool:
        minutes = self._minutes("cancel-timeout-minutes", CANCEL_MINUTES)
        return self.cancellation.overdue(minutes * self.pace.minute)

    def _step(self, given: Mapping[str, Any]) -> list[Callable[[bool], None]]:
        self._cancel()
        if self._overdue():
            raise Overdue
        contexts = self._contexts()
        env = self.language.text(given.get("env", {}), contexts)
        contexts["env"] = contexts["env"] | env
        name = self.language.text(given.get("name", given.get("id", "")), contexts)
        step = StepRun(name or str(given.get("uses", "run")))
        after: list[Callable[[bool], None]] = []
        if self.language.condition(given.get("if"), contexts, self.status):
            began = time.monotonic()
            self.job.current = step.name
            after = self._act(step, given, contexts)
            step.seconds = time.monotonic() - began
            self.job.current = ""
        self._conclude(step, given, contexts)
        return after

    def _conclude(self, step: StepRun, given: Mapping[str, Any], contexts: Contexts) -> None:
        """Takes in how a step ended."""
        step.limit()
        self.job.steps.append(step)
        self.job.annotations += step.annotations
        self.exported |= step.env
        self._cancel()
        conclusion = step.outcome
        if step.outcome == "failure":
            allowed = self.language.text(given.get("continue-on-error", False), contexts) == "true"
            if allowed:
                conclusion = "success"
            elif not self.status.cancelled:
                self.job.result = "failure"
                self.status = Status(success=False, failure=True)
        if "id" in given:
            self.steps[given["id"]] = {
                "outputs": step.outputs,
                "outcome": step.outcome,
                "conclusion": conclusion,
            }

    def _stopping(self, step: StepRun, given: Mapping[str, Any], contexts: Contexts) -> Stopping:
        """Why the step has to end: its own time limit, or a cancellation that it does not outlast.

        A step that is running when the job is cancelled goes on where its condition still holds.
        """
        began, before = time.monotonic(), self.cancellation.requested
        minutes = float(self.language.text(given.get("timeout-minutes", 0), contexts))
        outlasts: list[bool] = []

        def stopping() -> Stop | None:
            if self._overdue():
                return Stop("cancelled", CANCELLED, at_once=True)
            if self.cancellation.requested and not before:
                if not outlasts:
                    late = contexts | {"job": contexts["job"] | {"status": "cancelled"}}
                    asked = Status(success=False, cancelled=True)
                    outlasts.append(self.language.condition(given.get("if"), late, asked))
                if not outlasts[0]:
                    return Stop("cancelled", CANCELLED)
            if minutes and time.monotonic() - began > minutes * self.pace.minute:
                message = f"The action '{step.name}' has timed out after {minutes:g} minutes."
                return Stop("failure", message)
            return None

        return stopping

    def _act(
        self, step: StepRun, given: Mapping[str, Any], contexts: Contexts
    ) -> list[Callable[[bool], None]]:
        env = {**self.machine, "PATH": self.place.path, **contexts["env"]}
        faults = [fault for fault in self.faults if fault.hits(self.job, step.name)]
        stopping = self._stopping(step, given, contexts)
        if "uses" in given:
            for fault in faults:
                if fault.machine and fault.due(self.place):
                    raise RunnerLost
            inputs = self.language.text(given.get("with", {}), contexts)
            uses, place = given["uses"], self.place
            return run_action(step, uses, inputs=inputs, env=env, place=place, stopping=stopping)
        folder = self.language.text(
            given.get("working-directory", self._default("working-directory")), contexts
        )
        script = self.language.text(given["run"], contexts)
        assert "${{" not in script, f"an expression in the script of {step.name}"
        run_script(
            step,
            script,
            shell=given.get("shell", self._default("shell")),
            folder=self.place.workspace / folder,
            env=env,
            place=self.place,
            masks=self.masks,
            pace=self.pace,
            stopping=stopping,
            interfere=(lambda: any(fault.due(self.place) for fault in faults)) if faults else None,
        )
        if step.exit and step.exit < 0 and any(fault.machine for fault in faults):
            self.job.steps.append(step)
            raise RunnerLost
        return []

    def _default(self, name: str) -> str:
        """The job's own default before the workflow's."""
        for given in self.defaults:
            if name in given.get("run", {}):
                return str(given["run"][name])
        return ""

    def _contexts(self) -> Contexts:
        contexts = self.contexts | {"steps": self.steps, "env": {}}
        for given in self.env:
            contexts["env"] = contexts["env"] | self.language.text(given, contexts)
        contexts["env"] = contexts["env"] | self.exported
        state = "success" if self.status.success else "failure"
        state = "cancelled" if self.status.cancelled else state
        contexts["job"] = {"status": state, "services": {}}
        return contexts

    def text(self, node: Any) -> str:
        """An expression after the last step, as for the address of an environment."""
        return str(self.language.text(node, self._contexts()))

    def _outputs(self) -> dict[str, str]:
        """A job's outputs; one that holds a secret is dropped, as GitHub does."""
        found: dict[str, str] = self.language.text(self.given.get("outputs", {}), self._contexts())
        for name in [name for name, value in found.items() if hidden(value, self.masks) != value]:
            del found[name]
            message = f"output {name} is skipped: it may contain a secret"
            self.job.annotations.append(Annotation("warning", message))
        return found


def machine_env(
    place: Place, github: Mapping[str, Any], image: Mapping[str, str]
) -> dict[str, str]:
    """The variables that every step finds, on a machine that has no others."""
    of = {
        "GITHUB_ACTOR": "actor",
        "GITHUB_API_URL": "api_url",
        "GITHUB_BASE_REF": "base_ref",
        "GITHUB_EVENT_NAME": "event_name",
        "GITHUB_HEAD_REF": "head_ref",
        "GITHUB_JOB": "job",
        "GITHUB_REF": "ref",
        "GITHUB_REF_NAME": "ref_name",
        "GITHUB_REPOSITORY": "repository",
        "GITHUB_REPOSITORY_ID": "repository_id",
        "GITHUB_RUN_ATTEMPT": "run_attempt",
        "GITHUB_RUN_ID": "run_id",
        "GITHUB_RUN_NUMBER": "run_number",
        "GITHUB_SERVER_URL": "server_url",
        "GITHUB_SHA": "sha",
        "GITHUB_WORKFLOW": "workflow",
        "GITHUB_WORKSPACE": "workspace",
    }
    event = place.temp / "_github_workflow" / "event.json"  # Where the runner has it.
    event.parent.mkdir(parents=True, exist_ok=True)
    event.write_text(json.dumps(github["event"]), "utf-8")
    return {
        **image,
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_PATH": str(event),
        "HOME": str(place.home),
        "LANG": "C.UTF-8",
        "RUNNER_ARCH": "X64",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_NAME": "bench",
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": str(place.temp),
        "RUNNER_TOOL_CACHE": str(place.tools),
        "RUSTUP_HOME": str(place.rustup),
        "RUNNER_TRACKING_ID": f"github_{uuid.uuid4()}",
        **{name: str(github[key]) for name, key in of.items()},
    }
