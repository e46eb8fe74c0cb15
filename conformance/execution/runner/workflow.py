"""A workflow of a run, started or called: its jobs in the order of `needs`."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from .attempt import Attempt, github_context
from .call import Call, Group, overall
from .cell import Cell
from .concurrency import Cancelled, Claim, Rule
from .event import granted
from .job import JobRun
from .language import Contexts, Status
from .matrix import MatrixError, cells
from .modelled import NotModelled, check_job, check_workflow
from .triggers import called_inputs

CALLED = ("$/.github/workflows/", "./.github/workflows/")


@dataclass
class Workflow:
    """One execution of a workflow."""

    run_: Attempt
    given: Mapping[str, Any]
    call: Call

    def __post_init__(self) -> None:
        if self.run_.only and not self.call.prefix:
            only = self.run_.only
            jobs = {name: job for name, job in self.given["jobs"].items() if name in only}
            self.given = {**self.given, "jobs": jobs}

    def run(self) -> Group:
        """Runs its jobs."""
        jobs = self.given["jobs"]
        futures: dict[str, Future[Group]] = {}
        ready = threading.Event()

        def one(name: str) -> Group:
            ready.wait()
            waited = {need: futures[need].result() for need in needs_of(jobs[name])}
            every = {other: futures[other].result() for other in ancestors(jobs, name)}
            group = self._job(name, waited, every)
            if hook := self.run_.hooks.get(f"after {self.call.prefix}{name}"):
                hook(self.run_)
            return group

        # As many threads as jobs: each waits for what it needs.
        with ThreadPoolExecutor(max_workers=len(jobs)) as pool:
            for name in jobs:
                futures[name] = pool.submit(one, name)
            ready.set()
            groups = {name: future.result() for name, future in futures.items()}
        result = overall(group.result for group in groups.values())
        return Group(result, self._outputs(groups), called=groups)

    def _outputs(self, groups: Mapping[str, Group]) -> dict[str, str]:
        given = (self.given["on"].get("workflow_call") or {}) if self.call.prefix else {}
        jobs = {
            name: {"result": group.result, "outputs": group.outputs}
            for name, group in groups.items()
        }
        contexts = self.contexts() | {"jobs": jobs}
        return {
            name: self.run_.bench.language.text(output["value"], contexts)
            for name, output in given.get("outputs", {}).items()
        }

    def contexts(self) -> Contexts:
        """What expressions see above the jobs; a called workflow has inputs of its own."""
        run = self.run_
        main = run.bench.workflow(run.event.sha, run.file)
        return {
            "github": github_context(run, main),
            "inputs": dict(self.call.inputs),
            "vars": run.bench.variables,
        }

    # ── a job of it ───────────────────────────────────────────────────────────

    def _job(self, name: str, waited: Mapping[str, Group], every: Mapping[str, Group]) -> Group:
        given, call, run = self.given["jobs"][name], self.call, self.run_
        before = (call.before or {}).get(name)
        all_again = call.all_again or any(group.anew for group in every.values())
        if before and not all_again and before.settled:
            return Group(before.result, before.outputs, before.jobs, before.called, anew=False)
        contexts = self.contexts()
        contexts["needs"] = {
            need: {"result": group.result, "outputs": group.outputs}
            for need, group in waited.items()
        }
        results = [group.result for group in every.values()]
        cancelled = run.cancellation.requested
        status = Status(
            success=not cancelled and all(result == "success" for result in results),
            failure=not cancelled and "failure" in results,
            cancelled=cancelled,
        )
        if not run.bench.language.condition(given.get("if"), contexts, status):
            return Group("skipped")
        check_job(given, f"{call.prefix}{name}")
        if hook := run.hooks.get(call.prefix + name):
            hook(run)
        kept = None if all_again else before
        asked = Status(success=False, cancelled=True)

        def resists() -> bool:
            return run.bench.language.condition(given.get("if"), contexts, asked)

        if "uses" in given:
            return self._calls(name, contexts, kept)
        return self._cells(name, contexts, kept, resists)

    def _calls(self, name: str, contexts: Contexts, before: Group | None) -> Group:
        """A call, or one for each cell of a matrix."""
        given, language = self.given["jobs"][name], self.run_.bench.language
        if "strategy" not in given:
            return self._call(name, contexts, before)
        strategy = language.resolve(given["strategy"], contexts)
        if strategy.get("fail-fast", True):
            raise NotModelled(f"{name}: a matrix of calls that ends with the first failure")
        groups: dict[str, Group] = {}
        for matrix in cells(strategy["matrix"]):
            own = contexts | {"matrix": matrix, "strategy": {}}
            shown = language.text(given.get("name", name), own)
            assert shown not in groups, f"two calls are shown as {shown!r}"
            groups[shown] = self._call(name, own, before.called.get(shown) if before else None)
        return Group(overall(group.result for group in groups.values()), called=groups)

    def _call(self, name: str, contexts: Contexts, before: Group | None) -> Group:
        run, call, given = self.run_, self.call, self.given["jobs"][name]
        uses = given["uses"]
        file = uses.removeprefix(CALLED[0]).removeprefix(CALLED[1])
        assert "/" not in file and "@" not in file, f"{uses} is not of this repository"
        callee = run.bench.workflow(run.event.sha, file)
        check_workflow(callee, file)
        declared = callee["on"]["workflow_call"] or {}
        values = called_inputs(
            declared.get("inputs") or {},
            run.bench.language.resolve(given.get("with", {}), contexts),
        )
        secrets = self._handed(name, declared.get("secrets") or {}, contexts)
        allowed = granted(given.get("permissions"), self.given.get("permissions"), run.event.fork)
        shown = run.bench.language.text(given.get("name", name), contexts)
        called = before.called if before else None
        prefix, again = f"{call.prefix}{shown} / ", before is None
        made = Call(file, prefix, values, allowed, called, secrets, again, list(call.above))
        workflow = Workflow(run, callee, made)
        with ExitStack() as held:
            try:
                for key, contexts_ in (
                    (given.get("concurrency"), contexts),
                    (callee.get("concurrency"), workflow.contexts()),
                ):
                    rule = Rule.of(run.bench.language.resolve(key, contexts_))
                    if rule:
                        claim = Claim(name, "", _not_in_progress, run.cancellation, made.above)
                        held.enter_context(run.bench.groups.held(rule, claim))
                        made.above.append(claim)
            except Cancelled:
                return Group("cancelled")
            return workflow.run()

    def _handed(self, name: str, declared: Mapping[str, Any], contexts: Contexts) -> dict[str, str]:
        """The secrets that a call hands over, from those that its own workflow has.

        Source: <https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows>,
        passing inputs and secrets.
        """
        run, given = self.run_, self.given["jobs"][name]
        own = dict(self.call.secrets)
        if self.call.allowed is None:
            own = run.bench.secrets_of(run.event, "")
        handed = run.bench.language.resolve(given.get("secrets", {}), contexts | {"secrets": own})
        unknown = set(handed) - set(declared)
        assert not unknown, f"{name}: there is no secret {sorted(unknown)}"
        required = {key for key, secret in declared.items() if (secret or {}).get("required")}
        assert required <= set(handed), f"{name}: secrets are required: {sorted(required)}"
        return {key: str(value) for key, value in handed.items() if value}

    def _cells(self, name: str, contexts: Contexts, before: Group | None, resists: Any) -> Group:
        run, given = self.run_, self.given["jobs"][name]
        language = run.bench.language
        strategy = language.resolve(given.get("strategy", {}), contexts)
        try:
            values = cells(strategy.get("matrix"))
        except MatrixError as error:
            run.strategy_failed(name, error)
            return Group("failure")
        fail_fast = bool(strategy.get("fail-fast", True))
        parallel = int(strategy.get("max-parallel", len(values)) or len(values))
        kept = [job for job in before.jobs if job.result == "success"] if before else []
        done = [(job.matrix, job) for job in kept]
        made = [
            Cell(
                run_=run,
                workflow=self.given,
                call=self.call,
                name=name,
                contexts=contexts,
                index=index,
                total=len(values),
                parallel=parallel,
                fail_fast=fail_fast,
                matrix=matrix,
                resists=resists,
            )
            for index, matrix in enumerate(values)
        ]

        def one(cell: Cell) -> JobRun:
            for matrix, job in done:
                if matrix == cell.matrix:
                    return job
            job = cell.run()
            if fail_fast and len(made) > 1 and job.result != "success":
                _fail_fast(job, cell, made)
            return job

        if not made:
            return Group("skipped")
        with ThreadPoolExecutor(max_workers=parallel) as pool:
            jobs = list(pool.map(one, made))
        outputs: dict[str, str] = {}
        for job in jobs:
            outputs |= {key: value for key, value in job.outputs.items() if value}
        return Group(overall(job.counted for job in jobs), outputs, jobs)


def _fail_fast(job: JobRun, failed: Cell, made: list[Cell]) -> None:
    """Cancels the other cells, unless the job may fail.

    Source: <https://docs.github.com/actions/how-tos/write-workflows/choose-what-workflows-do/run-job-variations>.
    """
    if job.counted == "failure":
        for other in made:
            if other is not failed:
                other.cancel(f'The job was canceled because "{failed.shown()}" failed.')
    elif job.timed_out:
        raise NotModelled(f"{job.name}: `fail-fast` where a cell is over its time limit")


def _not_in_progress(reason: str) -> None:
    raise NotModelled(f"a called workflow that is cancelled in progress: {reason}")


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
