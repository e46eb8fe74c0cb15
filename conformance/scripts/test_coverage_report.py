"""coverage_report.py: merged coverage, its gates, and its history."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import PYTHON, Bench, Done

MODULE = """\
def first():
    return 1


def second():
    return 2
"""


def report(bench: Bench, **env: Any) -> Done:
    given = {"DATA": "data", "KIND": "coverage", "FLOOR": "0.5", "EXPECTED_SHARDS": "2"}
    return bench.script("coverage", **{**given, "ROOT": "app", "RUN": "t", **env})


def described(
    folder: Path, shard: int, attempt: int = 1, exit: int | None = 0, **more: Any
) -> None:
    """Writes the record of a shard that ran one test."""
    about = {
        "schema": 1,
        "run": "t",
        "version": "3.12",
        "shard": shard,
        "shards": 2,
        "attempt": attempt,
        "digest": None,
        "selected": ["a"],
        **more,
    }
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(json.dumps(about), "utf-8")
    if exit is not None:
        (folder / "finished.json").write_text(json.dumps({"exit": exit}), "utf-8")


def artifact(bench: Bench, shard: int, attempt: int) -> Path:
    """The folder that `download-artifact` makes for one artifact of several."""
    return bench.root / f"data/coverage_p_t_{shard}-{attempt}"


def measure(bench: Bench, shard: int, test: str, attempt: int = 1, *options: str) -> None:
    """Runs a shard's test with coverage, and keeps its data as its artifact would."""
    bench.write("app/.coveragerc", "[run]\nrelative_files = true\nparallel = true\n")
    bench.write(f"app/test_{shard}.py", f"import module\ndef test_a(): {test}\n")
    done = bench.step(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider"]
        + ["--cov=module", "--cov-report=", *options, f"test_{shard}.py"],
        {"COVERAGE_FILE": f".coverage.s{shard}", "PYTHONPATH": "."},
        cwd="app",
    )
    assert done.code == 0, done.text
    folder = artifact(bench, shard, attempt)
    described(folder / "record", shard, attempt, workspace=str(bench.root))
    (folder / "coverage").mkdir()
    found = list((bench.root / "app").glob(".coverage.*"))
    assert found
    for path in found:
        shutil.move(path, folder / "coverage" / path.name)


def measured(bench: Bench, module: str = MODULE) -> None:
    """Two shards, of which each executes another part of the module."""
    bench.write("app/module.py", module)
    measure(bench, 1, "module.first()")
    measure(bench, 2, "pass")


def test_shards_are_merged(bench: Bench) -> None:
    bench.write("app/module.py", MODULE)
    measure(bench, 1, "module.first()")
    measure(bench, 2, "module.second()")
    done = report(bench, FLOOR="1")
    assert done.code == 0, done.text
    assert "100.00 % (4 of 4 lines)" in done.summary


def test_shards_of_several_workers_with_branches(bench: Bench) -> None:
    bench.write("app/module.py", "def first(x=1):\n    if x:\n        return 1\n    return 2\n")
    measure(bench, 1, "module.first()", 1, "--cov-branch", "-n", "2")
    measure(bench, 2, "pass", 1, "--cov-branch")
    done = report(bench)
    assert "66.66 % (4 of 6 lines and branches)" in done.summary, done.text


def test_the_text_for_a_pull_request_is_that_of_the_summary(bench: Bench) -> None:
    measured(bench)
    done = report(bench, FLOOR="0.76", COMMENT="text/t.md")
    assert done.code == 1
    assert (bench.root / "text/t.md").read_text("utf-8").strip() == done.summary.strip()
    assert "75.00 % (3 of 4 lines)" in done.summary


@pytest.mark.parametrize(
    ("floor", "code"), [("0.75", 0), ("0.7500000000000000000001", 1), ("0.76", 1), ("0", 0)]
)
def test_the_floor_is_compared_exactly(bench: Bench, floor: str, code: int) -> None:
    measured(bench)
    done = report(bench, FLOOR=floor)
    assert done.code == code, done.text
    assert "75.00 % (3 of 4 lines)" in done.summary


def test_the_projects_own_floor_does_not_interfere(bench: Bench) -> None:
    measured(bench)
    bench.write(
        "app/.coveragerc",
        "[run]\nrelative_files = true\nparallel = true\n[report]\nfail_under = 99\n",
    )
    assert report(bench).code == 0


def test_the_newest_attempt_counts(bench: Bench) -> None:
    measured(bench)
    measure(bench, 2, "module.second()", 10)
    measure(bench, 2, "pass", 9)
    assert "100.00 %" in report(bench).summary


@pytest.mark.parametrize("lost", ["a shard", "its file", "everything", "the folder"])
def test_lost_data_fails(bench: Bench, lost: str) -> None:
    measured(bench)
    one = artifact(bench, 1, 1)
    if lost == "a shard":
        shutil.rmtree(one)
    elif lost == "its file":
        shutil.rmtree(one / "coverage")
    elif lost == "everything":
        shutil.rmtree(bench.root / "data")
        (bench.root / "data").mkdir()
    else:
        shutil.rmtree(bench.root / "data")
    done = report(bench)
    assert done.code == 1
    (told,) = done.annotations("error")
    said = {"everything": "shard 1, 2 of 2 left no", "the folder": "no shard left coverage data"}
    assert said.get(lost, "shard 1 of 2 left no coverage data") in told


@pytest.mark.parametrize("broken", ["no database", "empty", "cut off", "another schema"])
def test_broken_data_of_one_shard_fails(bench: Bench, broken: str) -> None:
    """coverage.py itself warns, leaves the file out, and succeeds."""
    measured(bench)
    (path,) = (artifact(bench, 1, 1) / "coverage").iterdir()
    if broken == "another schema":
        with sqlite3.connect(path) as data:
            data.execute("update coverage_schema set version = 999")
    else:
        content = {"no database": b"x" * 5000, "empty": b"", "cut off": path.read_bytes()[:5000]}
        path.write_bytes(content[broken])
    done = report(bench)
    assert done.code == 1, done.summary
    assert "coverage combine" in done.annotations("error")[0]


def test_data_that_measures_nothing_fails(bench: Bench) -> None:
    bench.write("app/module.py", "")
    measure(bench, 1, "pass")
    measure(bench, 2, "pass")
    done = report(bench, FLOOR="0")
    assert done.code == 1
    assert "no line was measured" in done.text


@pytest.mark.parametrize(
    "env",
    [
        {"FLOOR": ""},
        {"FLOOR": "50%"},
        {"FLOOR": "1.5"},
        {"FLOOR": "nan"},
        {"PATCH_FLOOR": "x"},
        {"KIND": "cobertura"},
        {"EXPECTED_SHARDS": "0"},
        {"RECORD_HISTORY": "yes"},
        {"ROOT": "nowhere"},
    ],
)
def test_bad_input_is_named(bench: Bench, env: dict[str, str]) -> None:
    measured(bench)
    done = report(bench, **env)
    assert done.code == 1
    assert len(done.annotations("error")) == 1
    assert f"PIPEWRIGHT_{next(iter(env))}" in done.text


# ── where data is found ───────────────────────────────────────────────────────


@pytest.mark.parametrize("below", [".", "coverage_p_t_1-1", "a/b/c"])
def test_one_artifact_is_found_in_any_folder(bench: Bench, below: str) -> None:
    """`download-artifact` extracts a single match without a folder of its name."""
    bench.write("app/module.py", MODULE)
    measure(bench, 1, "module.first()")
    shutil.move(bench.root / "data", bench.root / "artifacts")
    shutil.copytree(
        artifact(bench, 1, 1).parents[1] / "artifacts/coverage_p_t_1-1", bench.root / "data" / below
    )
    done = report(bench, EXPECTED_SHARDS="1")
    assert done.code == 0, done.text
    assert "75.00 % (3 of 4 lines)" in done.summary


def test_folder_names_mean_nothing(bench: Bench) -> None:
    measured(bench)
    artifact(bench, 1, 1).rename(bench.root / "data/x-9-9")
    assert report(bench).code == 0


def test_a_file_beside_two_records_is_refused(bench: Bench) -> None:
    measured(bench)
    shutil.move(artifact(bench, 1, 1) / "coverage", bench.root / "data/coverage")
    done = report(bench)
    assert (done.code, "no record of one shard is beside this file" in done.text) == (1, True)


def test_an_attempt_without_data_does_not_replace_one_with_data(bench: Bench) -> None:
    measured(bench)
    described(artifact(bench, 1, 2) / "record", 1, 2)
    assert "75.00 % (3 of 4 lines)" in report(bench).summary


def test_a_shard_without_tests_has_no_data(bench: Bench) -> None:
    bench.write("app/module.py", MODULE)
    measure(bench, 1, "module.first()")
    described(artifact(bench, 2, 1) / "record", 2, selected=[])
    assert report(bench).code == 0


def test_the_data_of_another_run_is_left_out(bench: Bench) -> None:
    measured(bench)
    bench.write("data/other/coverage/.coverage", "of another run")
    described(bench.root / "data/other/record", 1, run="u")
    assert "75.00 % (3 of 4 lines)" in report(bench).summary


@pytest.mark.parametrize("old", ["/opt/actions/_work/p/p", "D:\\_work\\p\\p"])
def test_coverage_of_another_workspace(bench: Bench, old: str) -> None:
    """A self-hosted runner keeps the repository under another path; absolute paths still count."""
    bench.write("app/module.py", MODULE)
    for shard, test in ((1, "module.first()"), (2, "pass")):
        measure(bench, shard, test)
        folder = artifact(bench, shard, 1)
        (data,) = (folder / "coverage").iterdir()
        path = "\\".join([old, "app", "module.py"]) if "\\" in old else f"{old}/app/module.py"
        with sqlite3.connect(data) as database:
            database.execute("update file set path = ?", (path,))
        shutil.rmtree(folder / "record")
        described(folder / "record", shard, workspace=old)
    bench.write("app/.coveragerc", "[run]\n")
    done = report(bench)
    assert done.code == 0, done.text
    assert "75.00 % (3 of 4 lines)" in done.summary


def test_lcov_of_another_workspace(bench: Bench) -> None:
    bench.write("app/x", "")
    described(bench.root / "data/record", 1, workspace="/opt/_work/p/p")
    bench.write("data/lcov.info", "SF:/opt/_work/p/p/app/src/a.rs\nDA:1,1\nend_of_record\n")
    done = report(bench, KIND="lcov", EXPECTED_SHARDS="1")
    assert done.code == 0, done.text
    assert "100.00 % (1 of 1 lines)" in done.summary


# ── the report ────────────────────────────────────────────────────────────────

LCOV = """\
SF:app/module.py
DA:1,1
DA:2,1
DA:5,1
DA:6,0
LF:4
LH:3
end_of_record
"""


@pytest.mark.parametrize("floor", ["0.5", "0.9"])
def test_a_report_is_written_whatever_the_gate_says(bench: Bench, floor: str) -> None:
    measured(bench)
    done = report(bench, FLOOR=floor, REPORT="report")
    assert done.code == (0 if floor == "0.5" else 1), done.text
    assert (bench.root / "report/lcov.info").read_text("utf-8") == LCOV
    assert "module.py" in (bench.root / "report/html/index.html").read_text("utf-8")


def test_a_report_of_lcov_is_merged(bench: Bench) -> None:
    bench.write("app/x", "")
    for shard, hits in ((1, "DA:1,0\nDA:2,3"), (2, "DA:1,1\nDA:2,0")):
        described(bench.root / f"data/{shard}/record", shard, workspace=str(bench.root))
        path = bench.root / "app/a.rs"
        bench.write(f"data/{shard}/lcov.info", f"SF:{path}\n{hits}\nend_of_record\n")
    done = report(bench, KIND="lcov", REPORT="report")
    assert done.code == 0, done.text
    text = "SF:app/a.rs\nDA:1,1\nDA:2,1\nLF:2\nLH:2\nend_of_record\n"
    assert (bench.root / "report/lcov.info").read_text("utf-8") == text
    assert not (bench.root / "report/html").exists()


# ── data that was lost ────────────────────────────────────────────────────────


CRASHING = """\
import os
import module

def test_first():
    module.first()

def test_crash():
    module.second()
    os._exit(1)
"""


def crashed(bench: Bench) -> None:
    """A real shard of two workers, one of which dies."""
    bench.write("app/module.py", MODULE)
    bench.write("app/test_crash.py", CRASHING)
    folder = artifact(bench, 1, 1)
    done = bench.step(
        [sys.executable, "-m", "pytest", "-p", "pipewright_pytest", "-p", "no:randomly", "-n", "2"]
        + ["--max-worker-restart=0", "--cov=module", "--cov-report=", "test_crash.py"],
        {
            "COVERAGE_FILE": str(folder / "coverage/.coverage"),
            "PYTHONPATH": f".:{bench.plugin}",
            "PIPEWRIGHT_RECORD": str(folder / "record"),
            "PIPEWRIGHT_RUN": "t",
        },
        cwd="app",
    )
    assert done.code == 1, done.text
    assert [path.name for path in (folder / "coverage").iterdir()] == [".coverage"]


@pytest.mark.parametrize(("floor", "code"), [("0.5", 0), ("1", 1)])
def test_a_dead_workers_data_is_reported(bench: Bench, floor: str, code: int) -> None:
    crashed(bench)
    done = report(bench, EXPECTED_SHARDS="1", FLOOR=floor)
    assert done.code == code, done.text
    (told,) = done.annotations("warning")
    assert told.startswith("::warning title=Coverage data lost::shard 1 of 1: worker gw")
    assert "died while it ran test_crash.py::test_crash, and the coverage of all" in told
    assert "at least 75.00 % (3 of 4 lines), as data was lost" in done.summary


@pytest.mark.parametrize(("exit", "said"), [(None, "was cut off"), (3, "ended with 3")])
def test_a_shard_that_did_not_finish_is_reported(bench: Bench, exit: int | None, said: str) -> None:
    measured(bench)
    shutil.rmtree(artifact(bench, 2, 1) / "record")
    described(artifact(bench, 2, 1) / "record", 2, exit=exit)
    (told,) = report(bench).annotations("warning")
    assert "3.12, shard 2 of 2: the test run" in told
    assert said in told


# ── patch coverage ────────────────────────────────────────────────────────────


def pull_request(bench: Bench, before: str, after: str) -> None:
    """A base commit, and a change on top of it, measured."""
    bench.git("init", "--quiet")
    bench.write(".gitignore", "data/\ntest_*\n.coveragerc\n__pycache__/\n")
    bench.write("app/module.py", before)
    bench.commit("base")
    bench.write("app/module.py", after)
    bench.commit("change")
    measured(bench, after)


BEFORE = "def first():\n    return 1\n"
AFTER = "# why\ndef first():\n    x = 1\n    return x\n\n\ndef second():\n    y = 2\n    return y\n"


@pytest.mark.parametrize(("floor", "code"), [("0.6", 0), ("0.61", 1)])
def test_patch_coverage_of_a_real_diff(bench: Bench, floor: str, code: int) -> None:
    pull_request(bench, BEFORE, AFTER)
    done = report(bench, BASE="HEAD^1", PATCH_FLOOR=floor)
    assert done.code == code, done.text
    # Changed and executable: x = 1, return x, def second, and its two lines, never executed.
    assert "60.00 % (3 of 5 changed lines)" in done.summary
    assert done.annotations("warning") == [
        "::warning file=app/module.py,line=8,title=Not covered::"
        "lines 8 to 9 are not covered by a test"
    ]


def test_a_change_of_comments_passes_and_says_so(bench: Bench) -> None:
    pull_request(bench, MODULE, "# why\n" + MODULE)
    done = report(bench, BASE="HEAD^1", PATCH_FLOOR="1")
    assert done.code == 0
    assert "no changed line can be executed" in done.summary


def test_a_moved_file_is_no_change(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.write(".gitignore", "data/\ntest_*\n.coveragerc\n__pycache__/\n")
    bench.write("app/old.py", MODULE)
    bench.commit("base")
    bench.git("mv", "app/old.py", "app/module.py")
    bench.commit("move")
    measured(bench)
    done = report(bench, BASE="HEAD^1", PATCH_FLOOR="1")
    assert "no changed line can be executed" in done.summary, done.text


def test_at_most_twenty_places_are_annotated(bench: Bench) -> None:
    lines = "".join(f"    if x == {n}:\n        return {n}\n" for n in range(30))
    pull_request(bench, BEFORE, f"{BEFORE}def second(x):\n    pass\n{lines}")
    done = report(bench, BASE="HEAD^1", PATCH_FLOOR="0")
    assert len(done.annotations("warning")) == 1
    module = BEFORE + "".join(f"def f{n}():\n    return {n}\n" for n in range(30))
    bench.write("app/module.py", module)
    bench.commit("more")
    shutil.rmtree(bench.root / "data")
    measured(bench, module)
    done = report(bench, BASE="HEAD^1", PATCH_FLOOR="0")
    assert len(done.annotations("warning")) == 20
    assert "10 more places" in done.annotations("notice")[0]


def test_without_a_pull_request_the_patch_is_not_judged(bench: Bench) -> None:
    measured(bench)
    done = report(bench, PATCH_FLOOR="1")
    assert done.code == 0
    assert "| not run |" in done.summary


def test_a_base_that_is_not_checked_out_fails(bench: Bench) -> None:
    pull_request(bench, BEFORE, AFTER)
    done = report(bench, BASE="HEAD^7", PATCH_FLOOR="0")
    assert done.code == 1
    assert "fetch-depth: 2" in done.annotations("error")[0]


def test_a_line_that_looks_like_a_head_of_the_diff(bench: Bench) -> None:
    head = "text = '''\n++ app/other.py\n'''\n"
    pull_request(bench, MODULE, f"{head}{MODULE}last = 3\n")
    done = report(bench, BASE="HEAD^1", PATCH_FLOOR="1")
    assert "100.00 % (2 of 2 changed lines)" in done.summary, done.summary


# ── lcov ──────────────────────────────────────────────────────────────────────


def lcov(bench: Bench, shard: int, *lines: str) -> None:
    described(bench.root / f"data/s-{shard}-1/record", shard, shards=2)
    bench.write(f"data/s-{shard}-1/lcov.info", "\n".join([*lines, "end_of_record", ""]))


def test_lcov_is_merged(bench: Bench) -> None:
    inside = f"SF:{bench.root}/app/src/lib.rs"
    lcov(bench, 1, "TN:", inside, "FN:1,f", "DA:1,1", "DA:2,0", "DA:3,0", "LF:3")
    lcov(bench, 2, "SF:src/lib.rs", "DA:1,0", "DA:2,5,hash", "DA:3,0", "end_of_record")
    bench.write("data/s-2-1/more/lcov.info", "SF:/elsewhere/x.rs\nDA:1,1\nend_of_record\n")
    bench.write("app/x", "")
    done = report(bench, KIND="lcov", FLOOR="0.66")
    assert done.code == 0, done.text
    assert "66.66 % (2 of 3 lines)" in done.summary
    assert "1 measured files outside" in done.annotations("notice")[0]
    assert report(bench, KIND="lcov", FLOOR="0.67").code == 1


def test_lcov_of_a_real_diff(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.write("app/sp ace/ü.rs", "a\n")
    bench.commit("base")
    bench.write("app/sp ace/ü.rs", "a\nb\nc\n")
    bench.commit("change")
    lcov(bench, 1, "SF:sp ace/ü.rs", "DA:1,0", "DA:2,1", "DA:3,0")
    lcov(bench, 2, "SF:sp ace/ü.rs", "DA:1,0", "DA:2,0", "DA:3,0")
    done = report(bench, KIND="lcov", FLOOR="0", BASE="HEAD^1", PATCH_FLOOR="0.5")
    assert "50.00 % (1 of 2 changed lines)" in done.summary, done.text


@pytest.mark.parametrize(
    "content", ["", "DA:1,1\n", "SF:a\nDA:x,1\nend_of_record\n", "SF:a\nDA:1,1\n"]
)
def test_broken_lcov_fails(bench: Bench, content: str) -> None:
    bench.write("app/x", "")
    described(bench.root / "data/record", 1)
    bench.write("data/lcov.info", content)
    done = report(bench, KIND="lcov", EXPECTED_SHARDS="1")
    assert done.code == 1
    assert len(done.annotations("error")) == 1


# ── history ───────────────────────────────────────────────────────────────────


RECORDING = {
    "DATA": "data",
    "KIND": "lcov",
    "FLOOR": "0.1",
    "EXPECTED_SHARDS": "1",
    "RUN": "t",
    "RECORD_HISTORY": "true",
}


def recorded(bench: Bench, run: int, hits: int, lines: int = 8, exit: int = 0, **env: str) -> Done:
    """A run on the deploying branch."""
    shutil.rmtree(bench.root / "data", ignore_errors=True)
    described(bench.root / "data/record", 1, exit=exit)
    measured = [f"DA:{n},{int(n <= hits)}" for n in range(1, lines + 1)]
    bench.write("data/coverage/lcov.info", "\n".join(["SF:a", *measured, "end_of_record", ""]))
    history = bench.root / "history.json"
    if (bench.root / "next.json").exists():
        shutil.move(bench.root / "next.json", history)
    return bench.step(
        [*PYTHON, "coverage"],
        {
            **{f"PIPEWRIGHT_{key}": value for key, value in {**RECORDING, **env}.items()},
            "PIPEWRIGHT_HISTORY": str(history),
            "PIPEWRIGHT_HISTORY_OUT": str(bench.root / "next.json"),
            "GITHUB_RUN_ID": str(run),
            "GITHUB_SHA": f"{run:x}" * 40,
        },
    )


def entries(bench: Bench) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((bench.root / "next.json").read_text())["entries"]
    return found


def test_three_runs_give_a_history_of_three(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    for run, hits in ((1, 8), (2, 6), (3, 7)):
        done = recorded(bench, run, hits)
        assert done.code == 0, done.text
    assert [(entry["run"], entry["percent"]) for entry in entries(bench)] == [
        ("1", 100.0),
        ("2", 75.0),
        ("3", 87.5),
    ]
    assert {entry["at"] for entry in entries(bench)} == {"2026-03-01T09:00:00+00:00"}
    drawing = done.summary.split("```text\n")[1].split("\n```")[0].splitlines()
    assert drawing == [
        "2026-03-01  1111111  100.00 %  " + "█" * 40,
        "2026-03-01  2222222   75.00 %  " + "█" * 30,
        "2026-03-01  3333333   87.50 %  " + "█" * 35,
    ]
    done = recorded(bench, 3, 8)  # A re-run replaces what it said before.
    assert [entry["percent"] for entry in entries(bench)] == [100.0, 75.0, 100.0]


@pytest.mark.parametrize(
    ("hits", "code", "threshold"),
    [(6, 0, "75.00 %"), (5, 1, "75.00 %"), (7, 0, "75.00 %")],
)
def test_a_ratchet_compares_with_the_newest_entry(
    bench: Bench, hits: int, code: int, threshold: str
) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    recorded(bench, 1, 8)
    recorded(bench, 2, 6)
    done = recorded(bench, 3, hits, FLOOR="ratchet")
    assert done.code == code, done.text
    assert f"| no lower than before: {threshold} |" in done.summary
    # A re-run is compared with what was there before it, and not with itself.
    assert recorded(bench, 3, hits, FLOOR="ratchet").code == code


def test_a_ratchet_without_a_history_passes_and_says_so(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    done = recorded(bench, 1, 1, FLOOR="ratchet")
    assert done.code == 0, done.text
    assert "12.50 % (1 of 8 lines), no history yet | passed |" in done.summary


@pytest.mark.parametrize(("covered", "code"), [(9_999, 0), (9_998, 1)])
def test_a_ratchet_tolerates_a_hundredth_of_a_percent(
    bench: Bench, covered: int, code: int
) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    recorded(bench, 1, 8)
    history = json.loads((bench.root / "next.json").read_text())
    history["entries"][0] |= {"covered": 10_000, "total": 10_000}
    (bench.root / "next.json").write_text(json.dumps(history))
    assert recorded(bench, 2, covered, 10_000, FLOOR="ratchet").code == code


def test_what_was_measured_in_part_is_no_history(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    recorded(bench, 1, 8)
    recorded(bench, 2, 4, exit=3)
    assert [entry["run"] for entry in entries(bench)] == ["1"]


def test_a_history_ends_at_its_limit(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    recorded(bench, 1, 8)
    history = json.loads((bench.root / "next.json").read_text())
    history["entries"] = [{**history["entries"][0], "run": str(n)} for n in range(200)]
    (bench.root / "next.json").write_text(json.dumps(history))
    recorded(bench, 777, 8)
    runs = [entry["run"] for entry in entries(bench)]
    assert (len(runs), runs[0], runs[-1]) == (200, "1", "777")


@pytest.mark.parametrize(
    "change",
    [
        {"repository": "100"},
        {"repository": 99},
        {"schema": 2},
        {"name": "other"},
        {"entries": [{}]},
        {"entries": [{"commit": "a", "run": "1", "covered": 9, "total": 8, "at": "2026-01-01"}]},
        {"entries": [{"commit": "a", "run": "1", "covered": 1, "total": 8, "at": "<script>"}]},
        None,
    ],
)
def test_a_foreign_history_is_refused(bench: Bench, change: dict[str, Any] | None) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    recorded(bench, 1, 8)
    history = json.loads((bench.root / "next.json").read_text())
    content = "{" if change is None else json.dumps({**history, **change})
    (bench.root / "next.json").write_text(content)
    done = recorded(bench, 2, 6)
    assert done.code == 0
    assert "title=History refused" in done.annotations("warning")[0]
    assert [entry["run"] for entry in entries(bench)] == ["2"]
    assert done.summary.count("█") == 30


def test_a_pull_request_sees_the_history_but_does_not_extend_it(bench: Bench) -> None:
    bench.git("init", "--quiet")
    bench.commit("a")
    recorded(bench, 1, 8)
    shutil.move(bench.root / "next.json", bench.root / "history.json")
    env = {**RECORDING, "RECORD_HISTORY": "false", "HISTORY": "history.json"}
    done = bench.script("coverage", **env, HISTORY_OUT="next.json")
    assert done.code == 0, done.text
    assert "1111111" in done.summary
    assert not (bench.root / "next.json").exists()
