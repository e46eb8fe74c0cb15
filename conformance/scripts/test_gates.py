"""gates.py: nothing is lost, and TQ-01 to TQ-04, from real runs and from made-up records."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import Bench, Done, read_record

GATES = {"order": "random", "pass-rate": 1.0, "slowest": 30.0, "repeat": False}
FIXED = {**GATES, "order": "fixed"}


def gates(bench: Bench, **env: Any) -> Done:
    given = {"RECORDS": "records", "GATES": FIXED, "EXPECTED": [{"version": "", "shards": 1}]}
    return bench.script("gates", **{**given, **env})


def verdicts(done: Done) -> dict[str, str]:
    """The table of the summary: the verdict of each gate."""
    rows = [line.strip("|").split("|") for line in done.summary.splitlines() if "|" in line]
    return {row[0].strip().split()[0]: row[-1].strip() for row in rows[2:] if len(row) >= 4}


# ── made-up records ───────────────────────────────────────────────────────────


def put(
    bench: Bench,
    tests: dict[str, Any],
    *,
    shard: int = 1,
    shards: int = 1,
    attempt: int = 1,
    finished: int | None = 0,
    everything: list[str] | None = None,
    **changed: Any,
) -> Path:
    """Writes a record; a test is an outcome, or the outcome and the seconds of each attempt."""
    names = sorted(tests)
    collected = sorted(everything or names)
    described = {
        "schema": 1,
        "run": "t",
        "version": "",
        "shard": shard,
        "shards": shards,
        "seed": None,
        "attempt": attempt,
        "runner": "pytest",
        "collected": len(collected),
        "digest": hashlib.sha256("\n".join(collected).encode()).hexdigest(),
        "selected": names,
        "workers": 0,
        "python": "3.12.1",
        "shuffle": None,
        "timings": None,
        "replay": ["python", "-m", "pytest", "-p", "no:xdist"],
        "directory": ".",
        **changed,
    }
    lines = []
    for order, name in enumerate(tests):
        attempts = tests[name] if isinstance(tests[name], list) else [(tests[name], 0.1)]
        for number, (outcome, seconds) in enumerate(attempts, 1):
            line = {"id": name, "outcome": outcome, "duration": seconds, "attempt": number}
            line |= {"worker": "main", "file": "t/test_a.py", "line": 3, "message": "why, so: 100%"}
            lines.append(json.dumps(line | {"order": order}) + "\n")
    seed = described["seed"]
    folder = bench.root / "records" / f"t-{described['version']}-{seed}-{shard}-{attempt}"
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(described), "utf-8")
    (folder / "tests.jsonl").write_text("".join(lines), "utf-8")
    if finished is not None:
        (folder / "finished.json").write_text(json.dumps({"exit": finished}), "utf-8")
    return folder


def test_a_good_run(bench: Bench) -> None:
    put(bench, {"a": "passed", "b": "skipped"})
    done = gates(bench, TIMINGS_OUT="timings.json")
    assert done.code == 0, done.text
    assert verdicts(done) == {
        "complete": "passed",
        "TQ-01": "passed",
        "TQ-02": "passed",
        "TQ-03": "passed",
        "TQ-04": "not run",
    }
    assert json.loads((bench.root / "timings.json").read_text()) == {"a": 0.1, "b": 0.1}


@pytest.mark.parametrize(
    ("failed", "threshold", "passes"),
    [
        (5, "0.995", True),
        (6, "0.995", False),
        (0, "1.0", True),
        (1, "1.0", False),
        (1, "0.999", True),
        (1, "0.9990000000000000000001", False),
        (300, "0.7", True),
        (301, "0.7", False),
        (1000, "0", True),
    ],
)
def test_the_pass_rate_is_compared_exactly(
    bench: Bench, failed: int, threshold: str, passes: bool
) -> None:
    put(
        bench,
        {f"t{n}": "failed" if n < failed else "passed" for n in range(1000)},
        finished=1 if failed else 0,
    )
    wanted = json.dumps(FIXED).replace('"pass-rate": 1.0', f'"pass-rate": {threshold}')
    done = gates(bench, GATES=wanted)
    assert done.code == (0 if passes else 1)
    assert verdicts(done)["TQ-02"] == ("passed" if passes else "failed")
    assert f"({1000 - failed} of 1000 passed" in done.summary


MIXED = [{"version": "3.12", "shards": 1}, {"version": "3.16", "shards": 1, "optional": True}]


def test_an_optional_version_is_reported_and_counts_for_no_gate(bench: Bench) -> None:
    put(bench, {"a": "passed"}, version="3.12")
    put(bench, {"a": "failed", "b": "passed"}, version="3.16", finished=1)
    done = gates(bench, EXPECTED=MIXED, TIMINGS_OUT="timings.json")
    assert done.code == 0, done.text
    assert verdicts(done)["TQ-02"] == "passed"
    assert "3.16: 1 of 2 tests failed\n\n- `a`" in done.summary
    assert "::warning title=Optional version failed::3.16: 1 of 2 tests failed" in done.text
    assert json.loads((bench.root / "timings.json").read_text()) == {"a": 0.1}


def test_an_optional_version_may_leave_no_record(bench: Bench) -> None:
    put(bench, {"a": "passed"}, version="3.12")
    done = gates(bench, EXPECTED=MIXED)
    assert done.code == 0, done.text
    assert "3.16: incomplete, 0 of 0 tests failed" in done.summary
    assert "3.16: shard 1 of 1 left no record" in done.summary


def test_a_version_that_is_not_optional_still_counts_beside_one_that_is(bench: Bench) -> None:
    put(bench, {"a": "failed"}, version="3.12", finished=1)
    put(bench, {"a": "passed"}, version="3.16")
    done = gates(bench, EXPECTED=MIXED)
    assert done.code == 1
    assert "3.16: passed, executed tests: 1" in done.summary


def test_a_run_of_optional_versions_alone_is_refused(bench: Bench) -> None:
    put(bench, {"a": "passed"}, version="3.16")
    done = gates(bench, EXPECTED=MIXED[1:])
    assert done.code == 1 and "every version is optional" in done.text


def test_a_rate_just_below_all_is_not_printed_as_all(bench: Bench) -> None:
    put(bench, {f"t{n}": "failed" if n == 0 else "passed" for n in range(30_000)}, finished=1)
    assert "| 99.99 % (29999 of 30000 passed, 1 failed) |" in gates(bench).summary


@pytest.mark.parametrize(
    ("tests", "counts", "verdict"),
    [
        ({"a": "passed", "b": "skipped", "c": "xfailed", "d": "xpassed"}, False, "passed"),
        ({"a": "passed", "b": "skipped"}, True, "failed"),
        ({"a": "skipped"}, False, "failed"),
        ({"a": "xfailed", "b": "xpassed"}, False, "failed"),
        ({"a": "error", "b": "passed"}, False, "failed"),
        ({"a": [("rerun", 1), ("passed", 1)]}, False, "passed"),
        ({"a": [("rerun", 1), ("failed", 1)]}, False, "failed"),
    ],
)
def test_what_counts(bench: Bench, tests: dict[str, Any], counts: bool, verdict: str) -> None:
    broken = any(str(value).find("failed'") > 0 or value == "error" for value in tests.values())
    put(bench, tests, finished=1 if broken else 0)
    done = gates(bench, GATES={**FIXED, "skipped-counts": counts})
    assert verdicts(done)["complete"] == "passed", done.text
    assert verdicts(done)["TQ-02"] == verdict
    assert done.code == (0 if verdict == "passed" else 1)


@pytest.mark.parametrize(
    ("attempts", "limit", "verdict"),
    [
        ([("passed", 30)], 30.0, "passed"),
        ([("passed", 30.000001)], 30.0, "failed"),
        ([("passed", 0.3)], 0.3, "passed"),
        ([("rerun", 31), ("passed", 1)], 30, "failed"),
        ([("passed", 1000)], None, "not set"),
    ],
)
def test_the_slowest_test(bench: Bench, attempts: Any, limit: Any, verdict: str) -> None:
    put(bench, {"a": attempts, "b": "passed"})
    done = gates(bench, GATES={**FIXED, "slowest": limit})
    assert verdicts(done)["TQ-03"] == verdict
    assert done.code == (1 if verdict == "failed" else 0)
    if verdict == "failed":
        assert "file=t/test_a.py,line=3,title=Slow test::a took" in done.text


@pytest.mark.parametrize(
    ("order", "record", "verdict"),
    [
        ("random", {"seed": 7, "shuffle": 7}, "passed"),
        ("random", {"seed": 7, "shuffle": 8}, "failed"),
        ("random", {"seed": 7, "shuffle": None}, "failed"),
        ("random", {"seed": None, "shuffle": None}, "failed"),
        ("random", {"seed": None, "shuffle": 7}, "failed"),
        ("isolated", {}, "failed"),
        ("isolated", {"isolated": True}, "passed"),
        ("fixed", {}, "passed"),
    ],
)
def test_the_order(bench: Bench, order: str, record: dict[str, Any], verdict: str) -> None:
    put(bench, {"a": "passed"}, **record)
    done = gates(bench, GATES={**GATES, "order": order})
    assert verdicts(done)["TQ-01"] == verdict
    assert done.code == (0 if verdict == "passed" else 1)


@pytest.mark.parametrize(
    ("second", "verdict"),
    [
        ({"a": "passed", "b": "failed"}, "passed"),
        ({"a": "failed", "b": "passed"}, "failed"),
        ({"a": "passed", "b": "error"}, "failed"),
        ({"a": [("rerun", 1), ("passed", 1)], "b": "failed"}, "passed"),
    ],
)
def test_the_repeat_compares_by_test(bench: Bench, second: Any, verdict: str) -> None:
    put(bench, {"a": "passed", "b": "failed"}, seed=1, finished=1)
    put(bench, second, seed=2, finished=1)
    done = gates(bench, SEEDS=[1, 2], GATES={**FIXED, "repeat": True, "pass-rate": 0.5})
    assert verdicts(done)["TQ-04"] == verdict
    assert done.code == (0 if verdict == "passed" else 1)


def test_a_repeat_that_was_not_run_is_told(bench: Bench) -> None:
    put(bench, {"a": "passed"}, seed=1)
    done = gates(bench, SEEDS=[1], GATES={**FIXED, "repeat": True})
    assert (done.code, verdicts(done)["TQ-04"]) == (0, "not run")


def test_a_repeat_that_is_lost_fails(bench: Bench) -> None:
    put(bench, {"a": "passed"}, seed=1)
    done = gates(bench, SEEDS=[1, 2])
    assert done.code == 1
    assert "seed 2: shard 1 of 1 left no record" in done.text


def incomplete(done: Done) -> str:
    """The only problem of a run that is not complete."""
    assert done.code == 1
    assert verdicts(done)["complete"] == "failed"
    found = [line for line in done.annotations("error") if "title=Incomplete test run" in line]
    assert len(found) == 1, done.text
    return found[0].split("::", 2)[2]


TWO = {"EXPECTED": [{"version": "", "shards": 2}]}


def test_a_missing_shard(bench: Bench) -> None:
    put(bench, {"a": "passed"}, shards=2, everything=["a", "b"])
    done = gates(bench, **TWO, TIMINGS_OUT="timings.json")
    assert incomplete(done) == "the run: shard 2 of 2 left no record"
    assert not (bench.root / "timings.json").exists()


def test_a_missing_version(bench: Bench) -> None:
    put(bench, {"a": "passed"}, version="3.11")
    wanted = [{"version": "3.11", "shards": 1}, {"version": "3.12", "shards": 1}]
    assert incomplete(gates(bench, EXPECTED=wanted)) == "3.12: shard 1 of 1 left no record"


def test_a_test_in_no_shard(bench: Bench) -> None:
    for shard, name in ((1, "a"), (2, "b")):
        put(bench, {name: "passed"}, shard=shard, shards=2, everything=["a", "b", "lost"])
    assert incomplete(gates(bench, **TWO)) == "the run: the shards select 2 tests of 3 collected"


def test_a_test_in_place_of_another(bench: Bench) -> None:
    for shard, name in ((1, "a"), (2, "other")):
        put(bench, {name: "passed"}, shard=shard, shards=2, everything=["a", "b"])
    assert "select 2 tests of 2 collected" in incomplete(gates(bench, **TWO))


def test_a_test_in_two_shards(bench: Bench) -> None:
    put(bench, {"a": "passed"}, shard=1, shards=2, everything=["a", "b"])
    put(bench, {"a": "passed", "b": "passed"}, shard=2, shards=2, everything=["a", "b"])
    assert incomplete(gates(bench, **TWO)) == "the run: selected more than once: a"


def test_shards_that_collected_different_tests(bench: Bench) -> None:
    put(bench, {"a": "passed"}, shard=1, shards=2, everything=["a", "b"])
    put(bench, {"b": "passed"}, shard=2, shards=2, everything=["b", "c"])
    assert "collected different tests" in incomplete(gates(bench, **TWO))


def test_shards_with_different_timings(bench: Bench) -> None:
    for shard, name in ((1, "a"), (2, "b")):
        put(bench, {name: "passed"}, shard=shard, shards=2, everything=["a", "b"], timings=name)
    assert "different timings" in incomplete(gates(bench, **TWO))


def test_shards_with_different_seeds(bench: Bench) -> None:
    for shard, name in ((1, "a"), (2, "b")):
        put(bench, {name: "passed"}, shard=shard, shards=2, everything=["a", "b"], seed=shard)
    assert "different seeds" in incomplete(gates(bench, **TWO))


def test_another_number_of_shards(bench: Bench) -> None:
    put(bench, {"a": "passed"}, shards=2)
    assert "there should be 1 shards" in incomplete(gates(bench))


def test_a_selected_test_that_was_not_executed(bench: Bench) -> None:
    put(bench, {"a": "passed", "b": [("rerun", 1)]})
    assert incomplete(gates(bench)).endswith("selected but not executed: b")


def test_an_executed_test_that_was_not_selected(bench: Bench) -> None:
    put(bench, {"a": "passed", "b": "passed"}, selected=["a"], everything=["a"])
    assert incomplete(gates(bench)).endswith("executed but not selected: b")


@pytest.mark.parametrize("status", [2, 3, 4, 7, 101])
def test_a_runner_that_did_not_end_well(bench: Bench, status: int) -> None:
    put(bench, {"a": "passed"}, finished=status)
    assert f"ended with {status}" in incomplete(gates(bench))


def test_a_failure_without_a_failing_test(bench: Bench) -> None:
    put(bench, {"a": "passed"}, finished=1)
    assert "no test failed" in incomplete(gates(bench))


def test_a_run_that_executed_no_test(bench: Bench) -> None:
    put(bench, {})
    done = gates(bench)
    assert "no test was collected" in incomplete(done)
    assert verdicts(done)["TQ-02"] == "failed"


def test_shards_of_a_runner_that_lists_nothing(bench: Bench) -> None:
    unknown: dict[str, Any] = {"collected": None, "digest": None, "shards": 2}
    put(bench, {"a": "passed"}, shard=1, **unknown)
    put(bench, {"b": "passed"}, shard=2, **unknown)
    assert gates(bench, **TWO).code == 0
    shutil.rmtree(bench.root / "records/t--None-2-1")
    put(bench, {}, shard=2, **unknown)
    assert incomplete(gates(bench, **TWO)) == "shard 2 of 2: no test was executed"


def test_the_newest_attempt_counts(bench: Bench) -> None:
    put(bench, {"a": "passed"}, shard=1, shards=2, everything=["a", "b"], attempt=1)
    put(bench, {"b": "failed"}, shard=2, shards=2, everything=["a", "b"], attempt=9, finished=1)
    put(bench, {"b": "passed"}, shard=2, shards=2, everything=["a", "b"], attempt=10)
    assert gates(bench, **TWO).code == 0


def test_a_newer_attempt_that_was_cut_off_is_not_saved_by_an_older_one(bench: Bench) -> None:
    put(bench, {"a": "passed"}, attempt=1)
    put(bench, {}, attempt=2, finished=None, selected=["a"], everything=["a"])
    assert "cut off after 0 tests" in incomplete(gates(bench))


def test_two_records_of_one_attempt(bench: Bench) -> None:
    folder = put(bench, {"a": "passed"})
    shutil.copytree(folder, bench.root / "records/copy")
    assert "two records of attempt 1" in incomplete(gates(bench))


def test_a_record_that_nobody_expected(bench: Bench) -> None:
    put(bench, {"a": "passed"})
    put(bench, {"a": "passed"}, version="2.7")
    assert "unexpected record" in incomplete(gates(bench))


def test_records_of_another_run_are_left_out(bench: Bench) -> None:
    put(bench, {"a": "passed"})
    put(bench, {"b": "failed"}, run="other", attempt=2, finished=1)
    assert gates(bench, RUN="t").code == 0


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"schema": 2}', '{"schema": 1}'])
def test_an_unreadable_record(bench: Bench, content: str) -> None:
    put(bench, {"a": "passed"})
    bench.write("records/broken/run.json", content)
    assert "records/broken/run.json is no record" in incomplete(gates(bench))


def test_a_line_that_was_cut_off(bench: Bench) -> None:
    folder = put(bench, {"a": "passed", "b": "passed"}, finished=None)
    content = (folder / "tests.jsonl").read_text()
    (folder / "tests.jsonl").write_text(content[:-20])
    done = gates(bench)
    assert "cut off after 1 tests" in done.text
    assert done.code == 1


def test_no_record_at_all(bench: Bench) -> None:
    done = gates(bench)
    assert done.code == 1
    assert "no shard left a record" in done.annotations("error")[0]
    (bench.root / "records").mkdir()
    assert "left no record" in incomplete(gates(bench))


@pytest.mark.parametrize(
    "env",
    [
        {"GATES": ""},
        {"GATES": "{"},
        {"GATES": []},
        {"GATES": {**FIXED, "order": "any"}},
        {"GATES": {"order": "fixed"}},
        {"GATES": {**FIXED, "pass-rate": "all"}},
        {"GATES": {**FIXED, "pass-rate": 1.01}},
        {"GATES": {**FIXED, "pass-rate": True}},
        {"GATES": '{"order": "fixed", "pass-rate": NaN}'},
        {"GATES": {**FIXED, "slowest": 0}},
        {"GATES": {**FIXED, "slowest": "30s"}},
        {"GATES": {**FIXED, "slowset": 30}},
        {"GATES": {**FIXED, "repeat": "nightly"}},
        {"EXPECTED": []},
        {"EXPECTED": [{"version": "3.12"}]},
        {"EXPECTED": [{"shards": 0}]},
        {"EXPECTED": [{"shards": 1}, {"shards": 2}]},
        {"SEEDS": {}},
        {"SEEDS": ["1"]},
        {"SEEDS": [1, 1]},
    ],
)
def test_bad_input_is_named(bench: Bench, env: dict[str, Any]) -> None:
    put(bench, {"a": "passed"})
    done = gates(bench, **env)
    assert done.code == 1
    assert len(done.annotations("error")) == 1
    assert f"PIPEWRIGHT_{next(iter(env))}" in done.text


def test_every_gate_is_judged(bench: Bench) -> None:
    put(bench, {"a": [("failed", 31)]}, finished=1)
    found = verdicts(gates(bench, GATES=GATES))
    assert found == {
        "complete": "passed",
        "TQ-01": "failed",
        "TQ-02": "failed",
        "TQ-03": "failed",
        "TQ-04": "not run",
    }


def test_annotations_are_escaped(bench: Bench) -> None:
    put(bench, {"t/test_a.py::test_x[50%\n]": "failed"}, finished=1)
    found = [line for line in gates(bench).annotations("error") if "title=Test failed" in line]
    head = "::error file=t/test_a.py,line=3,title=Test failed::t/test_a.py::test_x[50%25%0A]: why,"
    assert found[0].startswith(head)


def test_the_same_test_of_several_versions_is_told_once(bench: Bench) -> None:
    for version in ("3.11", "3.12"):
        put(bench, {"a": "failed"}, version=version, finished=1)
    wanted = [{"version": "3.11", "shards": 1}, {"version": "3.12", "shards": 1}]
    done = gates(bench, EXPECTED=wanted)
    assert done.text.count("title=Test failed") == 1
    assert "3.11, shard 1 of 1; 3.12, shard 1 of 1" in done.text


# ── real runs ─────────────────────────────────────────────────────────────────


def run_shards(
    bench: Bench, *options: str, seed: int = 1, shards: int = 2, attempt: int = 1
) -> None:
    """Runs every shard, and leaves its record as its artifact would."""
    for shard in range(1, shards + 1):
        run_shard(bench, *options, shard=shard, shards=shards, seed=seed, attempt=attempt)


def run_shard(
    bench: Bench, *options: str, shard: int, shards: int, seed: int = 1, attempt: int = 1
) -> None:
    bench.pytest(
        f"--randomly-seed={seed}",
        *options,
        attempt=attempt,
        SHARD=shard,
        SHARDS=shards,
        SEED=seed,
        RECORD=f"records/seed-{seed}-{shard}-{attempt}",
    )


DEPENDENT = (
    "import pytest\n"
    "seen = []\n"
    + "".join(f"def test_{n}(): seen.append({n})\n" for n in range(6))
    + "def test_last(): assert 3 in seen\n"
)


def test_the_repeat_finds_a_test_that_depends_on_the_order(bench: Bench) -> None:
    bench.write("test_a.py", DEPENDENT)
    seeds = range(1, 6)
    outcomes = {}
    for seed in seeds:
        run_shard(bench, shard=1, shards=1, seed=seed)
        _, lines = read_record(bench.root / f"records/seed-{seed}-1-1")
        outcomes[seed] = {line["id"]: line["outcome"] for line in lines}["test_a.py::test_last"]
    good = next(seed for seed in seeds if outcomes[seed] == "passed")
    bad = next(seed for seed in seeds if outcomes[seed] == "failed")
    for seed in set(seeds) - {good, bad}:
        shutil.rmtree(bench.root / f"records/seed-{seed}-1-1")
    wanted = {**GATES, "repeat": True, "pass-rate": 0.5}
    done = gates(bench, SEEDS=[good, bad], GATES=wanted)
    assert (done.code, verdicts(done)["TQ-04"]) == (1, "failed")
    told = [line for line in done.annotations("error") if "title=Depends on the order" in line]
    assert len(told) == 1
    assert f"passed under seed {good}" in told[0]
    assert f"failed under seed {bad}" in told[0]


@pytest.mark.parametrize("ini", ["", "[pytest]\naddopts = -n 3 --dist worksteal\n"])
def test_the_replay_command_brings_a_failure_back(bench: Bench, ini: str) -> None:
    """The failing test depends on one that happened to run before it on the same worker."""
    bench.write("app/pytest.ini", ini or "[pytest]\n")
    bench.write("app/test_b c.py", "def test_z(): pass\n")
    bench.write(
        "app/test_a.py",
        "seen = []\n"
        "import pytest\n"
        "@pytest.mark.parametrize('n', range(12))\n"
        "def test_a(n):\n"
        "    seen.append(n)\n"
        "    assert len(seen) < 3\n",
    )
    options = ["app"] if ini else ["-n", "3", "--dist", "worksteal", "app"]
    run_shards(bench, *options, shards=1)
    done = gates(bench, GATES=GATES, SEEDS=[1])
    block = done.summary.split("In one process, in the same order:\n\n```text\n")[1]
    command = block.split("\n```")[0]
    named = done.summary.split("<details><summary>")[1].split("<")[0]
    again = bench.step(["sh", "-c", command.replace("python -m", f"{sys.executable} -m")], {})
    assert again.code == 1, again.text
    assert f"FAILED {named.replace('app/', '')}" in again.text
    lone = f"{sys.executable} -m pytest -n 0 '{named}'"
    assert bench.step(["sh", "-c", f"cd app; {lone}"], {}).code == 0


def test_a_shard_that_is_run_again(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\ndef test_b(): assert False\n")
    run_shards(bench)
    wanted = {**TWO, "SEEDS": [1], "GATES": GATES}
    assert gates(bench, **wanted).code == 1
    bench.write("test_a.py", "def test_a(): pass\ndef test_b(): pass\n")
    failing = next(
        shard
        for shard in (1, 2)
        if "test_b" in str(read_record(bench.root / f"records/seed-1-{shard}-1")[0]["selected"])
    )
    run_shard(bench, shard=failing, shards=2, attempt=2)
    done = gates(bench, **wanted)
    assert done.code == 0, done.text
    assert len(list((bench.root / "records").iterdir())) == 3


@pytest.mark.parametrize("parallel", [(), ("-n", "2")], ids=["one-process", "xdist"])
def test_a_flaky_test_passes_with_a_warning(bench: Bench, parallel: tuple[str, ...]) -> None:
    bench.write(
        "test_a.py",
        "import pathlib\n"
        "def test_a():\n"
        "    mark = pathlib.Path('mark')\n"
        "    first = not mark.exists()\n"
        "    mark.touch()\n"
        "    assert not first\n",
    )
    run_shards(bench, "--reruns", "2", *parallel, shards=1)
    done = gates(bench, SEEDS=[1], GATES=GATES)
    assert done.code == 0, done.text
    (warning,) = done.annotations("warning")
    assert warning.startswith("::warning file=test_a.py,line=2,title=Flaky test::test_a.py::test_a")


@pytest.mark.parametrize("parallel", [(), ("-n", "2")], ids=["one-process", "xdist"])
def test_a_file_that_cannot_be_collected(bench: Bench, parallel: tuple[str, ...]) -> None:
    bench.write("test_a.py", "def test_a(): pass\n")
    bench.write("test_b.py", "import nothing_of_this_name\n")
    for options in ((), ("--continue-on-collection-errors",)):
        shutil.rmtree(bench.root / "records", ignore_errors=True)
        run_shards(bench, *parallel, *options, shards=1)
        # Nobody knows how many tests the file holds, so no pass rate makes up for it.
        done = gates(bench, SEEDS=[1], GATES={**GATES, "pass-rate": 0})
        assert done.code == 1
        assert "file=test_b.py,title=Test could not be collected" in done.text
        assert "the runner ended with 2: interrupted, or a file could not be collected" in done.text


def test_stopping_at_the_first_failure_is_incomplete(bench: Bench) -> None:
    bench.write("test_a.py", "".join(f"def test_{n}(): assert 0\n" for n in range(5)))
    run_shards(bench, "-x", shards=1)
    done = gates(bench, SEEDS=[1], GATES={**GATES, "pass-rate": 0})
    assert "selected but not executed" in incomplete(done)


def test_an_unused_shard_is_complete(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\n")
    run_shards(bench, shards=3)
    wanted = [{"version": "", "shards": 3}]
    done = gates(bench, SEEDS=[1], GATES=GATES, EXPECTED=wanted)
    assert done.code == 0, done.text


def test_nothing_collected_fails(bench: Bench) -> None:
    bench.write("test_a.py", "")
    run_shards(bench, shards=2)
    done = gates(bench, **TWO, SEEDS=[1], GATES=GATES)
    assert done.code == 1
    assert "no test was collected" in done.text


def test_timings_return_to_the_next_plan(bench: Bench) -> None:
    bench.write("test_a.py", "import time\ndef test_a(): time.sleep(0.2)\ndef test_b(): pass\n")
    run_shards(bench)
    assert gates(bench, **TWO, SEEDS=[1], GATES=GATES, TIMINGS_OUT="cache/t.json").code == 0
    assert bench.script("plan", TIMINGS="cache/t.json", PLAN="plan").code == 0
    found = json.loads((bench.root / "plan/timings.json").read_text())
    assert sorted(found) == ["test_a.py::test_a", "test_a.py::test_b"]
    assert found["test_a.py::test_a"] >= 0.2


def test_what_a_first_test_pays_for_others_is_not_planned(bench: Bench) -> None:
    """A timing falls at once, but at most doubles, or grows to 0.2 s."""
    seconds = {"quick": 8.0, "slow": 8.0, "slower": 3.0, "faster": 1.0, "new": 8.0}
    known = {"quick": 0.01, "slow": 3.0, "slower": 2.0, "faster": 2.0, "gone": 2.0}
    put(bench, {name: [("passed", lasts)] for name, lasts in seconds.items()}, known=known)
    assert gates(bench, TIMINGS_OUT="timings.json").code == 0
    assert json.loads((bench.root / "timings.json").read_text()) == {
        "quick": 0.2,
        "slow": 6.0,
        "slower": 3.0,
        "faster": 1.0,
        "new": 8.0,
    }


def test_a_shard_says_what_it_knew(bench: Bench) -> None:
    bench.write("test_a.py", "def test_a(): pass\ndef test_b(): pass\n")
    timings = bench.write("timings.json", '{"test_a.py::test_a": 2.5, "gone": 1}')
    bench.pytest("-p", "no:randomly", RECORD="record", TIMINGS=timings)
    described = json.loads((bench.root / "record/run.json").read_text())
    assert described["known"] == {"test_a.py::test_a": 2.5}


def test_the_record_of_another_runner(bench: Bench) -> None:
    cases = '<testcase classname="nx" name="t::a"/>'
    failing = '<testcase classname="nx" name="t::b"><failure message="boom"/></testcase>'
    bench.write("junit.xml", f"<testsuites><testsuite>{cases}{failing}</testsuite></testsuites>")
    env = {"JUNIT": "junit.xml", "RECORD": "records/a-1", "RUNNER": "nextest", "EXIT": "100"}
    assert bench.script("record", **env).code == 0
    done = gates(bench, GATES={**GATES, "order": "isolated"})
    assert (done.code, verdicts(done)["TQ-01"]) == (1, "passed")
    assert "cargo nextest run --retries 0 -E 'binary_id(=nx) & test(=t::b)'" in done.summary


@pytest.mark.parametrize(("until", "code"), [("2999-12-31", 0), ("2020-01-31", 1), ("soon", 1)])
def test_quarantine_ends_on_its_day(bench: Bench, until: str, code: int) -> None:
    put(bench, {"test_a.py::test_a": "passed"})
    entry = {"path": "test_b.py", "reason": "no Grafana", "issue": 41, "until": until}
    done = gates(bench, QUARANTINE=[entry])
    assert done.code == code, done.text
    if until == "2020-01-31":
        assert verdicts(done)["Quarantine"] == "failed"
        assert "test_b.py (until 2020-01-31: no Grafana)" in done.text
