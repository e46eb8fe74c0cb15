"""Every test lands in exactly one shard, and every shard is equally long."""

from __future__ import annotations

import importlib
import json
import random
import statistics
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from conftest import SCRIPTS, Bench, read_record

SHARDS = 3
SEEDS = (1, 20_000, 4_294_967_295)


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    return importlib.import_module("pipewright_pytest")


def suite(bench: Bench) -> None:
    """Tests of unequal number per file, some of which share an id."""
    for index, count in enumerate((1, 9, 4)):
        bench.write(
            f"tests/test_{index}.py",
            "import pytest\n"
            f"@pytest.mark.parametrize('n', range({count}))\n"
            "def test_n(n): pass\n"
            "class TestGroup:\n"
            "    def test_one(self): pass\n"
            "    @pytest.mark.skip\n"
            "    def test_two(self): pass\n",
        )
    bench.write(
        "tests/test_same.py",
        "import pytest\n"
        "@pytest.mark.parametrize('b', ['3', '2-3'])\n"
        "@pytest.mark.parametrize('a', ['1', '1-2'])\n"
        "def test_same(a, b): pass\n",
    )


TESTS = 14 + 3 * 2 + 4


def executed(bench: Bench, name: str, **env: Any) -> list[list[str]]:
    """What each shard executed."""
    found = []
    for shard in range(1, SHARDS + 1):
        folder = bench.root / name / str(shard)
        seed = env["SEED"]
        done = bench.pytest(
            "-p",
            "randomly",
            f"--randomly-seed={seed}",
            *(["-n", "2", "--dist", "loadscope"] if env.get("parallel") else ["-p", "no:xdist"]),
            "tests",
            SHARD=shard,
            SHARDS=SHARDS,
            RECORD=folder,
            **{key: value for key, value in env.items() if key != "parallel"},
        )
        assert done.code == 0, done.text
        described, lines = read_record(folder)
        names = [line["id"] for line in lines]
        assert sorted(names) == described["selected"]
        assert described["collected"] == TESTS
        assert described["shuffle"] == seed
        assert described["workers"] == (2 if env.get("parallel") else 0)
        assert json.loads((folder / "finished.json").read_text())["exit"] == 0
        found.append(names)
    return found


@pytest.mark.parametrize(
    ("kind", "parallel"),
    [
        pytest.param("timings", True, id="timings-xdist"),
        pytest.param("count", False, id="count-one-process"),
        pytest.param("files", False, id="files-one-process"),
        pytest.param("timings", False, id="timings-one-process", marks=pytest.mark.thorough),
        pytest.param("count", True, id="count-xdist", marks=pytest.mark.thorough),
        pytest.param("files", True, id="files-xdist", marks=pytest.mark.thorough),
    ],
)
def test_no_seed_and_no_split_loses_a_test(bench: Bench, kind: str, parallel: bool) -> None:
    suite(bench)
    timings = bench.write("timings.json", json.dumps({"tests/test_1.py::test_n[3]": 9, "gone": 1}))
    homes = []
    for seed in SEEDS:
        shards = executed(
            bench, f"seed-{seed}", SEED=seed, SPLIT=kind, TIMINGS=timings, parallel=parallel
        )
        count = Counter(name for shard in shards for name in shard)
        assert len(count) == TESTS
        assert set(count.values()) == {1}
        homes.append([sorted(shard) for shard in shards])
        if kind == "count":
            assert {len(shard) for shard in shards} == {TESTS // SHARDS}
        if kind == "files":
            files = [{name.split("::")[0] for name in shard} for shard in shards]
            assert sum(len(names) for names in files) == 4
    assert homes[0] == homes[1] == homes[2]


def test_tests_that_share_an_id_are_told_apart(bench: Bench) -> None:
    suite(bench)
    shards = executed(bench, "record", SEED=1)
    same = sorted(name for shard in shards for name in shard if "test_same" in name)
    assert same == [
        "tests/test_same.py::test_same[1-2-2-3]",
        "tests/test_same.py::test_same[1-2-3]",
        "tests/test_same.py::test_same[1-2-3] #2",
        "tests/test_same.py::test_same[1-3]",
    ]


@pytest.mark.parametrize("age", ["fresh", "month-old", "new"])
def test_timings_even_out_a_long_tail(split: ModuleType, age: str) -> None:
    chance = random.Random(7)
    real = {
        f"tests/test_{n % 90}.py::test_{n}": chance.lognormvariate(-2, 1.5) for n in range(2000)
    }
    known = dict(real) if age == "fresh" else {}
    if age == "month-old":
        kept = [name for name in real if chance.random() < 0.9]
        known = {name: real[name] * chance.uniform(0.7, 1.4) for name in kept} | {"gone": 60.0}
    homes = split.assign(list(real), 8, "timings", known)
    loads = Counter[int]()
    for name, shard in homes.items():
        loads[shard] += real[name]  # type: ignore[assignment]
    slowest = max(loads.values()) / statistics.mean(loads.values())
    assert slowest < {"fresh": 1.01, "month-old": 1.1, "new": 2}[age]


def starts(bench: Bench, dist: str, seed: int) -> list[str]:
    """The scopes in the order in which two workers began them, of 6 files and a long test."""
    for index in range(6):
        bench.write(
            f"tests/test_{index}.py",
            "import pytest\n"
            f"@pytest.mark.xdist_group('group{index}')\n"
            "@pytest.mark.parametrize('n', range(4))\n"
            "def test_n(n): pass\n",
        )
    bench.write("tests/test_long.py", "def test_long(): pass\n")
    short = {f"tests/test_{index}.py::test_n[{n}]": 0.01 for index in range(6) for n in range(4)}
    lasts = short | {"tests/test_long.py::test_long": 60}
    timings = bench.write("timings.json", json.dumps(lasts))
    options = ("-p", "randomly", f"--randomly-seed={seed}", "-n", "2", "--dist", dist)
    done = bench.pytest(*options, "tests", RECORD="record", TIMINGS=timings)
    assert done.code == 0, done.text
    _, lines = read_record(bench.root / "record")
    begun = sorted(lines, key=lambda line: (line["order"], line["worker"]))
    return list(dict.fromkeys(line["id"].split("::")[0] for line in begun))


@pytest.mark.parametrize("dist", ["loadscope", "loadfile", "loadgroup"])
def test_a_worker_begins_with_the_long_scope(bench: Bench, dist: str) -> None:
    """xdist would hand it out last, for it has the fewest tests; all others would wait for it."""
    for seed in SEEDS:
        assert "tests/test_long.py" in starts(bench, dist, seed)[:2]


def test_scopes_of_a_length_stay_shuffled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", [str(SCRIPTS), *sys.path])
    order = importlib.import_module("pipewright_pytest")
    lengths = {"a.py": 900, "b.py": 70_000, "c.py": 800, "d.py": 3, "e.py": 70_001}
    items = [SimpleNamespace(nodeid=f"{file}::test_{n}") for file in lengths for n in (2, 1)]
    lasts = {id(item): lengths[item.nodeid[:4]] // 2 for item in items}
    found = [item.nodeid for item in order.long_scopes_first(items, "loadscope", lasts)]
    assert found == [f"{file}.py::test_{n}" for file in "beacd" for n in (2, 1)]


def test_a_run_keeps_its_own_order_of_scopes(bench: Bench) -> None:
    """Who asks xdist for the order of collection gets it."""
    bench.write("test_a.py", "def test_a(): pass\n")
    bench.write("test_b.py", "def test_b(): pass\ndef test_c(): pass\n")
    timings = bench.write("timings.json", json.dumps({"test_b.py::test_b": 60}))
    options = ("-p", "no:randomly", "-n", "1", "--dist", "loadscope", "--no-loadscope-reorder")
    bench.pytest(*options, RECORD="record", TIMINGS=timings)
    _, lines = read_record(bench.root / "record")
    assert [line["id"] for line in lines][0] == "test_a.py::test_a"


def test_the_order_of_collection_does_not_matter(split: ModuleType) -> None:
    chance = random.Random(3)
    ids = [f"t{n % 11}.py::test_{n}" for n in range(300)]
    timings = {name: chance.choice([0.1, 0.2, 0.3]) for name in ids[::2]}
    for kind in split.SPLITS:
        first = split.assign(ids, 7, kind, timings)
        for _ in range(5):
            chance.shuffle(ids)
            shuffled = dict(chance.sample(list(timings.items()), len(timings)))
            assert split.assign(ids, 7, kind, shuffled) == first
        assert set(first) == set(ids)
        assert set(first.values()) == set(range(1, 8))


def test_a_new_test_is_taken_to_last_as_long_as_the_median(split: ModuleType) -> None:
    timings = {"a": 1.0, "b": 1.0, "c": 100.0}
    homes = split.assign(["a", "b", "c", "new"], 2, "timings", timings)
    assert homes["c"] not in (homes["a"], homes["b"], homes["new"])


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"SHARD": 0, "SHARDS": 2}, "PIPEWRIGHT_SHARD"),
        ({"SHARD": 3, "SHARDS": 2}, "PIPEWRIGHT_SHARD"),
        ({"SHARDS": 2}, "PIPEWRIGHT_SHARD is not set"),
        ({"SHARD": 1, "SHARDS": "two"}, "PIPEWRIGHT_SHARDS"),
        ({"SPLIT": "time"}, "PIPEWRIGHT_SPLIT"),
        ({"SEED": "-1"}, "PIPEWRIGHT_SEED"),
        ({"TIMINGS": "nowhere.json"}, "PIPEWRIGHT_TIMINGS"),
        ({"TIMINGS": "broken.json"}, "PIPEWRIGHT_TIMINGS"),
    ],
)
def test_a_bad_parameter_is_a_usage_error(bench: Bench, env: dict[str, Any], named: str) -> None:
    bench.write("test_a.py", "def test_a(): pass\n")
    bench.write("broken.json", "[")
    done = bench.pytest(**env)
    assert done.code == 4
    assert named in done.text
    assert "Traceback" not in done.text


def test_a_shard_without_tests_passes(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\n")
    for options in ((), ("-n", "2")):
        done = bench.pytest(*options, SHARD=2, SHARDS=2, RECORD="record")
        assert done.code == 0, done.text
        described, lines = read_record(bench.root / "record")
        assert (described["collected"], described["selected"], lines) == (1, [], [])


def test_a_run_that_collects_nothing_fails(bench: Bench) -> None:
    for options in ((), ("-n", "2")):
        for shards in (1, 2):
            done = bench.pytest(*options, SHARD=1, SHARDS=shards, RECORD="record")
            assert done.code == 5
            assert json.loads((bench.root / "record/finished.json").read_text())["exit"] == 5


def test_deselected_tests_belong_to_no_shard(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\ndef test_b(): pass\ndef test_c(): pass\n")
    bench.pytest("-k", "not test_b", RECORD="record")
    described, _ = read_record(bench.root / "record")
    assert described["selected"] == ["test_a.py::test_a", "test_a.py::test_c"]
    assert described["collected"] == 2


@pytest.mark.skipif(pytest.version_tuple < (8,), reason="pytest 7 itself runs it twice")
def test_a_file_named_twice_is_run_once(bench: Bench) -> None:
    bench.write("tests/test_a.py", "def test_a(): pass\n")
    bench.pytest("tests", "tests/test_a.py", RECORD="record")
    described, lines = read_record(bench.root / "record")
    assert described["selected"] == ["tests/test_a.py::test_a"]
    assert len(lines) == 1


def test_the_scripts_do_not_shadow_the_projects_modules(bench: Bench) -> None:
    """`plan`, `record` and `changes` are names that a project may have installed."""
    bench.write("installed/record.py", "OURS = True\n")
    bench.write("conftest.py", "import record\nassert record.OURS\n")
    bench.write(
        "test_a.py",
        "import os, subprocess, sys\n"
        "def test_a():\n"
        "    import record\n"
        "    assert record.OURS\n"
        "    code = 'import record; assert record.OURS'\n"
        "    subprocess.run([sys.executable, '-c', code], check=True)\n",
    )
    paths = f"{bench.plugin}:{Path(bench.root / 'installed')}"
    for options in ((), ("-n", "1")):
        done = bench.step(
            [sys.executable, "-m", "pytest", "-p", "pipewright_pytest", *options],
            {"PYTHONPATH": paths, "PIPEWRIGHT_RECORD": "record"},
        )
        assert done.code == 0, done.text
