"""A test runner of Django that runs one shard and records its results.

It is a subclass of the project's own TEST_RUNNER, which finds the tests and prepares
the databases. A shard has whole classes of tests, which depend only on the sorted ids
and the timings, so every test runs in exactly one shard. Used by
`manage.py test --testrunner=pipewright_django.PipewrightRunner`, from a folder on
PYTHONPATH that contains nothing else. Needs Django 4.0 or newer.

Environment:
  PIPEWRIGHT_SHARD, PIPEWRIGHT_SHARDS   this shard, from 1, and their number
  PIPEWRIGHT_SPLIT    `timings` (default) or `count`, of classes
  PIPEWRIGHT_RUN, PIPEWRIGHT_VERSION, PIPEWRIGHT_RUNNER   names, copied to the record
  PIPEWRIGHT_SEED     the seed that `--shuffle` was given, copied to the record
  GITHUB_RUN_ATTEMPT, GITHUB_WORKSPACE   as the runner sets them

Source: <https://docs.djangoproject.com/en/stable/topics/testing/advanced/>,
"Defining a test runner".
"""

from __future__ import annotations

import platform
import sys
import traceback
import unittest
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from aside import step_aside
from cases import from_workspace
from formats import write_json
from parameters import integer, text
from records import FAILING, RECORD_SCHEMA, digest_of
from runner import Problem, annotate
from selection import from_here, units_of_run
from shared_timings import shared_timings
from splits import assign, file_of
from unittest_recorder import (
    Recording,
    UnittestRecorder,
    file_of_test,
    key_of,
    test_name,
)

step_aside()

UNCOLLECTED = 2  # As pytest ends if it cannot collect a file.
INTERNAL = 3  # As pytest ends after an internal error.
UNLOADED = "unittest.loader._FailedTest."

settings: Any = import_module("django.conf").settings
runners: Any = import_module("django.test.runner")
BASE: Any = import_module("django.test.utils").get_runner(settings)
RECORDER = UnittestRecorder()


class RemoteFailure(Exception):
    """A failure of another process, by its text: tracebacks cannot be sent."""


class RemoteRecording(Recording):
    """The results of a process of `--parallel`."""

    def addSubTest(
        self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any
    ) -> None:
        """Takes a subtest, whose parameters may be nothing that can be sent."""
        if err is not None:
            self.mark_subtest(test, subtest, err)
            runners.RemoteTestResult.addFailure(self, test, self.passed_on(err))

    def passed_on(self, error: Any) -> Any:
        """An error that can be sent, which Django needs tblib for."""
        failure = RemoteFailure("".join(traceback.format_exception(*error)))
        return RemoteFailure, failure, None


class Measured:
    """A process of `--parallel`: its clock, and its coverage."""

    def run(self, test: Any) -> Any:
        """Runs the tests of a class."""
        RECORDER.resume()
        result = runners.RemoteTestRunner.run(self, test)
        coverage = sys.modules.get("coverage")
        measuring = coverage and coverage.Coverage.current()
        if measuring:
            measuring.save()  # It writes a file of each process.
        return result


class ShardRunner:
    """Selects the tests of the shard, and has them recorded."""

    parallel: int
    verbosity: int
    test_suite: Any
    shuffle_seed: int | None
    found: list[unittest.TestCase] | None = None

    def run_tests(self, test_labels: Any, **kwargs: Any) -> int:
        """Runs the shard; the number is that of the failures."""
        if not hasattr(BASE, "load_tests_for_label"):
            raise Problem("TEST_RUNNER is no DiscoverRunner of Django 4.0 or newer")
        RECORDER.start()
        try:
            failures = int(BASE.run_tests(self, test_labels, **kwargs) or 0)
        except Problem as problem:
            annotate("error", str(problem))
            RECORDER.finish(UNCOLLECTED, str(problem))
            raise SystemExit(UNCOLLECTED) from None
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            RECORDER.finish(INTERNAL, message)
            raise
        return self.conclude(failures)

    def conclude(self, failures: int) -> int:
        """Ends the record; the exit status is that of pytest."""
        more = RECORDER.complete(self.found or [])
        if more:
            path = RECORDER.folder / "run.json"
            described = self.described
            described["selected"] = sorted([*described["selected"], *more])
            described["alone"] = more
            write_json(path, described)
        failed = any(outcome in FAILING for outcome in RECORDER.last().values())
        reruns = integer("PIPEWRIGHT_RERUNS", 0, 10, 0)
        status = int(failed or (failures > 0 and not reruns))
        if self.unloaded:
            status = UNCOLLECTED
        RECORDER.finish(status)
        if status == UNCOLLECTED:
            raise SystemExit(status)
        return status

    # ── selection ─────────────────────────────────────────────────────────────────────

    def load_tests_for_label(self, label: str, discover_kwargs: Any) -> Any:
        """The tests of a label; those of the shard once they are known."""
        if self.found is not None:
            return self.test_suite(self.found)
        return BASE.load_tests_for_label(self, label, discover_kwargs)

    def build_suite(self, test_labels: Any = None, *more: Any, **kwargs: Any) -> Any:
        """Lists all tests, and builds the suite of the shard."""
        given = self.parallel, self.verbosity
        self.parallel, self.verbosity = 0, 0
        everything = list(
            tests_in(BASE.build_suite(self, test_labels, *more, **kwargs))
        )
        self.parallel, self.verbosity = given
        kept, self.unloaded = loaded(everything)
        listed = of_run(kept)
        RECORDER.names = names_of(listed)
        names = {RECORDER.name_of(test): test for test in listed}
        timings, digest = shared_timings()
        homes = spread_classes(list(names), timings)
        shard = integer("PIPEWRIGHT_SHARD", 1, 1000, 1)
        selected = sorted(name for name in names if homes[name] == shard)
        self.found = [test for test in listed if homes[RECORDER.name_of(test)] == shard]
        suite = BASE.build_suite(self, ["."], **kwargs)
        self.described = {
            **description(sorted(names), selected),
            "workers": self.parallel,
            "shuffle": self.shuffle_seed,
            "timings": digest,
            "known": {name: timings[name] for name in selected if name in timings},
            "replay": replay_command(self.shuffle_seed),
        }
        write_json(RECORDER.folder / "run.json", self.described)
        if shard == 1:
            for number, (name, message) in enumerate(self.unloaded):
                put_unloaded(name, message, number)
        return suite

    # ── results ───────────────────────────────────────────────────────────────────────

    def get_resultclass(self) -> Any:
        """The project's class of results, which also records, in this process alone."""
        given = BASE.get_resultclass(self)
        given = given or getattr(BASE.test_runner, "resultclass", None)
        given = given or unittest.TextTestResult
        if self.parallel > 1:
            return given
        return type("Result", (Recording, given), {"recorder": RECORDER})

    def run_suite(self, suite: Any, **kwargs: Any) -> Any:
        """Runs the tests, and then those again that failed."""
        RECORDER.resume()
        result = BASE.run_suite(self, suite, **kwargs)
        while RECORDER.left:
            last = RECORDER.last()
            again = [
                test
                for test in self.found or []
                if last.get(RECORDER.name_of(test)) == "rerun"
            ]
            if not again:
                break
            RECORDER.left -= 1
            RECORDER.attempt += 1
            processes, self.parallel = self.parallel, 1
            try:
                BASE.run_suite(self, self.test_suite(again), **kwargs)
            finally:
                self.parallel = processes
        return result

    described: dict[str, Any]
    unloaded: list[tuple[str, str]]


def tests_in(suite: Any) -> Iterator[unittest.TestCase]:
    """Every test of a suite, in its order."""
    if isinstance(suite, unittest.TestCase):
        yield suite
        return
    for part in suite:
        yield from tests_in(part)


def loaded(
    tests: Sequence[unittest.TestCase],
) -> tuple[list[unittest.TestCase], list[tuple[str, str]]]:
    """The tests, and the modules that could not be loaded, each with its reason."""
    kept, failed = [], []
    for test in tests:
        if not test.id().startswith(UNLOADED):
            kept.append(test)
            continue
        error: Any = getattr(test, "_exception", None)
        lines = str(error or "it could not be loaded").strip().splitlines()
        failed.append((test.id()[len(UNLOADED) :], lines[-1]))
    return kept, failed


def of_run(tests: Sequence[unittest.TestCase]) -> list[unittest.TestCase]:
    """The tests of all shards, by the paths of the run."""
    files = {key_of(test): from_here(file_of_test(test)) for test in tests}
    paths = {file: file for file in sorted(set(files.values()))}
    own = set(units_of_run(list(paths), paths))
    return [test for test in tests if files[key_of(test)] in own]


def names_of(tests: Sequence[unittest.TestCase]) -> dict[str, str]:
    """The ids of the tests; those that share one are numbered."""
    seen: Counter[str] = Counter()
    found: dict[str, str] = {}
    for test in sorted(tests, key=key_of):
        name = test_name(test)
        if key_of(test) not in found:
            seen[name] += 1
            number = f" #{seen[name]}" if seen[name] > 1 else ""
            found[key_of(test)] = f"{name}{number}"
    return found


def spread_classes(names: list[str], timings: dict[str, float]) -> dict[str, int]:
    """The shard of each test: that of its class, whose setup runs once."""
    shards = integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
    split = text("PIPEWRIGHT_SPLIT", "timings")
    if split not in ("timings", "count"):
        raise Problem(f"PIPEWRIGHT_SPLIT must be `timings` or `count`, not `{split}`")
    if split == "timings":
        return assign(names, shards, "files", timings)
    homes = assign([file_of(name) for name in names], shards, "count", timings)
    return {name: homes[file_of(name)] for name in names}


def description(listed: list[str], selected: list[str]) -> dict[str, Any]:
    """The task of the shard."""
    shards = integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
    seed = text("PIPEWRIGHT_SEED", "")
    own = set(selected)
    return {
        "schema": RECORD_SCHEMA,
        "run": text("PIPEWRIGHT_RUN", ""),
        "version": text("PIPEWRIGHT_VERSION", ""),
        "shard": integer("PIPEWRIGHT_SHARD", 1, shards, 1 if shards == 1 else None),
        "shards": shards,
        "seed": integer("PIPEWRIGHT_SEED", 0, 2**32 - 1) if seed else None,
        "attempt": integer("GITHUB_RUN_ATTEMPT", 1, 10_000, 1),
        "runner": text("PIPEWRIGHT_RUNNER", "django"),
        "collected": len(listed),
        "digest": digest_of(listed),
        "selected": selected,
        "others": [name for name in listed if name not in own],
        "python": platform.python_version(),
        "directory": from_workspace(Path.cwd()) or ".",
        "workspace": str(Path(text("GITHUB_WORKSPACE", ".")).resolve()),
    }


def replay_command(seed: int | None) -> list[str]:
    """A command that runs tests in one process, in the order of the seed."""
    chosen = [word for word in sys.argv if word.startswith("--settings=")]
    order = [] if seed is None else [f"--shuffle={seed}"]
    return ["python", "manage.py", "test", *chosen, *order]


def put_unloaded(name: str, message: str, order: int) -> None:
    """Records a module that could not be loaded, in one shard."""
    annotate("error", f"{name} could not be loaded: {message}")
    path = Path(*name.split("."))
    files = [path.with_suffix(".py"), path / "__init__.py"]
    file = next((from_workspace(file) for file in files if file.is_file()), "")
    found = {"id": name, "outcome": "error", "duration": 0, "attempt": 1}
    found |= {"worker": "collection", "file": file, "line": None, "order": order}
    RECORDER.put("tests.jsonl", {**found, "message": message, "collection": True})


RemoteResult: Any = type(
    "RemoteResult",
    (RemoteRecording, runners.RemoteTestResult),
    {"recorder": RECORDER},
)
RemoteRunner: Any = type(
    "RemoteRunner",
    (Measured, runners.RemoteTestRunner),
    {"resultclass": RemoteResult},
)
ShardSuite: Any = type(
    "ShardSuite", (BASE.parallel_test_suite,), {"runner_class": RemoteRunner}
)
PipewrightRunner: Any = type(
    "PipewrightRunner", (ShardRunner, BASE), {"parallel_test_suite": ShardSuite}
)
