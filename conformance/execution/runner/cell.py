"""One job of a workflow, or one cell of its matrix: from its queue to what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from .attempt import Attempt
from .call import Call
from .commands import Annotation
from .concurrency import Cancelled, Claim, Rule
from .environments import Deployment, Environment, Refused
from .event import exceeds, granted
from .job import Execution, JobRun, machine_env
from .language import Contexts
from .modelled import NotModelled, check_labels
from .pace import Cancellation, Live
from .place import Place


@dataclass(eq=False)
class Cell:
    """A job about to be queued."""

    run_: Attempt
    workflow: Mapping[str, Any]
    call: Call
    name: str
    contexts: Contexts
    index: int
    total: int
    parallel: int
    fail_fast: bool
    matrix: dict[str, Any]
    resists: Callable[[], bool]
    cancellation: Cancellation = field(default_factory=Cancellation)

    def __post_init__(self) -> None:
        strategy = {
            "fail-fast": self.fail_fast,
            "job-index": self.index,
            "job-total": self.total,
            "max-parallel": self.parallel,
        }
        self.contexts = self.contexts | {"matrix": self.matrix, "strategy": strategy}

    def shown(self) -> str:
        """A short name for messages."""
        return "_".join([self.name, *(str(value) for value in self.matrix.values())])

    def cancel(self, reason: str) -> None:
        """Cancels it because of another cell."""
        if self.resists():
            raise NotModelled(f"{self.name}: `fail-fast` of a job that outlasts a cancellation")
        self.cancellation.request(reason)

    def run(self) -> JobRun:
        """Waits for its concurrency group, for reviewers and a machine, and runs the job."""
        run, given, call = self.run_, self._given, self.call
        bench, event = run.bench, run.event
        permissions = granted(
            given.get("permissions"), self.workflow.get("permissions"), event.fork
        )
        if call.allowed is not None:
            beyond = exceeds(permissions, call.allowed)
            where = f"{call.prefix}{self.name}"
            assert not beyond, f"{where} asks for more than its caller grants: {beyond}"
        check_labels(bench.language.resolve(given["runs-on"], self.contexts), self.name)
        shown = call.prefix + bench.language.text(given.get("name", self.name), self.contexts)
        job = JobRun(self.name, shown, self.matrix, permissions, run.attempt)
        run.started.append(job)
        with ExitStack() as held:
            held.enter_context(run.live(Live(self.cancellation, self.resists)))
            try:
                self._claim(held, job)
                self._enter(held, job)
            except Cancelled as reason:
                self.cancellation.request(str(reason) or "The operation was canceled.")
            except Refused as reason:
                job.result = "failure"
                job.annotations.append(Annotation("error", str(reason)))
        if job.result == "success" and self.cancellation.requested and not job.steps:
            job.result = "cancelled"
            job.annotations.append(Annotation("error", self.cancellation.reason))
        return job

    @property
    def _given(self) -> Mapping[str, Any]:
        given: Mapping[str, Any] = self.workflow["jobs"][self.name]
        return given

    def _claim(self, held: ExitStack, job: JobRun) -> None:
        """Takes the job's concurrency group, which it holds while reviewers are asked."""
        bench = self.run_.bench
        given = bench.language.resolve(self._given.get("concurrency"), self.contexts)
        if rule := Rule.of(given):
            above = self.call.above
            claim = Claim(job.name, "", self.cancellation.request, self.cancellation, above)
            held.enter_context(bench.groups.held(rule, claim))

    def _enter(self, held: ExitStack, job: JobRun) -> None:
        """Passes the rules of the job's environment, and runs it."""
        run = self.run_
        bench, event = run.bench, run.event
        environment = self._environment()
        name = environment.name if environment else ""
        if name and name not in bench.environments:
            bench.environments[name] = ({}, {})  # Created, without protection.
        deployment = Deployment(run.number, job.name, name, event.ref, event.sha)
        if environment:
            if environment.deployment:
                bench.protected.deployments.append(deployment)
                held.callback(lambda: setattr(deployment, "state", job.result))
            if not bench.protected.enter(deployment, self.cancellation, bench.pace):
                raise Cancelled(self.cancellation.reason)
            deployment.state = "in_progress"
        execution = self._execution(job, name)
        execution.run(bench.slots)
        if environment and environment.url is not None:
            deployment.url = execution.text(environment.url)
        job.timed_out = self.cancellation.reason == execution.limited_by
        job.tolerated = self._tolerated()
        bench.done(execution.place)

    def _environment(self) -> Environment | None:
        given = self._given.get("environment")
        language, url = self.run_.bench.language, None
        if isinstance(given, dict) and "$" not in given:
            url = given.get("url")
            given = {key: value for key, value in given.items() if key != "url"}
        found = Environment.of(language.resolve(given, self.contexts))
        return Environment(found.name, found.deployment, url) if found else None

    def _tolerated(self) -> bool:
        given = self._given.get("continue-on-error", False)
        return bool(self.run_.bench.language.text(given, self.contexts) == "true")

    def _execution(self, job: JobRun, environment: str) -> Execution:
        run, call = self.run_, self.call
        bench, event, given = run.bench, run.event, self._given
        place = Place(
            folder=bench.work / f"job-{next(bench.numbers)}",
            origin=bench.origin,
            artifacts=bench.artifacts,
            caches=bench.caches,
            installed=bench.installed,
            records=run.records,
            job=call.prefix + self.name,
            run=run.number,
            attempt=run.attempt,
            sha=event.sha,
            ref=event.ref,
            branch=event.head,
            head_repository=event.head_repository,
            may_cache=event.may_cache,
            image_path=bench.image_path,
        )
        token = bench.token(job.permissions)
        secrets = dict(call.secrets)
        if call.allowed is None:
            secrets = bench.secrets_of(run.event, environment)
        job.secrets = sorted(secrets)
        github = self.contexts["github"] | {
            "job": self.name,
            "token": token,
            "workspace": str(place.workspace),
        }
        contexts = self.contexts | {
            "github": github,
            "secrets": secrets | {"GITHUB_TOKEN": token},
            "vars": bench.variables_of(environment),
            "runner": {"temp": str(place.temp), "os": "Linux", "arch": "X64", "name": "bench"},
        }
        above = self.workflow
        return Execution(
            language=bench.language,
            given=given,
            defaults=[given.get("defaults", {}), above.get("defaults", {})],
            env=[above.get("env", {}), given.get("env", {})],
            contexts=contexts,
            place=place,
            job=job,
            machine=machine_env(place, github, bench.image_env),
            masks={token, *filter(None, secrets.values())},
            faults=run.faults,
            broken=run.broken,
            pace=bench.pace,
            cancellation=self.cancellation,
        )
