"""A pytest plugin that runs one shard and records its results.

A test's shard depends only on the sorted test ids and the timings, never on the order
of collection or the seed, so every test runs in exactly one shard. The plugin shuffles
in place of pytest-randomly, by the same seed, and sorts whole scopes of xdist by their
duration. Loaded by `-p pipewright_pytest`, from a folder on PYTHONPATH that contains
nothing else.

Environment:
  PIPEWRIGHT_SHARDS   number of shards; left out: one, which runs all tests
  PIPEWRIGHT_SHARD    this shard, from 1
  PIPEWRIGHT_SPLIT    `timings` (default), `count` or `files`
  PIPEWRIGHT_TIMINGS  JSON {test id: seconds}, the same file for all shards
  PIPEWRIGHT_RECORD   the folder to write the record to, which replaces an older one;
                      left out: nothing is recorded
  PIPEWRIGHT_RUN, PIPEWRIGHT_VERSION, PIPEWRIGHT_RUNNER   names, copied to the record
  PIPEWRIGHT_SEED     the seed that pytest-randomly was given, copied to the record
  GITHUB_RUN_ATTEMPT, GITHUB_WORKSPACE   as the runner sets them

The record: run.json lists the collected and selected tests; tests.jsonl has a line per
start and per attempt of a test, flushed at once; finished.json is written last, so a
run that was cut off has none, and tests.jsonl shows its last test.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import socket
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aside import step_aside
from pytest_order import SCOPES, long_scopes_first, shuffled
from pytest_recorder import SCHEMA, Recorder, write_json
from splits import SPLITS, assign, microseconds

import pytest

LONGEST = 1_000_000.0  # Seconds; a job ends long before.
SCOPED = "pipewright-scoped"  # In xdist's workerinput.


step_aside()


@dataclass(frozen=True)
class Settings:
    """The plugin's parameters."""

    shard: int
    shards: int
    split: str
    timings: Mapping[str, float]
    timings_digest: str | None
    record: Path | None
    seed: int | None
    attempt: int

    @staticmethod
    def from_environment() -> Settings:
        """Reads the parameters; pytest ends with a usage error on a bad one."""
        shards = _integer("PIPEWRIGHT_SHARDS", 1, 1000, 1)
        split = _text("PIPEWRIGHT_SPLIT") or "timings"
        if split not in SPLITS:
            raise pytest.UsageError(
                f"PIPEWRIGHT_SPLIT must be one of {', '.join(SPLITS)}, not `{split}`"
            )
        if shards > 1 and not _text("PIPEWRIGHT_SHARD"):
            raise pytest.UsageError(
                "PIPEWRIGHT_SHARD is not set, but PIPEWRIGHT_SHARDS is"
            )
        timings, digest = _timings(_text("PIPEWRIGHT_TIMINGS"))
        record = _text("PIPEWRIGHT_RECORD")
        return Settings(
            shard=_integer("PIPEWRIGHT_SHARD", 1, shards, 1),
            shards=shards,
            split=split,
            timings=timings,
            timings_digest=digest,
            record=Path(record).absolute() if record else None,
            seed=_integer("PIPEWRIGHT_SEED", 0, 2**32 - 1, None),
            attempt=_integer("GITHUB_RUN_ATTEMPT", 1, 10_000, 1),
        )


def _text(name: str) -> str:
    return os.environ.get(name, "").strip()


def _integer(name: str, low: int, high: int, default: Any) -> Any:
    value = _text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit()) or not low <= int(value) <= high:
        raise pytest.UsageError(
            f"{name} must be a whole number from {low} to {high}, not `{value}`"
        )
    return int(value)


def _timings(path: str) -> tuple[dict[str, float], str | None]:
    """Reads the timings, which all shards must share."""
    if not path:
        return {}, None
    try:
        content = Path(path).read_bytes()
        found = json.loads(content)
    except (OSError, ValueError) as error:
        raise pytest.UsageError(
            f"PIPEWRIGHT_TIMINGS: cannot read `{path}`, which all shards must share: "
            f"{error}"
        ) from error
    if not isinstance(found, dict):
        raise pytest.UsageError(f"PIPEWRIGHT_TIMINGS: `{path}` must hold a JSON object")
    usable = {
        name: float(value)
        for name, value in found.items()
        if isinstance(value, int | float) and 0 <= value < LONGEST
    }
    return usable, hashlib.sha256(content).hexdigest()


@dataclass(eq=False)  # pytest before 9 keeps plugins in sets.
class Shard:
    """Selects the tests of this shard, in every process, and records the run."""

    settings: Settings
    config: pytest.Config
    recorder: Recorder | None = None
    shuffle: int | None = None
    scoped: str = ""
    seen: Counter[str] = field(default_factory=Counter)
    items: set[int] = field(default_factory=set)
    limits: dict[str, Any] = field(default_factory=dict)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self) -> None:
        """Starts the record, before any worker does."""
        if self.recorder:
            self.recorder.start()

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Numbers tests that share an id (`a-b` + `c` is `a` + `b-c`).

        Some of xdist's schedulers keep tests by id and would drop all but one. The
        order of collection is that of the source: plugins shuffle later.
        """
        if id(item) in self.items:
            return
        self.items.add(id(item))
        name = item.nodeid
        self.seen[name] += 1
        if self.seen[name] > 1:
            _rename(item, f"{name} #{self.seen[name]}")

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_collection_modifyitems(
        self, items: list[pytest.Item]
    ) -> Generator[None, None, None]:
        """Shuffles before all other plugins, and selects the shard after them."""
        names = {id(item): item.nodeid for item in items}
        self.shuffle = _shuffle_seed(self.config)
        if self.shuffle is not None:
            self.config.option.randomly_reorganize = False
            items[:] = shuffled(items, self.shuffle)
        yield
        _keep_groups(items)
        # pytest 8 collects a file twice if two arguments name it.
        items[:] = {id(item): item for item in items}.values()
        own = {id(item): names.get(id(item), item.nodeid) for item in items}
        homes = assign(
            list(own.values()),
            self.settings.shards,
            self.settings.split,
            self.settings.timings,
        )
        kept = [item for item in items if homes[own[id(item)]] == self.settings.shard]
        dropped = [
            item for item in items if homes[own[id(item)]] != self.settings.shard
        ]
        self._describe(
            sorted(own.values()),
            sorted(own[id(item)] for item in kept),
            sorted(own[id(item)] for item in dropped),
        )
        dist = getattr(self.config, "workerinput", {}).get(SCOPED)
        if dist:
            lasts = microseconds(sorted(set(own.values())), self.settings.timings)
            by_item = {item: lasts[name] for item, name in own.items()}
            kept = long_scopes_first(kept, dist, by_item)
        items[:] = kept
        if dropped:
            self.config.hook.pytest_deselected(items=dropped)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Sends the distributed scope to a worker of xdist."""
        node.workerinput[SCOPED] = self.scoped

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """Records that a worker died, also between tests."""
        if self.recorder and error:
            self.recorder.add_crash(str(node.gateway.id))

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_handlecrashitem(self, crashitem: str) -> None:
        """Keeps pytest-rerunfailures from trying a test again that killed its worker.

        Only some of xdist's schedulers could, and none once restarts are off: the crash
        would be recorded as a first attempt without a second one.
        """
        database = getattr(self.config, "failures_db", None)
        if database is not None:
            database.set_test_reruns(crashitem, 0)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> None:
        """Learns the time limit of a test; pytest-timeout goes on to set its timer."""
        self.limits[item.nodeid] = settings

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Restarts the limit per attempt; pytest-timeout has one for all attempts."""
        if getattr(item, "execution_count", 1) > 1:
            self._limit_again(item)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> None:
        """Limits the teardown; pytest-timeout forgets it when a test fails."""
        self._limit_again(item)

    def _limit_again(self, item: pytest.Item) -> None:
        settings = self.limits.get(item.nodeid)
        if settings is not None and not settings.func_only:
            item.config.hook.pytest_timeout_cancel_timer(item=item)
            item.config.hook.pytest_timeout_set_timer(item=item, settings=settings)

    def pytest_internalerror(self, excrepr: object) -> None:
        """Records an internal error, after which xdist can still exit with 0."""
        if self.recorder and not self.recorder.internal_error:
            lines = [line for line in str(excrepr).splitlines() if line.strip()]
            self.recorder.internal_error = lines[-1].strip() if lines else "unknown"

    def _describe(
        self, collected: list[str], selected: list[str], others: list[str]
    ) -> None:
        """Writes run.json, in each process that collects; xdist compares them."""
        if self.settings.record is None:
            return
        timings = self.settings.timings
        digest = hashlib.sha256("\n".join(collected).encode("utf-8", "surrogatepass"))
        workspace = Path(_text("GITHUB_WORKSPACE") or self.config.rootpath).resolve()
        root = self.config.rootpath.resolve()
        write_json(
            self.settings.record / "run.json",
            {
                "schema": SCHEMA,
                "run": _text("PIPEWRIGHT_RUN"),
                "version": _text("PIPEWRIGHT_VERSION"),
                "shard": self.settings.shard,
                "shards": self.settings.shards,
                "seed": self.settings.seed,
                "attempt": self.settings.attempt,
                "runner": _text("PIPEWRIGHT_RUNNER") or "pytest",
                "collected": len(collected),
                "digest": digest.hexdigest(),
                "selected": selected,
                "others": others,
                "workers": _workers(self.config),
                "python": platform.python_version(),
                "shuffle": self.shuffle,
                "timings": self.settings.timings_digest,
                "known": {name: timings[name] for name in selected if name in timings},
                "replay": _replay(self.config, self.shuffle),
                "directory": root.relative_to(workspace).as_posix()
                if root.is_relative_to(workspace)
                else ".",
                "workspace": str(workspace),
            },
        )

    def pytest_runtest_logstart(
        self, nodeid: str, location: tuple[str, int | None, str]
    ) -> None:
        """Records the start of a test, in any worker."""
        if self.recorder:
            self.recorder.begin(nodeid, location[0], location[1])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Records a test; the reports of all workers arrive in the controller."""
        if self.recorder:
            self.recorder.add(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Records an error of collection."""
        if self.recorder and report.failed:
            self.recorder.add_collection(report)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(
        self, session: pytest.Session
    ) -> Generator[None, None, None]:
        """Ends the record, after every other plugin has set the exit status."""
        yield
        if self.recorder is None:
            return
        if (
            int(session.exitstatus) == pytest.ExitCode.NO_TESTS_COLLECTED
            and self._others_run()
        ):
            session.exitstatus = pytest.ExitCode.OK
        if int(session.exitstatus) <= 1 and self.recorder.uncollectable:
            # xdist runs the other files and ends with 1, as if a test had failed.
            session.exitstatus = pytest.ExitCode.INTERRUPTED
        elif int(session.exitstatus) <= 1 and self.recorder.internal_error:
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        elif session.exitstatus == pytest.ExitCode.OK and self.recorder.crashes:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self.recorder.finish(int(session.exitstatus))

    def _others_run(self) -> bool:
        """Returns whether all collected tests belong to other shards."""
        if self.settings.shards == 1 or self.settings.record is None:
            return False
        try:
            described = json.loads(
                (self.settings.record / "run.json").read_text("utf-8")
            )
        except (OSError, ValueError):
            return False
        return bool(described["collected"]) and not described["selected"]


def _rename(item: Any, name: str) -> None:
    """Sets the id of an item, as xdist does: pytest has no public API for it."""
    structured = getattr(item, "_id", None)
    if structured is None:
        item._nodeid = name
    else:  # Since pytest 9.2.
        item._id = structured.parse(name)


def _keep_groups(items: Sequence[Any]) -> None:
    """Repeats what xdist 3.8 does for `--dist loadgroup`, where pytest 9.2 needs it."""
    for item in items:
        grouped = getattr(item, "_nodeid", None)
        if grouped and hasattr(item, "_id") and grouped != item.nodeid:
            _rename(item, grouped)


def _shuffle_seed(config: pytest.Config) -> int | None:
    """The seed of pytest-randomly; None if it does not order the tests."""
    manager = config.pluginmanager
    if not any(manager.hasplugin(name) for name in ("randomly", "pytest_randomly")):
        return None
    seed = getattr(config.option, "randomly_seed", None)
    ordering = getattr(config.option, "randomly_reorganize", False)
    return seed if ordering and isinstance(seed, int) else None


def _scoped(config: pytest.Config) -> str:
    """The scope that xdist distributes, if xdist also orders the scopes; otherwise "".

    By itself xdist starts with the scopes of most tests, not with the longest.
    """
    dist = getattr(config.option, "dist", "no")
    if dist not in SCOPES or not getattr(config.option, "loadscopereorder", False):
        return ""
    config.option.loadscopereorder = False
    return str(dist)


def _answer_at_once(config: pytest.Config) -> None:
    """Keeps a worker from waiting before every test.

    pytest-rerunfailures reports each test to its controller and then asks about the
    next, in two packets; TCP holds the second one back until the first is acknowledged,
    for up to 40 ms.
    """
    asking = getattr(getattr(config, "failures_db", None), "sock", None)
    if isinstance(asking, socket.socket):
        asking.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _workers(config: pytest.Config) -> int:
    """The number of xdist workers; 0 without xdist."""
    return int(getattr(config, "workerinput", {}).get("workercount", 0))


def _replay(config: pytest.Config, shuffle: int | None) -> list[str]:
    """A command that runs tests in one process, in the order of their names."""
    options = config.getini("addopts")
    parallel = any(
        str(option).startswith(("-n", "--numproc", "--dist")) for option in options
    )
    # Without xdist, an `-n` in pytest's configuration would be unknown.
    command = [
        "python",
        "-m",
        "pytest",
        *(["-n", "0"] if parallel else ["-p", "no:xdist"]),
    ]
    if shuffle is not None:
        # It also seeds `random` before each test, so it stays, and only leaves the
        # order alone.
        command += [
            "-p",
            "randomly",
            f"--randomly-seed={shuffle}",
            "--randomly-dont-reorganize",
        ]
    return command


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Ends a run after the death of a worker, instead of starting another one.

    With a new worker, xdist's schedulers of whole scopes wait forever, and all of them
    lose the dead worker's coverage and fixtures.
    """
    if hasattr(config.option, "maxworkerrestart"):
        config.option.maxworkerrestart = "0"


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Registers the shard; the process that is no xdist worker has the record."""
    if getattr(config.option, "dist", "no") == "each":
        raise pytest.UsageError(
            "`--dist each` runs every test in every worker; use `--dist load`"
        )
    settings = Settings.from_environment()
    shard = Shard(settings, config, scoped=_scoped(config))
    if settings.record is not None and not hasattr(config, "workerinput"):
        shard.recorder = Recorder(settings.record, config)
    _answer_at_once(config)
    config.pluginmanager.register(shard, "pipewright-shard")
