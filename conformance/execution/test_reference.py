"""ci.yml of the reference pipeline itself: the example service on four shards and two versions."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from records import executed, records
from runner.bench import Bench
from runner.event import Event
from runner.origin import git
from runner.run import Run
from seen import blocking, errors, failed, gates
from small import BACKEND, changed

VERSIONS = ("3.11", "3.12")
GATES = "Quality gates: backend"
KEY = "timings_atom_backend_1-1"
COLLECT = (
    *("-m", "pytest", "--collect-only", "-q", "-p", "no:randomly", "tests"),
    *("--ignore=tests/integration/episodes", "--ignore=tests/test_analytics_dashboard.py"),
)


def touching_the_backend(github: Bench, branch: str, fork: bool = False) -> Event:
    """A pull request whose change is the backend's alone."""
    changed(github.origin, branch, {"README.md": "A word about the backend.\n"}, base="main")
    return github.pull_request(branch, fork=fork)


def collected(github: Bench, version: str) -> set[str]:
    """What pytest itself collects of the test run's paths, without any plugin of ours."""
    lib = f"lib/python{version}/site-packages"
    needed = ("hypothesis", "lancedb")  # Another case may install the suite's packages alone.
    homes = [
        home
        for home in github.installed.glob(f"{version}-*")
        if all((home / lib / name).is_dir() for name in needed)
    ]
    kept = max(homes, key=lambda home: home.stat().st_mtime)
    packages = kept / lib
    tree = github.origin.work / f"collect-{version}"
    git(github.origin.bare, "worktree", "add", "--quiet", "--detach", tree, "refs/heads/main")
    try:
        done = subprocess.run(
            [str(kept / "bin" / "python"), *COLLECT],
            cwd=tree / BACKEND,
            env={"PATH": "/usr/bin:/bin", "ENVIRONMENT": "test", "PYTHONPATH": str(packages)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return {line for line in done.stdout.splitlines() if "::" in line}
    finally:
        git(github.origin.bare, "worktree", "remove", "--force", tree)


def every_test_once(github: Bench, run: Run) -> None:
    """Each version executed exactly what pytest collects, each test in exactly one shard."""
    for version in VERSIONS:
        ran = executed(run, version)
        assert set(ran) == collected(github, version)
        assert set(ran.values()) == {1}
        assert len(list(records(run, version))) == 4


def plant(github: Bench, folder: Path, timings: dict[str, float]) -> None:
    """Timings as an earlier run on the deploying branch has kept them."""
    folder.mkdir()
    (folder / "timings.json").write_text(json.dumps(timings))
    github.caches.keep("refs/heads/main", KEY, "timings/backend", folder)


GONE = {f"tests/unit/test_gone.py::test_{n}": 9.0 for n in range(20)}


def known(github: Bench) -> dict[str, float]:
    """Wrong timings of some tests; those of parametrized ones and of classes are missing."""
    found = []
    for path in github.origin.files("main", f"{BACKEND}/tests"):
        text = git(github.origin.bare, "show", f"refs/heads/main:{path}")
        file = path.removeprefix(f"{BACKEND}/")
        found += [f"{file}::{name}" for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)]
    return {name: 0.01 * (index % 7 + 1) for index, name in enumerate(found) if index % 3}


def green(github: Bench, run: Run, jobs: dict[str, str]) -> None:
    """The run is green, all of it that counts is executed, and the summary reports it."""
    assert run.result == "success", run.failures()
    assert blocking(run) == []
    assert {name: result for name, result in run.results().items() if result != "success"} == jobs
    every_test_once(github, run)
    assert len({(record["seed"], record["timings"]) for record, _ in records(run)}) == 1
    judged = gates(run.job(GATES))
    total = sum(executed(run, version).total() for version in VERSIONS)
    assert judged["complete"].measured == f"8 of 8 shards, {total} tests executed"
    assert judged["TQ-01"].measured == f"seed {run.seed()}"
    assert judged["TQ-02"].measured.startswith("100.00 %")
    assert failed(run.job(GATES)) == failed(run.job("Coverage / Coverage: backend")) == []
    assert [job.name for job in run.jobs if errors(job)] == []


OTHERS = ("compiler", "test-compiler", "gates-compiler", "image-pipewright")
SKIPPED = dict.fromkeys(OTHERS, "skipped")


@pytest.mark.thorough
def test_all_green_over_four_shards_and_two_versions(github: Bench, tmp_path: Path) -> None:
    """A pull request for the backend: its half passes; with stale timings, each test runs once."""
    plant(github, tmp_path / "timings", known(github) | GONE)
    run = github.run("ci.yml", touching_the_backend(github, "backend"))
    green(github, run, SKIPPED)
    suite = run.job("lancedb suite / Test lancedb")
    assert gates(suite)["complete"].verdict == "passed"
    built = [record for record in run.records if record["kind"] == "build"]
    assert [(image["context"], image["push"]) for image in built] == [(str(BACKEND), "false")]


@pytest.mark.thorough
@pytest.mark.parametrize("state", ["new", "missing"])
def test_every_test_once_under_any_seed_and_timings(
    github: Bench, tmp_path: Path, state: str
) -> None:
    """Under two more seeds, without timings and where some are missing, each test is run once."""
    number = {"new": 2001, "missing": 2002}[state]
    if state == "missing":
        plant(github, tmp_path / "timings", known(github))
    run = github.run("ci.yml", touching_the_backend(github, f"state-{state}"), number=number)
    green(github, run, SKIPPED)
    told = [notice.message for notice in run.job("Plan").annotations]
    none = "no timings of an earlier run; tests are taken to be equally long"
    assert told == ([none] if state == "new" else [])


@pytest.mark.thorough
def test_fork_of_the_reference_pipeline(github: Bench) -> None:
    """A fork's pull request passes all of it with no secret and a token that only reads."""
    github.secrets["SLACK_WEBHOOK_URL"] = "https://example.org/hook"
    run = github.run("ci.yml", touching_the_backend(github, "fork-backend", fork=True))
    green(github, run, SKIPPED)
    assert {level for job in run.jobs for level in job.permissions.values()} == {"read"}
    assert [job.secrets for job in run.jobs if job.secrets] == []
    assert github.caches.kept == []


@pytest.mark.thorough
def test_pull_request_for_the_compiler_alone(github: Bench) -> None:
    """A change of the compiler runs its checks and two shards of nextest, and no backend."""
    with github.origin.change("compiler", "main") as tree, (tree / "src/main.rs").open("a") as file:
        file.write("// The end.\n")
    run = github.run("ci.yml", github.pull_request("compiler"))
    assert run.results()["backend"] == run.results()["test-backend"] == "skipped"
    assert run.results()["test-compiler"] == "success", run.failures()
    assert run.results()["gates-compiler"] == "success", run.job("Quality gates: compiler").summary
    assert blocking(run) == []
    counted = Counter(name for _, lines in records(run) for name in {line["id"] for line in lines})
    assert set(counted.values()) == {1}
    assert gates(run.job("Quality gates: compiler"))["TQ-01"].measured == "a process per test"


@pytest.mark.thorough
def test_push_to_the_deploying_branch(github: Bench) -> None:
    """deploy.yml calls ci.yml, which runs everything, and keeps timings and history."""
    run = github.run("deploy.yml", github.push("main"), only=frozenset({"ci"}))
    assert run.result == "success", run.failures()
    assert errors(run.job("CI / atom passed")) == []
    assert {job.result for job in run.jobs} == {"success"}
    # The tool's own image is built of the static program, for each architecture.
    built = [record["context"] for record in run.records if record["kind"] == "build"]
    assert Counter(built) == {str(BACKEND): 1, "distribution": 2}
    kept = {artifact.name for artifact in github.artifacts.of(run.number)}
    assert "history_atom_backend" in kept
    (cache,) = [cache for cache in github.caches.kept if cache.key.startswith("timings_")]
    assert cache.key == f"timings_atom_backend_{run.number}-1"
    assert cache.scope == "refs/heads/main"
    assert (
        failed(run.job("CI / Quality gates: compiler"))
        == failed(run.job("CI / Quality gates: backend"))
        == []
    )
