"""record.py: the doctests, from what a real `cargo test --doc` printed."""

from __future__ import annotations

import pytest

from conftest import Bench, Done, read_record

# As cargo 1.95 prints it for a workspace of the editions 2021 and 2024, shortened.
OUTPUT = """\
   Compiling a v0.1.0 (/w/a)
    Finished `test` profile [unoptimized + debuginfo] target(s) in 0.21s
   Doc-tests a

running 6 tests
test a/src/lib.rs - yes (line 15) - compile fail ... ok
test a/src/lib.rs - yes (line 18) - compile ... ok
test a/src/lib.rs - yes (line 2) ... ok
test a/src/lib.rs - yes (line 12) ... FAILED
test a/src/lib.rs - yes (line 9) ... ignored
test a/src/lib.rs - (line 6) ... ok

failures:

---- a/src/lib.rs - yes (line 12) stdout ----
Test executable failed (exit status: 101).

stderr:

thread 'main' (22871) panicked at a/src/lib.rs:5:1:
assertion `left == right` failed: broken



failures:
    a/src/lib.rs - yes (line 12)

test result: FAILED. 4 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out

error: doctest failed, to rerun pass `-p a --doc`
   Doc-tests root

running 1 test
test src/lib.rs - add (line 2) ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out

all doctests ran in 0.45s; merged doctests compilation took 0.43s
"""
JUNIT = '<testsuite><testcase classname="a" name="one"/></testsuite>'


def record(bench: Bench, output: str, status: str, **env: str) -> Done:
    bench.write("out/junit.xml", JUNIT)
    bench.write("doctests.txt", output)
    bench.write("list", "a::one\n")
    given = {"RUNNER": "nextest", "LISTED": "list", "SELECTED": "list", "ROOT": str(bench.root)}
    given |= {"SELECTION": "--workspace --locked -F 'x y'", "DOCTESTS": "doctests.txt"}
    given |= {"DOCTESTS_EXIT": status, **env}
    return bench.script("record", **{"RECORD": "record", "JUNIT": "out/*.xml", **given})


def test_doctests_are_part_of_the_record(bench: Bench) -> None:
    done = record(bench, OUTPUT, "101")
    assert done.code == 0, done.text
    described, lines = read_record(bench.root / "record")
    assert (described["collected"], len(described["alone"])) == (1, 7)
    assert set(described["alone"]) < set(described["selected"])
    assert described["replay"][-4:] == ["--workspace", "--locked", "-F", "x y"]
    found = {line["id"]: line for line in lines}
    failed = found["doctest::a/src/lib.rs - yes (line 12)"]
    assert (failed["outcome"], failed["file"], failed["line"]) == ("failed", "a/src/lib.rs", 12)
    assert failed["message"].startswith("Test executable failed")
    assert failed["replay"][-2:] == ["--", "a/src/lib.rs - yes (line 12)"]
    assert found["doctest::a/src/lib.rs - yes (line 9)"]["outcome"] == "skipped"
    assert found["doctest::a/src/lib.rs - (line 6)"]["outcome"] == "passed"


def test_colours_do_not_matter(bench: Bench) -> None:
    coloured = OUTPUT.replace("... ok", "... \x1b[32mok\x1b[0m")
    assert record(bench, coloured, "101").code == 0
    assert len(read_record(bench.root / "record")[0]["alone"]) == 7


def gates(bench: Bench) -> Done:
    return bench.script(
        "gates",
        RECORDS=".",
        EXPECTED=[{"version": "", "shards": 1}],
        GATES={"order": "isolated", "pass-rate": 1},
    )


@pytest.mark.parametrize(("status", "code"), [("101", 1), ("0", 0)])
def test_the_gates_judge_them(bench: Bench, status: str, code: int) -> None:
    output = OUTPUT if code else OUTPUT.replace("FAILED\n", "ok\n")
    assert record(bench, output, status).code == 0
    done = gates(bench)
    assert done.code == code, done.text
    assert "1 of 1 shards, 8 tests executed" in done.summary


def test_a_library_that_has_doctests_alone(bench: Bench) -> None:
    bench.write("none", "")
    output = "running 1 test\ntest src/lib.rs - add (line 2) ... ok\n"
    done = record(bench, output, "0", LISTED="none", SELECTED="none", JUNIT="out/none-*.xml")
    assert done.code == 0, done.text
    done = gates(bench)
    assert done.code == 0, done.text


@pytest.mark.parametrize(
    "output",
    [
        "error: no library targets found in package `b`\n",
        "error: no library targets found in packages: a, b\n",
    ],
)
def test_a_program_has_no_doctests(bench: Bench, output: str) -> None:
    assert record(bench, output, "101").code == 0
    assert read_record(bench.root / "record")[0]["alone"] == []


def test_the_other_shards_have_no_doctests(bench: Bench) -> None:
    assert record(bench, OUTPUT, "", SHARD="2", SHARDS="2").code == 0
    assert read_record(bench.root / "record")[0]["alone"] == []


@pytest.mark.parametrize(
    ("output", "status", "said"),
    [
        ("error[E0425]: cannot find value\n", "101", "ended with 101, but no doctest failed"),
        ("running 2 tests\ntest src/lib.rs - a (line 1) ... ok\n", "0", "1 of 2 doctests ended"),
        ("", "", "PIPEWRIGHT_DOCTESTS_EXIT is not set"),
    ],
)
def test_doctests_are_never_lost(bench: Bench, output: str, status: str, said: str) -> None:
    done = record(bench, output, status)
    assert (done.code, said in done.text) == (1, True), done.text
