"""What conformance/measure measures: how even shards are, and what a run costs beside its tests.

Jobs run one at a time, so that none disturbs another. Seconds are a step's wall time.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from long_tail import make_long_tail, month_old, suite
from records import records
from runner.bench import Bench, bench
from runner.job import JobRun
from runner.language import Language
from runner.origin import Origin
from runner.run import Run
from runner.storage import Caches
from small import change_definition, generate, make_small

PROJECT = Path(__file__).resolve().parents[2]
JOBS = frozenset({"changes", "plan", "test-backend", "gates-backend"})
SUITES = (1, 2, 3)  # Seeds.
SHARDS = 4
TESTS = "Run tests"

Timings = dict[str, float]


@dataclass(frozen=True)
class Shard:
    """The seconds of one shard's job, of its steps, and of its tests."""

    version: str
    number: int
    before: float  # All steps before the tests.
    wall: float  # The step that runs the tests.
    job: float
    busiest: float  # The tests of the worker that had most to do.
    tests: float  # The tests of all workers.


def shards(run: Run) -> list[Shard]:
    """What each shard of a run took."""
    found = {}
    for described, lines in records(run):
        busy: Counter[str] = Counter()
        for line in lines:
            busy[line["worker"]] += line["duration"]
        found[described["version"], described["shard"]] = busy
    measured = []
    for job in run.groups["test-backend"].jobs:
        busy = found[job.matrix.get("python", next(iter(found))[0]), job.matrix["shard"]]
        names = [step.name for step in job.steps]
        measured.append(
            Shard(
                version=str(job.matrix.get("python", "")),
                number=job.matrix["shard"],
                before=sum(step.seconds for step in job.steps[: names.index(TESTS)]),
                wall=job.step(TESTS).seconds,
                job=seconds(job),
                busiest=max(busy.values(), default=0),
                tests=sum(busy.values()),
            )
        )
    return measured


def seconds(job: JobRun) -> float:
    """The seconds of a job's steps."""
    return sum(step.seconds for step in job.steps)


# ── runs ──────────────────────────────────────────────────────────────────────


def executed(github: Bench, branch: str, timings: Timings | None = None) -> Run:
    """A run on `main`, where earlier runs have left these timings, or none."""
    github.caches = Caches(Path(tempfile.mkdtemp(dir=github.work)), github.caches.default)
    if timings is not None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "timings.json").write_text(json.dumps(timings), "utf-8")
            key, place = "timings_atom_backend_1-1", "timings/backend"
            github.caches.keep("refs/heads/main", key, place, Path(folder))
    began = time.monotonic()
    run = github.run("ci.yml", github.dispatch(branch), only=JOBS)
    assert run.result == "success", run.failures()
    plan = run.job("Plan").summary
    assert f"timings of {len(timings or {})} tests" in plan, plan
    took = ", ".join(f"{shard.wall:.1f}" for shard in shards(run))
    print(f"{branch}: {took} s; all {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return run


def kept(github: Bench) -> Timings:
    """The timings that the last run on `main` has left."""
    kept = github.caches.kept[-1].content / "timings.json"
    found: Timings = json.loads(kept.read_text("utf-8"))
    return found


def long_tail(github: Bench, seed: int, name: str, settings: Mapping[str, str]) -> str:
    """A branch with a suite, under other settings."""
    branch = f"suite-{seed}-{name}"
    make_long_tail(github.origin, branch, suite(seed), {"shards": str(SHARDS), **settings})
    return branch


# ── what is told of them ──────────────────────────────────────────────────────


def spread(values: Sequence[float]) -> float:
    """The slowest against the mean."""
    return max(values) / statistics.mean(values)


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a table."""
    print(row(*heads))
    print(row(*["---"] * len(heads)).replace(" ", ""))
    for cells in rows:
        print(row(*cells))
    print(flush=True)


SPREAD = ["slowest shard", "`Run tests`", "whole job", "tests alone", "sums of the tests"]


def spreads(runs: Sequence[Run]) -> list[str]:
    """Medians of the runs, and the worst: seconds, and the slowest shard against the mean."""
    measured = [shards(run) for run in runs]
    of: list[Callable[[Shard], float]] = [
        lambda shard: shard.wall,
        lambda shard: shard.job,
        lambda shard: shard.busiest,
        lambda shard: shard.tests,
    ]
    slowest = statistics.median(max(shard.wall for shard in run) for run in measured)
    cells = [f"{slowest:.1f} s"]
    for take in of:
        found = [spread([take(shard) for shard in run]) for run in measured]
        median, worst = statistics.median(found), max(found)
        cells.append(f"{median:.2f}" if len(found) == 1 else f"{median:.2f}, at most {worst:.2f}")
    return cells


# ── the parts ─────────────────────────────────────────────────────────────────


def splits(github: Bench) -> None:
    """Each split, with timings of the run before, of a month ago, and without."""
    runs: dict[tuple[str, str], list[Run]] = {}
    for seed in SUITES:
        count = long_tail(github, seed, "count", {"split": '"count"'})
        timed = long_tail(github, seed, "timings", {"split": '"timings"'})
        files = long_tail(github, seed, "files", {"split": '"files"'})
        runs.setdefault(("timings", "none"), []).append(executed(github, timed))
        fresh = kept(github)
        aged = month_old(fresh, seed)
        runs.setdefault(("timings", "fresh"), []).append(executed(github, timed, fresh))
        runs.setdefault(("timings", "a month old"), []).append(executed(github, timed, aged))
        # Neither is handed timings.
        runs.setdefault(("files", "not used"), []).append(executed(github, files))
        runs.setdefault(("count", "not used"), []).append(executed(github, count))
    rows = [[f'`"{split}"`', age, *spreads(of)] for (split, age), of in sorted(runs.items())]
    table(["split", "timings", *SPREAD], rows)
    every = [shard for of in runs.values() for run in of for shard in shards(run)]
    set_up([("2,000 tests, 4 shards", every)])


def workers(github: Bench) -> None:
    """Fresh timings, with as many workers as a larger machine would be given."""
    rows = []
    for count in (2, 4):
        runs = []
        for seed in SUITES:
            branch = long_tail(github, seed, f"{count}-workers", {"workers": str(count)})
            runs.append(executed(github, branch, suite(seed)))
        rows.append([str(count), *spreads(runs)])
    table(["workers", *SPREAD], rows)


def gates(github: Bench) -> None:
    """The job of the gates, over few and over many records."""
    rows = []
    for count, versions in ((4, ["3.12"]), (8, ["3.11", "3.12"])):
        branch = f"gates-{count}"
        instant = dict.fromkeys(suite(SUITES[0]), 0.0)
        settings = {"shards": str(count), "python": json.dumps(versions)}
        make_long_tail(github.origin, branch, instant, settings)
        name = f"2,000 tests on {' and '.join(versions)}, {count} shards"
        rows.append(judged(name, executed(github, branch)))
    table(["records", "`Evaluate quality gates`", "all steps"], rows)


def judged(name: str, run: Run) -> list[str]:
    """The seconds of a run's gates."""
    job = run.job("Quality gates: backend")
    return [name, f"{job.step('Evaluate quality gates').seconds:.2f} s", f"{seconds(job):.2f} s"]


def service(github: Bench) -> None:
    """The reference pipeline itself, on one version."""
    branch = "service"
    with github.origin.change(branch, "main") as tree:
        change_definition(tree / "pipeline.toml", {"python": '["3.12"]'})
        generate(tree)
    runs = {"none": [executed(github, branch)], "fresh": []}
    for _ in range(4):
        runs["fresh"].append(executed(github, branch, kept(github)))
    table(["timings", *SPREAD], [[age, *spreads(of)] for age, of in runs.items()])
    set_up([("example service", [shard for run in runs["fresh"] for shard in shards(run)])])
    table(
        ["records", "`Evaluate quality gates`", "all steps"],
        [judged(f"example service, {len(kept(github))} tests, 4 shards", runs["fresh"][-1])],
    )


def set_up(named: Sequence[tuple[str, Sequence[Shard]]]) -> None:
    """What a shard takes before its tests, and pytest beside them."""

    def told(values: Sequence[float]) -> str:
        return f"{statistics.median(values):.1f} s, at most {max(values):.1f} s"

    heads = ["shards of", "steps before the tests", "pytest beside its tests", "share of the job"]
    rows = []
    for name, of in named:
        beside = [shard.wall - shard.busiest for shard in of]
        share = statistics.median(
            (shard.before + shard.wall - shard.busiest) / shard.job for shard in of
        )
        rows.append([name, told([shard.before for shard in of]), told(beside), f"{share:.0%}"])
    table(heads, rows)


PARTS = {"splits": splits, "workers": workers, "gates": gates, "service": service}


def main() -> int:
    """Measures what is named, or all."""
    parser = argparse.ArgumentParser(prog="conformance/measure")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    asked = parser.parse_args().parts
    if unknown := set(asked) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    with tempfile.TemporaryDirectory(prefix="pipewright-") as folder:
        origin = Origin.of(PROJECT, Path(folder))
        make_small(origin)
        language = Language(Path(os.environ["BENCH_PACKAGES"]))
        installed = Path(os.environ["BENCH_CACHE"]) / "python"
        try:
            for name, part in PARTS.items():
                if name in (asked or PARTS):
                    with bench(language, origin, installed) as github:
                        github.slots = threading.Semaphore(1)
                        part(github)
        finally:
            language.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
