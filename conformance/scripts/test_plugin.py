"""pipewright_pytest.py: the record says what happened, and shows when it is incomplete."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from conftest import Bench, Done, read_lines, read_record

PARALLEL = [pytest.param((), id="one-process"), pytest.param(("-n", "2"), id="xdist")]

OUTCOMES = """\
import pytest

def test_passed(): pass
def test_failed():
    assert 1 == 2, "one is | not two"
@pytest.fixture
def broken(): raise RuntimeError("no setup")
@pytest.fixture
def breaks():
    yield
    raise RuntimeError("no teardown")
def test_setup(broken): pass
def test_teardown(breaks): pass
def test_both(breaks): assert False
@pytest.mark.skip(reason="not today")
def test_skipped(): pass
def test_skips(): pytest.skip("inside")
@pytest.mark.xfail(reason="known")
def test_xfailed(): assert False
@pytest.mark.xfail(reason="known")
def test_xpassed(): pass
@pytest.mark.xfail(strict=True)
def test_strict(): pass
"""


def record_of(bench: Bench, *options: str, **env: Any) -> dict[str, list[dict[str, Any]]]:
    """The lines of each test."""
    bench.pytest("-p", "no:randomly", *options, RECORD="record", **env)
    found: dict[str, list[dict[str, Any]]] = {}
    for line in read_record(bench.root / "record")[1]:
        found.setdefault(line["id"].split("::", 1)[-1], []).append(line)
    return found


@pytest.mark.parametrize("options", PARALLEL)
def test_every_outcome(bench: Bench, options: tuple[str, ...]) -> None:
    bench.write("app/tests/test_a.py", OUTCOMES)
    found = record_of(bench, *options)
    assert {name: [line["outcome"] for line in lines] for name, lines in found.items()} == {
        "test_passed": ["passed"],
        "test_failed": ["failed"],
        "test_setup": ["error"],
        "test_teardown": ["error"],
        "test_both": ["failed"],
        "test_skipped": ["skipped"],
        "test_skips": ["skipped"],
        "test_xfailed": ["xfailed"],
        "test_xpassed": ["xpassed"],
        "test_strict": ["failed"],
    }
    failed = found["test_failed"][0]
    assert (failed["file"], failed["line"]) == ("app/tests/test_a.py", 5)
    assert failed["message"].startswith("AssertionError: one is | not two")
    assert found["test_skipped"][0]["message"] == "Skipped: not today"
    assert found["test_setup"][0]["message"] == "RuntimeError: no setup"


@pytest.mark.parametrize("options", PARALLEL)
def test_every_attempt_has_its_line(bench: Bench, options: tuple[str, ...]) -> None:
    bench.write(
        "test_a.py",
        "import pathlib, pytest\n"
        "def count(name):\n"
        "    with open(name, 'a') as file: file.write('x')\n"
        "    return len(pathlib.Path(name).read_text())\n"
        "def test_third(): assert count('third') == 3\n"
        "def test_never(): assert False\n"
        "@pytest.fixture\n"
        "def second(): assert count('second') == 2\n"
        "def test_setup(second): pass\n"
        "@pytest.fixture\n"
        "def closes():\n"
        "    yield\n"
        "    assert count('closes') == 2\n"
        "def test_teardown(closes): pass\n"
        "def test_fine(): pass\n",
    )
    found = record_of(bench, "--reruns", "2", *options)
    assert {name: [line["outcome"] for line in lines] for name, lines in found.items()} == {
        "test_third": ["rerun", "rerun", "passed"],
        "test_never": ["rerun", "rerun", "failed"],
        "test_setup": ["rerun", "passed"],
        "test_teardown": ["rerun", "passed"],
        "test_fine": ["passed"],
    }
    assert [line["attempt"] for line in found["test_third"]] == [1, 2, 3]


def test_a_duration_spans_all_phases(bench: Bench) -> None:
    bench.write(
        "test_a.py",
        "import pytest, time\n"
        "@pytest.fixture\n"
        "def slow():\n"
        "    time.sleep(0.1)\n"
        "    yield\n"
        "    time.sleep(0.1)\n"
        "def test_a(slow): time.sleep(0.1)\n",
    )
    assert record_of(bench)["test_a"][0]["duration"] >= 0.3


def test_the_order_of_each_worker_is_recorded(bench: Bench) -> None:
    bench.write(
        "test_a.py",
        "import os, pytest\n"
        "@pytest.mark.parametrize('n', range(12))\n"
        "def test_a(n):\n"
        "    with open('order-' + os.environ['PYTEST_XDIST_WORKER'], 'a') as file:\n"
        "        file.write(f'test_a.py::test_a[{n}]\\n')\n",
    )
    bench.pytest("-n", "2", "--randomly-seed=3", RECORD="record")
    lines = sorted(read_record(bench.root / "record")[1], key=lambda line: line["order"])
    for worker in ("gw0", "gw1"):
        ran = (bench.root / f"order-{worker}").read_text().split()
        assert [line["id"] for line in lines if line["worker"] == worker] == ran


@pytest.mark.parametrize("options", PARALLEL)
def test_a_file_that_cannot_be_collected_is_recorded(
    bench: Bench, options: tuple[str, ...]
) -> None:
    bench.write("test_a.py", "def test_a(): pass\n")
    bench.write("test_b.py", "import nothing_of_this_name\n")
    done = bench.pytest(*options, RECORD="record")
    _, lines = read_record(bench.root / "record")
    errors = [line for line in lines if line.get("collection")]
    assert [(line["id"], line["outcome"], line["file"]) for line in errors] == [
        ("test_b.py", "error", "test_b.py")
    ]
    assert "nothing_of_this_name" in errors[0]["message"]
    assert done.code == 2, "its tests are lost, which is more than a failure"
    assert json.loads((bench.root / "record/finished.json").read_text())["exit"] == 2


@pytest.mark.parametrize("options", PARALLEL)
def test_a_killed_run_has_no_end(bench: Bench, options: tuple[str, ...]) -> None:
    bench.write("test_a.py", "import time\ndef test_a(): pass\ndef test_b(): time.sleep(60)\n")
    (bench.root / "record").mkdir()
    bench.write("record/finished.json", '{"exit": 0}')  # Of an earlier run.
    command = [sys.executable, "-m", "pytest", "-p", "pipewright_pytest", "-p", "no:randomly"]
    process = subprocess.Popen(
        [*command, *options],
        cwd=bench.root,
        env={**bench.environment, "PYTHONPATH": bench.plugin, "PIPEWRIGHT_RECORD": "record"},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Under xdist the two tests run in two workers, and either may come first.
    wait_for(
        bench.root / "record/tests.jsonl", "test_a.py::test_a passed", "test_a.py::test_b started"
    )
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    described, lines = read_record(bench.root / "record")
    assert len(described["selected"]) == 2
    assert [line["id"] for line in lines] == ["test_a.py::test_a"]
    assert not (bench.root / "record/finished.json").exists()
    done = judged(bench)
    assert "the run was cut off after 1 tests, while running test_a.py::test_b" in done.text


def wait_for(record: Path, *expected: str) -> None:
    """Waits until a record has a line of each `TEST OUTCOME`; a line half written is none."""
    lines: set[str] = set()
    for _ in range(600):
        text = record.read_text("utf-8") if record.exists() else ""
        found = map(json.loads, text[: text.rfind("\n") + 1].splitlines())
        lines = {f"{line['id']} {line['outcome']}" for line in found}
        if lines >= set(expected):
            return
        time.sleep(0.1)
    raise AssertionError(f"{record} never gets {expected}: {lines}")


def judged(bench: Bench, shards: int = 1, **gates: Any) -> Done:
    """The verdict of the gates."""
    return bench.script(
        "gates",
        RECORDS=str(bench.root / "record"),
        EXPECTED=[{"version": "", "shards": shards}],
        GATES={"order": "fixed", "pass-rate": 0.1, **gates},
    )


DISTS = ("load", "loadscope", "loadfile", "loadgroup", "worksteal")
ONCE = (
    "import os, pathlib, time\n"
    "def test_crash():\n"
    "    time.sleep(0.5)\n"
    "    if not pathlib.Path('crashed').exists():\n"
    "        pathlib.Path('crashed').touch()\n"
    "        os._exit(1)\n"
)
ALWAYS = "import os, time\ndef test_crash():\n    time.sleep(0.5)\n    os._exit(1)\n"


def dying() -> list[object]:
    """Every `--dist` with the worst of both, and under one of them all four."""
    found: list[object] = []
    for dist, reruns, (name, crash) in product(DISTS, (0, 2), (("always", ALWAYS), ("once", ONCE))):
        always = dist == "load" or (reruns == 2 and name == "once")
        marks = () if always else (pytest.mark.thorough,)
        found.append(pytest.param(dist, reruns, crash, id=f"{dist}-{reruns}-{name}", marks=marks))
    return found


@pytest.mark.parametrize(("dist", "reruns", "crash"), dying())
def test_a_worker_that_dies_gives_one_verdict(
    bench: Bench, dist: str, reruns: int, crash: str
) -> None:
    """Under every `--dist`, with and without reruns, whether or not the test would pass again."""
    for name in "abd":
        bench.write(f"test_{name}.py", "def test_1(): pass\n")
    bench.write("test_c.py", crash)
    began = time.monotonic()
    options = ("-n", "2", "--dist", dist, "--reruns", str(reruns))
    done = bench.pytest("-p", "no:randomly", *options, RECORD="record")
    assert done.code == 1
    assert time.monotonic() - began < 60, "it ends by itself, in seconds"
    _, lines = read_record(bench.root / "record")
    ended = {line["id"]: line["outcome"] for line in lines if line["id"].startswith("test_c")}
    assert ended == {"test_c.py::test_crash": "error"}
    verdict = judged(bench)
    assert verdict.code == 1
    named = [told for told in verdict.annotations("error") if "Incomplete test run" in told]
    assert "worker gw" in named[0] and "crashed while running test_c.py::test_crash" in named[0]
    assert "no test failed" not in verdict.text


def test_a_worker_that_dies_after_its_last_test(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\ndef test_b(): pass\n")
    bench.write(
        "conftest.py",
        "import os\n"
        "def pytest_sessionfinish(session):\n"
        "    if os.environ.get('PYTEST_XDIST_WORKER') == 'gw0': os._exit(0)\n",
    )
    assert bench.pytest("-n", "2", "-p", "no:randomly", RECORD="record").code == 1
    assert "worker gw0 crashed between tests" in judged(bench).text


def test_a_process_that_dies_names_its_test(bench: Bench) -> None:
    bench.write("test_a.py", "import os\ndef test_a(): pass\ndef test_b(): os._exit(0)\n")
    bench.pytest("-p", "no:randomly", RECORD="record")
    verdict = judged(bench)
    assert verdict.code == 1
    assert "cut off after 1 tests, while running test_a.py::test_b" in verdict.text


@pytest.mark.parametrize("options", PARALLEL)
def test_an_internal_error_is_none_of_a_green_run(bench: Bench, options: tuple[str, ...]) -> None:
    bench.write("test_a.py", "def test_a(): pass\ndef test_b(): pass\n")
    bench.write(
        "conftest.py",
        "import pytest\n"
        "@pytest.hookimpl(trylast=True)\n"
        "def pytest_runtest_logfinish(nodeid):\n"
        "    if 'test_b' in nodeid: raise RuntimeError('a broken plugin')\n",
    )
    assert bench.pytest("-p", "no:randomly", *options, RECORD="record").code == 3
    verdict = judged(bench)
    assert verdict.code == 1
    assert "a broken plugin" in verdict.text


def test_no_worker_waits_before_a_test(bench: Bench) -> None:
    """The socket by which reruns are counted sends at once; else each test takes 40 ms or more."""
    bench.write(
        "test_a.py",
        "import socket\n"
        "def test_a(pytestconfig):\n"
        "    asking = pytestconfig.failures_db.sock\n"
        "    assert asking.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)\n",
    )
    found = record_of(bench, "-n", "1", "--reruns", "2")
    assert [line["outcome"] for line in found["test_a"]] == ["passed"]


def test_a_group_is_no_part_of_an_id(bench: Bench) -> None:
    bench.write(
        "test_a.py",
        "import pytest\n"
        "@pytest.mark.xdist_group('one')\n"
        "def test_a(): pass\n"
        "@pytest.mark.xdist_group('one')\n"
        "@pytest.mark.parametrize('n', ['x@y', 'z'])\n"
        "def test_b(n): pass\n"
        "def test_c(): pass\n",
    )
    found = record_of(bench, "-n", "2", "--dist", "loadgroup")
    names = ["test_a", "test_b[x@y]", "test_b[z]", "test_c"]
    assert sorted(found) == names
    described, _ = read_record(bench.root / "record")
    assert described["selected"] == [f"test_a.py::{name}" for name in names]


def test_a_group_stays_on_its_worker(bench: Bench) -> None:
    bench.write(
        "test_a.py",
        "import pytest, time\n"
        "@pytest.mark.parametrize('n', range(8))\n"
        "@pytest.mark.xdist_group('one')\n"
        "def test_a(n): time.sleep(0.05)\n",
    )
    found = record_of(bench, "-n", "2", "--dist", "loadgroup")
    assert len({lines[0]["worker"] for lines in found.values()}) == 1


@pytest.mark.parametrize("options", PARALLEL)
@pytest.mark.parametrize("reruns", [0, 1, 2])
def test_a_subtest_is_a_part_of_its_attempt(
    bench: Bench, options: tuple[str, ...], reruns: int
) -> None:
    """pytest-rerunfailures passes reports of subtests on before the test's own `setup`."""
    bench.write(
        "test_a.py",
        "import unittest\n"
        "class T(unittest.TestCase):\n"
        "    tries = 0\n"
        "    def test_unittest(self):\n"
        "        for n in range(3):\n"
        "            with self.subTest(n=n): self.assertNotEqual(n, 1)\n"
        "    def test_unittest_once(self):\n"
        "        T.tries += 1\n"
        "        for n in range(3):\n"
        "            with self.subTest(n=n): self.assertTrue(n != 1 or T.tries > 1)\n"
        "    def test_plain(self): self.fail('known')\n"
        "    def test_passing(self):\n"
        "        with self.subTest(n=1): pass\n"
        "def test_fixture(subtests):\n"
        "    for n in range(3):\n"
        "        with subtests.test(n=n): assert n != 1\n"
        "tries = []\n"
        "def test_flaky(subtests):\n"
        "    tries.append(1)\n"
        "    with subtests.test(n=0): assert len(tries) > 1\n",
    )
    found = record_of(bench, *options, "--reruns", str(reruns))
    outcomes = {
        name.split("::")[-1]: [line["outcome"] for line in lines] for name, lines in found.items()
    }
    tried = ["rerun"] * reruns
    assert outcomes == {
        "test_unittest": ["failed"],  # unittest goes on after it, so it is not tried again.
        "test_unittest_once": ["failed"],
        "test_plain": [*tried, "failed"],
        "test_passing": ["passed"],
        "test_fixture": [*tried, "failed"],
        "test_flaky": ["rerun", "passed"] if reruns else ["failed"],
    }
    assert found["test_fixture"][-1]["message"] == "assert 1 != 1"


def test_a_failed_subtest_fails_its_test(bench: Bench) -> None:
    pytest.importorskip("_pytest.subtests")
    bench.write(
        "test_a.py",
        "def test_a(subtests):\n"
        "    for n in range(3):\n"
        "        with subtests.test(n=n): assert n != 1\n"
        "def test_b(subtests):\n"
        "    with subtests.test(n=1): pass\n",
    )
    found = record_of(bench)
    assert [line["outcome"] for line in found["test_a"]] == ["failed"]
    assert [line["outcome"] for line in found["test_b"]] == ["passed"]


def test_the_record_names_its_run(bench: Bench) -> None:
    bench.write("app/test_a.py", "def test_a(): pass\n")
    bench.write("app/pytest.ini", "[pytest]\naddopts = -n 2\n")
    done = bench.pytest(
        "--randomly-seed=5",
        "app",
        attempt=3,
        RECORD="record",
        RUN="backend",
        VERSION="3.12",
        SEED=5,
        RUNNER="pytest",
    )
    assert done.code == 0, done.text
    described, _ = read_record(bench.root / "record")
    given = {"schema": 1, "run": "backend", "version": "3.12", "shard": 1, "shards": 1, "seed": 5}
    given |= {"attempt": 3, "runner": "pytest", "workers": 2, "shuffle": 5, "directory": "app"}
    assert {key: described[key] for key in given} == given
    assert described["replay"][3:5] == ["-n", "0"]


def test_an_order_that_is_not_random_is_not_recorded_as_such(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\n")
    for options in (["-p", "no:randomly"], ["--randomly-dont-reorganize", "--randomly-seed=5"]):
        bench.pytest(*options, RECORD="record", SEED=5)
        assert read_record(bench.root / "record")[0]["shuffle"] is None


def order_of(bench: Bench, seed: int, *options: str) -> list[str]:
    """The ids in the order in which they were started, worker by worker."""
    done = bench.pytest(f"--randomly-seed={seed}", *options, RECORD="record", SEED=seed)
    assert done.code == 0, done.text
    described, lines = read_record(bench.root / "record")
    assert described["shuffle"] == seed
    return [line["id"] for line in sorted(lines, key=lambda line: (line["worker"], line["order"]))]


def test_seeds_order_ids_of_one_length_in_many_ways(bench: Bench) -> None:
    bench.write(
        "test_a.py",
        "import pytest\n@pytest.mark.parametrize('n', range(10, 30))\ndef test_a(n): pass\n",
    )
    orders = {tuple(order_of(bench, seed, "-p", "no:xdist")) for seed in range(100, 112)}
    assert len(orders) == 12
    # Of 20 ids, CRC-32 leaves each only a few neighbours under all seeds.
    followers = {
        order[index + 1] for order in orders for index in range(19) if "10" in order[index]
    }
    assert len(followers) > 6


def test_a_seed_has_one_order_in_every_process(bench: Bench) -> None:
    for name in "abc":
        bench.write(
            f"test_{name}.py",
            "class TestOne:\n    def test_a(self): pass\n    def test_b(self): pass\n"
            "class TestTwo:\n    def test_c(self): pass\n    def test_d(self): pass\n"
            "def test_e(): pass\n",
        )
    alone = order_of(bench, 7, "-p", "no:xdist")
    assert order_of(bench, 7, "-n", "1") == alone
    places = [name.split("::")[:-1] for name in alone]
    assert len([1 for one, next in zip(places, places[1:], strict=False) if one != next]) == 8
    assert alone != sorted(alone)


def test_each_worker_running_everything_is_refused(bench: Bench) -> None:
    done = bench.pytest("-n", "2", "--dist", "each")
    assert done.code == 4
    assert "--dist each" in done.text


def test_without_parameters_nothing_changes(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\n")
    assert bench.pytest().code == 0
    assert sorted(path.name for path in bench.root.glob("*")) == ["test_a.py"]


def test_the_exit_status_of_a_usage_error_stays(bench: Bench) -> None:
    assert bench.pytest("nowhere", RECORD="record").code == 4
    finished = bench.root / "record/finished.json"
    assert json.loads(finished.read_text())["exit"] == 4


# ── a time limit for one test ─────────────────────────────────────────────────

HANGS = "import pytest, time\n"
HANGING = {
    "call": "def test_hangs(): time.sleep(600)\n",
    "setup": "@pytest.fixture\ndef slow(): time.sleep(600)\ndef test_hangs(slow): pass\n",
    "teardown": (
        "@pytest.fixture\ndef slow():\n    yield\n    time.sleep(600)\n"
        "def test_hangs(slow): assert False\n"
    ),
}


@pytest.mark.parametrize("options", PARALLEL)
@pytest.mark.parametrize("reruns", [0, 2])
@pytest.mark.parametrize("phase", HANGING)
def test_a_hung_test_fails_and_the_others_run(
    bench: Bench, options: tuple[str, ...], reruns: int, phase: str
) -> None:
    """Each attempt has the whole time, and teardown after a failure is limited as well."""
    bench.write("test_a.py", HANGS + HANGING[phase] + "def test_next(): pass\n")
    found = record_of(bench, *options, "--timeout", "1", "--reruns", str(reruns))
    lines = found["test_hangs"]
    failed = "error" if phase == "setup" else "failed"
    assert [line["outcome"] for line in lines] == ["rerun"] * reruns + [failed]
    if phase != "teardown":
        assert {line["message"] for line in lines} == {
            "Failed: Timeout (>1.0s) from pytest-timeout."
        }
    assert [line["outcome"] for line in found["test_next"]] == ["passed"]


def test_a_test_that_started_has_a_line(bench: Bench) -> None:
    bench.write("test_a.py", "\ndef test_a(): pass\n")
    bench.pytest("-p", "no:randomly", RECORD="record")
    first, second = read_lines(bench.root / "record")
    assert first == {
        "id": "test_a.py::test_a",
        "outcome": "started",
        "file": "test_a.py",
        "line": 2,
    }
    assert second["outcome"] == "passed"


# ── what shards must agree on ─────────────────────────────────────────────────


def test_unstable_ids_are_named(bench: Bench) -> None:
    """One example from each shard, also of tests that went to the other one."""
    bench.write(
        "test_a.py",
        "import pytest, time\n"
        "@pytest.mark.parametrize('n', [time.time_ns(), 'x', 'y'])\n"
        "def test_a(n): pass\n",
    )
    names = []
    for shard in (1, 2):
        bench.pytest("-p", "no:randomly", RECORD=f"record/{shard}", SHARD=shard, SHARDS=2)
        described, _ = read_record(bench.root / f"record/{shard}")
        (name,) = [
            name
            for name in described["selected"] + described["others"]
            if name[-2:] not in ("x]", "y]")
        ]
        names.append(name)
    text = judged(bench, shards=2).text
    assert f"only shard 1 of 2 has {names[0]}; only shard 2 of 2 has {names[1]}" in text


def test_a_test_that_one_shard_lacks_is_named(bench: Bench) -> None:
    for shard, tests in ((1, "ab"), (2, "ab"), (3, "abc")):
        bench.write("test_a.py", "".join(f"def test_{name}(): pass\n" for name in tests))
        bench.pytest("-p", "no:randomly", RECORD=f"record/{shard}", SHARD=shard, SHARDS=3)
    assert "; only shard 3 of 3 has test_a.py::test_c" in judged(bench, shards=3).text


# ── the cache ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "addopts",
    ["--strict-config", "--ff", "--lf", "--sw", "-n 2 --strict-config", "-p no:cacheprovider"],
)
def test_the_cache_is_there_and_outside_of_the_project(bench: Bench, addopts: str) -> None:
    """As under plain pytest: options of the cache, its fixture, and a project that has none."""
    own = "" if "no:" in addopts else "cache_dir = .cache/pytest\n"
    bench.write("pytest.ini", f"[pytest]\n{own}addopts = {addopts}\n")
    uses = "def test_a(pytestconfig): pass\n"
    if own:
        uses = (
            "def test_a(cache): cache.set('a/b', 1)\n"
            "def test_b(pytestconfig): assert pytestconfig.cache is not None\n"
        )
    bench.write("test_a.py", uses)
    done = bench.pytest("-p", "no:randomly", RECORD="record")
    assert done.code == 0, done.text
    assert not (bench.root / ".cache").exists()
    assert not (bench.root / ".pytest_cache").exists()
