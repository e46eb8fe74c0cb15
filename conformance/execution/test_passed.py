"""The one required check of every fixture, under all combinations of results."""

# The model asks GitHub's packages about the `if` of each job as it is printed in ci.yml, and the
# script evaluates PIPEWRIGHT_RULES. The compiler makes both from one tree; they are compared here.

from __future__ import annotations

import functools
import importlib.util
import itertools
import json
import math
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from runner.language import Language, Status
from runner.workflow import ancestors, needs_of

PROJECT = Path(__file__).resolve().parents[2]
FIXTURES = PROJECT / "tests" / "fixtures"
EVENTS = ("pull_request", "push", "merge_group", "schedule", "workflow_dispatch")
# Further runs where a condition asks for them: a label, a branch or tag, another repository.
LABELLED = ("pull_request+browsers", "pull_request+bundle", "pull_request+docs")
OF_REFS = ("push@refs/tags/v1", "push@refs/heads/release/1", "workflow_dispatch@refs/heads/topic")
ELSEWHERE = ("push!fork/atlas",)
RESULTS = ("success", "failure", "cancelled", "skipped")
EXHAUSTIVE = 40_000  # Combinations of one workflow up to which all are tried.
DRAWN = 4_000

State = tuple[
    str, dict[str, str], dict[str, str]
]  # Event, result of each job, outputs of *changes*.


@functools.cache
def script() -> ModuleType:
    """The bundle that holds the script, as it is emitted."""
    path = PROJECT / ".github" / "pipewright" / "ci.py"
    spec = importlib.util.spec_from_file_location("pipewright_ci", path)
    assert spec and spec.loader
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def facts(event: str) -> dict[str, Any]:
    """The context `github` of a run."""
    event, _, repository = event.partition("!")
    event, _, ref = event.partition("@")
    event, _, label = event.partition("+")
    labels = [{"name": label}] if label else []
    payload = {"pull_request": {"labels": labels}} if event == "pull_request" else {}
    given = ref or ("refs/pull/1/merge" if event == "pull_request" else "refs/heads/main")
    repository = repository or "pipewright/atlas"
    return {"event_name": event, "ref": given, "repository": repository, "event": payload}


@dataclass
class Ci:
    """A ci.yml, with GitHub's evaluation of its conditions."""

    language: Language
    jobs: dict[str, Any]

    def __post_init__(self) -> None:
        passed = self.jobs["passed"]
        self.required = needs_of(passed)
        env = passed["steps"][-1]["env"]
        self.rules = json.loads(self.language.text(env["PIPEWRIGHT_RULES"], {}))
        self.outputs = list(self.jobs.get("changes", {}).get("outputs", {}))
        self.holds = functools.cache(self._holds)
        text = env["PIPEWRIGHT_RULES"]
        self.events = EVENTS
        self.events += LABELLED if "labels" in text else ()
        self.events += OF_REFS if "github.ref" in text else ()
        self.events += ELSEWHERE if "github.repository" in text else ()

    def runs(self, job: str, state: State, cancelled: bool = False) -> bool:
        """Whether GitHub starts a job, the jobs before it having ended like this."""
        event, results, outputs = state
        before = [results[other] for other in ancestors(self.jobs, job)]
        status = (
            not cancelled and all(result == "success" for result in before),
            not cancelled and "failure" in before,
            cancelled,
        )
        direct = tuple((need, results[need]) for need in needs_of(self.jobs[job]))
        shown = tuple(outputs.items()) if "changes" in dict(direct) else ()
        return self.holds(job, event, direct, shown, status)

    def _holds(
        self,
        job: str,
        event: str,
        direct: tuple[tuple[str, str], ...],
        outputs: tuple[tuple[str, str], ...],
        status: tuple[bool, bool, bool],
    ) -> bool:
        needs = {
            need: {"result": result, "outputs": dict(outputs) if need == "changes" else {}}
            for need, result in direct
        }
        contexts = {"github": facts(event), "needs": needs}
        return self.language.condition(self.jobs[job].get("if"), contexts, Status(*status))

    def may_merge(self, state: State) -> bool:
        """Every required job succeeded, or its condition is false in a run that goes on."""
        return all(
            state[1][job] == "success" or (state[1][job] == "skipped" and not self.runs(job, state))
            for job in self.required
        )

    def passes(self, state: State, monkeypatch: pytest.MonkeyPatch) -> bool:
        """The script's answer."""
        event, results, outputs = state
        github = facts(event)
        monkeypatch.setenv("GITHUB_EVENT_NAME", github["event_name"])
        monkeypatch.setenv("GITHUB_REF", github["ref"])
        monkeypatch.setenv("GITHUB_REPOSITORY", github["repository"])
        monkeypatch.setenv("GITHUB_EVENT_PATH", event_file(event))
        needs = {
            job: {"result": results[job], "outputs": outputs if job == "changes" else {}}
            for job in self.required
        }
        jobs = script().Jobs(needs, self.rules)
        return not any(jobs.problem(job) for job in self.required)

    # ── states ────────────────────────────────────────────────────────────────

    def all_outputs(self) -> Iterator[dict[str, str]]:
        """Every answer that *changes* can give."""
        for values in itertools.product(("true", "false"), repeat=len(self.outputs)):
            yield dict(zip(self.outputs, values, strict=True))

    def simulated(
        self, event: str, outputs: dict[str, str], ends: Mapping[str, str], cancelled_from: int
    ) -> State:
        """A run in which jobs end like this, cancelled before the job at an index starts."""
        results: dict[str, str] = {}
        state = (event, results, outputs)
        for index, job in enumerate(self.order()):
            runs = self.runs(job, state, cancelled=index >= cancelled_from)
            results[job] = ends.get(job, "success") if runs else "skipped"
        return state

    def order(self) -> list[str]:
        """The jobs, each behind those that it needs."""
        found: dict[str, None] = {}
        for job in self.jobs:
            found |= dict.fromkeys([*ancestors(self.jobs, job), job])
        del found["passed"]
        return list(found)

    def reachable(self) -> Iterator[State]:
        """Runs with up to two jobs that do not succeed, and runs that are cancelled."""
        order = self.order()
        bad = [
            dict(zip(jobs, ends, strict=True))
            for count in (0, 1, 2)
            for jobs in itertools.combinations(order, count)
            for ends in itertools.product(("failure", "cancelled"), repeat=count)
        ]
        outputs = list(self.all_outputs())
        chance = random.Random(7)
        for event in self.events:
            chosen = outputs if len(outputs) <= 4 else chance.sample(outputs, 4)
            for given, ends in itertools.product(chosen, bad):
                yield self.simulated(event, given, ends, len(order))
            for given, start in itertools.product(outputs, range(len(order))):
                yield self.simulated(event, given, {}, start)

    def combinations(self) -> Iterator[State]:
        """Every combination of results, outputs and events, or many of them, and all pairs."""
        jobs = self.order()
        if math.prod([4 ** len(jobs), 2 ** len(self.outputs), len(self.events)]) <= EXHAUSTIVE:
            for event, outputs in itertools.product(self.events, self.all_outputs()):
                for results in itertools.product(RESULTS, repeat=len(jobs)):
                    yield event, dict(zip(jobs, results, strict=True)), outputs
            return
        chance = random.Random(7)
        for _ in range(DRAWN):
            outputs = {name: chance.choice(("true", "false")) for name in self.outputs}
            state = self.simulated(chance.choice(self.events), outputs, {}, len(jobs))
            for job in chance.sample(jobs, chance.randint(0, min(4, len(jobs)))):
                state[1][job] = chance.choice(RESULTS)
            yield state


@functools.cache
def event_file(event: str) -> str:
    """The file with the payload of an event."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
        json.dump(facts(event)["event"], file)
    return file.name


def render(fixture: Path, folder: Path) -> list[Path]:
    """The ci.yml of a fixture; of each of its definitions."""
    shutil.copytree(fixture, folder)
    if not (folder / "pipeline.lock").exists():
        shutil.copy(FIXTURES / "pipeline.lock", folder)
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    found = [folder / "pipeline.toml"]
    if not found[0].exists():
        found = sorted(folder.glob("services/*/pipeline.toml"))
    program = os.environ["BENCH_PROGRAM"]
    subprocess.run([program, "generate", *found], check=True, capture_output=True)
    return sorted((folder / ".github" / "workflows").glob("*ci.yml"))


@pytest.mark.parametrize(
    "name", ["reference", *sorted(it.name for it in FIXTURES.iterdir() if it.is_dir())]
)
def test_passed_is_green_only_if_every_skip_is_due_to_a_condition(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """For every fixture and all combinations of results: green exactly where GitHub's evaluator
    confirms each skip."""
    files = [PROJECT / ".github" / "workflows" / "ci.yml"]
    if name != "reference":
        files = render(FIXTURES / name, tmp_path / name)
    assert files
    for file in files:
        ci = Ci(language, language.parse(file, file.name)["jobs"])
        assert set(ci.rules) == set(ci.required)
        green = 0
        for state in itertools.chain(ci.reachable(), ci.combinations()):
            expected = ci.may_merge(state)
            green += expected
            assert ci.passes(state, monkeypatch) is expected, (file.name, state)
        assert green
        # A run in which every job that GitHub starts succeeds is never blocked.
        for event, outputs in itertools.product(ci.events, ci.all_outputs()):
            state = ci.simulated(event, outputs, {}, len(ci.jobs))
            assert ci.passes(state, monkeypatch), (file.name, state)
        # A run that is cancelled before one of its jobs starts is never green.
        for event, outputs in itertools.product(ci.events, ci.all_outputs()):
            whole = ci.simulated(event, outputs, {}, len(ci.jobs))
            for start in range(len(ci.order())):
                state = ci.simulated(event, outputs, {}, start)
                if state[1] != whole[1]:
                    assert not ci.passes(state, monkeypatch), (file.name, state)
