"""A run of a workflow: its jobs in the order of `needs`, matrices, called workflows, attempts."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .event import NUMBER, REPOSITORY, Event, exceeds, granted
from .job import Execution, Fault, JobRun, machine_env
from .language import Contexts, Status
from .place import Place

if TYPE_CHECKING:
    from .bench import Bench


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


@dataclass(frozen=True)
class Call:
    """A workflow, as it is started or called."""

    file: str
    prefix: str
    inputs: Mapping[str, Any]
    allowed: Mapping[str, str] | None  # What the caller grants; None for the run itself.
    before: Mapping[str, Group] | None  # What the attempt before has left.
    all_again: bool = False


@dataclass
class Run:
    """A run with all its attempts."""

    bench: Bench
    file: str
    event: Event
    number: int
    faults: list[Fault]
    broken: frozenset[str]
    hooks: Mapping[str, Callable[[Run], None]]
    only: frozenset[str] = frozenset()
    attempt: int = 0
    groups: dict[str, Group] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)

    def start(self) -> Run:
        """Runs everything; on a later attempt what failed, and what stands behind it."""
        self.attempt += 1
        inputs = dict(self.event.inputs)
        call = Call(self.file, "", inputs, None, self.groups or None)
        self.groups = self._workflow(call).called
        return self

    @property
    def result(self) -> str:
        """The run's own result."""
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

    # ── a workflow ────────────────────────────────────────────────────────────

    def _workflow(self, call: Call) -> Group:
        workflow = self.bench.workflow(self.event.sha, call.file)
        if self.only and not call.prefix:
            jobs = {name: job for name, job in workflow["jobs"].items() if name in self.only}
            workflow = workflow | {"jobs": jobs}
        futures: dict[str, Future[Group]] = {}
        ready = threading.Event()

        def one(name: str) -> Group:
            ready.wait()
            waited = {need: futures[need].result() for need in needs_of(workflow["jobs"][name])}
            every = {other: futures[other].result() for other in ancestors(workflow["jobs"], name)}
            return self._job(workflow, call, name, waited, every)

        # As many threads as jobs: each waits for what it needs.
        with ThreadPoolExecutor(max_workers=len(workflow["jobs"])) as pool:
            for name in workflow["jobs"]:
                futures[name] = pool.submit(one, name)
            ready.set()
            groups = {name: future.result() for name, future in futures.items()}
        result = overall(group.result for group in groups.values())
        return Group(result, self._call_outputs(workflow, call, groups), called=groups)

    def _call_outputs(
        self, workflow: Mapping[str, Any], call: Call, groups: Mapping[str, Group]
    ) -> dict[str, str]:
        given = (workflow["on"].get("workflow_call") or {}) if call.prefix else {}
        jobs = {
            name: {"result": group.result, "outputs": group.outputs}
            for name, group in groups.items()
        }
        contexts = self._contexts(workflow, call) | {"jobs": jobs}
        return {
            name: self.bench.language.text(output["value"], contexts)
            for name, output in given.get("outputs", {}).items()
        }

    # ── a job of it ───────────────────────────────────────────────────────────

    def _job(
        self,
        workflow: Mapping[str, Any],
        call: Call,
        name: str,
        waited: Mapping[str, Group],
        every: Mapping[str, Group],
    ) -> Group:
        given = workflow["jobs"][name]
        before = (call.before or {}).get(name)
        all_again = call.all_again or any(group.anew for group in every.values())
        if before and not all_again and before.result in ("success", "skipped"):
            return Group(before.result, before.outputs, before.jobs, before.called, anew=False)
        contexts = self._contexts(workflow, call)
        contexts["needs"] = {
            need: {"result": group.result, "outputs": group.outputs}
            for need, group in waited.items()
        }
        results = [group.result for group in every.values()]
        status = Status(
            success=all(result == "success" for result in results),
            failure="failure" in results,
        )
        if not self.bench.language.condition(given.get("if"), contexts, status):
            return Group("skipped")
        if hook := self.hooks.get(call.prefix + name):
            hook(self)
        if "uses" in given:
            return self._call(workflow, call, name, contexts, None if all_again else before)
        return self._cells(workflow, call, name, contexts, None if all_again else before)

    def _call(
        self,
        workflow: Mapping[str, Any],
        call: Call,
        name: str,
        contexts: Contexts,
        before: Group | None,
    ) -> Group:
        given = workflow["jobs"][name]
        file = (
            given["uses"].removeprefix("$/.github/workflows/").removeprefix("./.github/workflows/")
        )
        assert "/" not in file and "@" not in file, f"{given['uses']} is not of this repository"
        callee = self.bench.workflow(self.event.sha, file)
        declared = (callee["on"]["workflow_call"] or {}).get("inputs", {})
        values = self.bench.language.resolve(given.get("with", {}), contexts)
        unknown = set(values) - set(declared)
        assert not unknown, f"{file} has no input {unknown}"
        inputs = {key: values.get(key, of.get("default", "")) for key, of in declared.items()}
        allowed = granted(given.get("permissions"), workflow.get("permissions"), self.event.fork)
        shown = self.bench.language.text(given.get("name", name), contexts)
        group = self._workflow(
            Call(
                file,
                f"{call.prefix}{shown} / ",
                inputs,
                allowed,
                before.called if before else None,
                all_again=before is None,
            )
        )
        return group

    def _cells(
        self,
        workflow: Mapping[str, Any],
        call: Call,
        name: str,
        contexts: Contexts,
        before: Group | None,
    ) -> Group:
        given = workflow["jobs"][name]
        strategy = given.get("strategy", {})
        cells = matrix(self.bench.language.resolve(strategy.get("matrix", {}), contexts))
        assert len(cells) == 1 or strategy["fail-fast"] is False, "fail-fast is not modelled"
        kept = [job for job in before.jobs if job.result == "success"] if before else []
        done = {tuple(job.matrix.items()): job for job in kept}

        def cell(values: dict[str, Any]) -> JobRun:
            known = done.get(tuple(values.items()))
            return known or self._execute(workflow, call, name, contexts, values)

        with ThreadPoolExecutor(max_workers=len(cells)) as pool:
            jobs = list(pool.map(cell, cells))
        outputs: dict[str, str] = {}
        for job in jobs:
            outputs |= {key: value for key, value in job.outputs.items() if value}
        return Group(overall(job.result for job in jobs), outputs, jobs)

    def _execute(
        self,
        workflow: Mapping[str, Any],
        call: Call,
        name: str,
        contexts: Contexts,
        values: dict[str, Any],
    ) -> JobRun:
        bench, given, event = self.bench, workflow["jobs"][name], self.event
        permissions = granted(given.get("permissions"), workflow.get("permissions"), event.fork)
        if call.allowed is not None:
            beyond = exceeds(permissions, call.allowed)
            assert not beyond, f"{call.prefix}{name} asks for more than its caller grants: {beyond}"
        contexts = contexts | {"matrix": values, "strategy": {"fail-fast": False}}
        place = Place(
            folder=bench.work / f"job-{next(bench.numbers)}",
            origin=bench.origin,
            artifacts=bench.artifacts,
            caches=bench.caches,
            installed=bench.installed,
            records=self.records,
            job=call.prefix + name,
            run=self.number,
            attempt=self.attempt,
            sha=event.sha,
            ref=event.ref,
            branch=event.head,
            head_repository=event.head_repository,
            may_cache=not event.fork,
            image_path=bench.image_path,
        )
        token = bench.token(permissions)
        github = contexts["github"] | {
            "job": name,
            "token": token,
            "workspace": str(place.workspace),
        }
        secrets = bench.secrets_of(self, given, called=call.allowed is not None)
        contexts = contexts | {
            "github": github,
            "secrets": secrets | {"GITHUB_TOKEN": token},
            "vars": bench.variables_of(self, given, contexts),
            "runner": {"temp": str(place.temp), "os": "Linux", "arch": "X64", "name": "bench"},
        }
        shown = bench.language.text(given.get("name", name), contexts)
        job = JobRun(name, call.prefix + shown, values, permissions, self.attempt)
        job.secrets = sorted(secrets)
        Execution(
            language=bench.language,
            given=given,
            defaults=[given.get("defaults", {}), workflow.get("defaults", {})],
            env=[workflow.get("env", {}), given.get("env", {})],
            contexts=contexts,
            place=place,
            job=job,
            machine=machine_env(place, github, bench.image_env),
            masks={token, *filter(None, secrets.values())},
            faults=self.faults,
            broken=self.broken,
            slot=bench.slots,
        ).run()
        bench.done(place)
        return job

    def _contexts(self, workflow: Mapping[str, Any], call: Call) -> Contexts:
        event = self.event
        main = self.bench.workflow(event.sha, self.file)
        github = {
            "actor": "somebody",
            "api_url": self.bench.api.url,
            "base_ref": event.base,
            "event": event.payload(),
            "event_name": event.name,
            "head_ref": event.head if event.name == "pull_request" else "",
            "ref": event.ref,
            "ref_name": event.ref.removeprefix("refs/heads/").removeprefix("refs/pull/"),
            "repository": REPOSITORY,
            "repository_id": str(NUMBER),
            "run_attempt": str(self.attempt),
            "run_id": str(self.number),
            "run_number": str(self.number),
            "server_url": "https://github.com",
            "sha": event.sha,
            "workflow": main.get("name", self.file),
        }
        # A called workflow sees its own inputs, a started one those of the event.
        return {"github": github, "inputs": dict(call.inputs), "vars": self.bench.variables}


# ── small rules ───────────────────────────────────────────────────────────────


def needs_of(job: Mapping[str, Any]) -> list[str]:
    """The jobs that a job names."""
    given = job.get("needs", [])
    return [given] if isinstance(given, str) else list(given)


def ancestors(jobs: Mapping[str, Any], name: str) -> list[str]:
    """Every job before a job, also by way of others: `success()` looks at all of them."""
    found: dict[str, None] = {}
    for need in needs_of(jobs[name]):
        found |= dict.fromkeys([*ancestors(jobs, need), need])
    return list(found)


def overall(results: Any) -> str:
    """One result for several."""
    found = list(results)
    for result in ("failure", "cancelled", "success"):
        if result in found:
            return result
    return "skipped"


def matrix(axes: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every cell; the first axis changes slowest."""
    assert not {"include", "exclude"} & set(axes), "include and exclude are not modelled"
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]
