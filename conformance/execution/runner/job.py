"""One job on a fresh machine: its services, its steps in order, its outputs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

from .actions import ActionError
from .commands import Annotation, hidden
from .language import Contexts, Language, Status
from .place import Place
from .services import Service, Unhealthy, reserved
from .step import StepRun, run_action, run_script


class RunnerLost(Exception):
    """The machine is gone: no further step runs, not even one with `always()`."""


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

    @property
    def summary(self) -> str:
        """The job's part of the run's summary."""
        return "\n".join(step.summary for step in self.steps if step.summary)

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
    slot: AbstractContextManager[Any]
    status: Status = field(default_factory=Status)
    steps: dict[str, Any] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Runs the job."""
        services = self.language.text(self.given.get("services", {}), self.contexts)
        started = [
            Service.of(name, given, self.place.folder / "services" / name, name in self.broken)
            for name, given in services.items()
        ]
        self.job.services = {service.name: service for service in started}
        after: list[Callable[[bool], None]] = []
        with ExitStack() as held:
            for port in sorted(port for service in started for port in service.ports):
                held.enter_context(reserved(port))
            held.enter_context(self.slot)
            for service in started:
                held.callback(service.stop)
            try:
                for service in started:
                    service.start()
                for step in self.given["steps"]:
                    after += self._step(step)
            except Unhealthy as error:
                self._fail(Annotation("error", str(error)))
            except RunnerLost:
                self._fail(Annotation("error", "the runner lost communication with the server"))
                return
            for finish in reversed(after):
                try:
                    finish(self.status.success)
                except ActionError as error:
                    self._fail(Annotation("error", str(error)))
        self.job.outputs = self._outputs()

    def _fail(self, annotation: Annotation) -> None:
        self.job.result = "failure"
        self.job.annotations.append(annotation)
        self.status = Status(success=False, failure=True)

    def _step(self, given: Mapping[str, Any]) -> list[Callable[[bool], None]]:
        contexts = self._contexts()
        env = self.language.text(given.get("env", {}), contexts)
        contexts["env"] = contexts["env"] | env
        name = self.language.text(given.get("name", given.get("id", "")), contexts)
        step = StepRun(name or str(given.get("uses", "run")))
        after: list[Callable[[bool], None]] = []
        if self.language.condition(given.get("if"), contexts, self.status):
            began = time.monotonic()
            after = self._act(step, given, contexts)
            step.seconds = time.monotonic() - began
        self.job.steps.append(step)
        self.job.annotations += step.annotations
        self.exported |= step.env
        conclusion = step.outcome
        if step.outcome == "failure":
            allowed = self.language.text(given.get("continue-on-error", False), contexts) == "true"
            if allowed:
                conclusion = "success"
            else:
                self.job.result = "failure"
                self.status = Status(success=False, failure=True)
        if "id" in given:
            self.steps[given["id"]] = {
                "outputs": step.outputs,
                "outcome": step.outcome,
                "conclusion": conclusion,
            }
        return after

    def _act(
        self, step: StepRun, given: Mapping[str, Any], contexts: Contexts
    ) -> list[Callable[[bool], None]]:
        env = {**self.machine, "PATH": self.place.path, **contexts["env"]}
        faults = [fault for fault in self.faults if fault.hits(self.job, step.name)]
        if "uses" in given:
            for fault in faults:
                if fault.machine and fault.due(self.place):
                    raise RunnerLost
            inputs = self.language.text(given.get("with", {}), contexts)
            return run_action(step, given["uses"], inputs=inputs, env=env, place=self.place)
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
        contexts["job"] = {"status": state, "services": {}}
        return contexts

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
    return {
        **image,
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "HOME": str(place.home),
        "LANG": "C.UTF-8",
        "RUNNER_ARCH": "X64",
        "RUNNER_ENVIRONMENT": "github-hosted",
        "RUNNER_NAME": "bench",
        "RUNNER_OS": "Linux",
        "RUNNER_TEMP": str(place.temp),
        "RUNNER_TOOL_CACHE": str(place.tools),
        "RUSTUP_HOME": str(place.rustup),
        **{name: str(github[key]) for name, key in of.items()},
    }
