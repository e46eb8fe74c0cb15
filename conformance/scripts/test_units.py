"""units.py and the reports of tools that are given files or packages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import Bench, Done, read_record

FILES = ["a.test.ts", "b.test.ts", "lib/a.test.ts", "lib/c.test.ts"]


def select(bench: Bench, found: Any, **env: Any) -> Done:
    """The step, in a folder with this list."""
    content = found if isinstance(found, str) else json.dumps(found)
    bench.write("work/found.json", content)
    return bench.script("select", WORK="work", **{"SHARD": "1", "SHARDS": "2", **env})


def selected(bench: Bench, found: Any, **env: Any) -> list[list[str]]:
    """What each of two shards runs."""
    shards = []
    for shard in ("1", "2"):
        done = select(bench, found, SHARD=shard, **env)
        assert done.code == 0, done.text
        shards.append((bench.root / "work/selected.txt").read_text("utf-8").splitlines())
    listed = (bench.root / "work/listed.txt").read_text("utf-8").splitlines()
    assert sorted(shards[0] + shards[1]) == listed
    return shards


def test_files_are_spread_by_number(bench: Bench) -> None:
    assert selected(bench, FILES) == [FILES[::2], FILES[1::2]]


def test_files_are_spread_by_the_time_of_their_tests(bench: Bench) -> None:
    timings = {"a.test.ts::x": 5, "a.test.ts::y": 4, "b.test.ts::z": 3}
    bench.write("timings.json", json.dumps(timings))
    env = {"SPLIT": "timings", "TIMINGS": "timings.json"}
    assert selected(bench, FILES[:3], **env) == [["a.test.ts"], ["b.test.ts", "lib/a.test.ts"]]


def test_files_are_named_from_the_working_folder(bench: Bench) -> None:
    found = [{"file": str(bench.root / name), "projectName": "p"} for name in FILES]
    assert sum(selected(bench, found), []) == sorted(FILES, key=lambda name: FILES.index(name) % 2)


def test_files_that_a_filter_cannot_tell_apart_stay_together(bench: Bench) -> None:
    shards = selected(bench, FILES, FILTER="substring")
    assert [name for name in shards if "a.test.ts" in name] == [["a.test.ts", "lib/a.test.ts"]]


@pytest.mark.parametrize(
    ("found", "problem"),
    [
        ("[1", "is no list of files"),
        ('[{"path": "a"}]', "is no list of files: KeyError('file')"),
        ('["-x"]', "`-x` cannot be an argument of the test tool"),
    ],
)
def test_a_list_that_cannot_be_used_is_named(bench: Bench, found: str, problem: str) -> None:
    done = select(bench, found)
    assert done.code == 1
    assert problem in done.text


def test_a_split_that_is_unknown_is_named(bench: Bench) -> None:
    done = select(bench, FILES, SPLIT="files")
    assert "PIPEWRIGHT_SPLIT must be `timings` or `count`, not `files`" in done.text


def jest(bench: Bench, *results: dict[str, Any], **env: Any) -> Done:
    """A record of a report of jest."""
    for result in results:
        result["name"] = str(bench.root / result["name"])
    bench.write("report.json", json.dumps({"testResults": results}))
    given = {"FORMAT": "jest", "REPORT": "report.json", "RECORD": "record", "RUNNER": "jest"}
    return bench.script("record", **given, **env)


def whole_record(bench: Bench) -> tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]:
    """The record, and what was written at its end."""
    finished = json.loads((bench.root / "record/finished.json").read_text("utf-8"))
    return (*read_record(bench.root / "record"), finished)


def result(name: str, *tests: dict[str, Any], status: str = "passed", message: str = "") -> Any:
    return {"name": name, "assertionResults": tests, "status": status, "message": message}


def one(title: str, status: str = "passed", line: int = 1, **more: Any) -> dict[str, Any]:
    place = {"line": line, "column": 1}
    return {"ancestorTitles": [], "title": title, "status": status, "location": place, **more}


def test_tests_of_one_name_are_numbered_by_their_places(bench: Bench) -> None:
    tests = [one("x", line=9, duration=1500), one("x", "todo", line=2)]
    done = jest(bench, result("a.test.js", *tests), EXIT="0")
    assert done.code == 0, done.text
    _, lines, finished = whole_record(bench)
    told = [(line["id"], line["outcome"], line["duration"]) for line in lines]
    assert told == [("a.test.js::x", "skipped", 0), ("a.test.js::x #2", "passed", 1.5)]
    assert finished == {"schema": 1, "exit": 0, "units": ["a.test.js"]}


def test_a_test_that_passes_with_failures_was_tried_again(bench: Bench) -> None:
    retried = one("x", failureMessages=["\x1b[31mfirst\x1b[39m\n  at node_modules/x.js:1:1"])
    jest(bench, result("a.test.js", retried), EXIT="0")
    _, lines, _ = whole_record(bench)
    assert [(line["outcome"], line["message"]) for line in lines] == [
        ("rerun", "first"),
        ("passed", ""),
    ]


def test_a_file_that_cannot_be_loaded_is_an_error(bench: Bench) -> None:
    bench.write("a.test.js", "")
    broken = result("a.test.js", status="failed", message="no\n at a.test.js:3:1")
    done = jest(bench, broken, EXIT="1", REPLAY="npx jest --runTestsByPath")
    assert done.code == 0, done.text
    _, (line,), finished = whole_record(bench)
    assert (line["id"], line["outcome"], line["collection"]) == ("a.test.js", "error", True)
    assert (line["file"], line["line"]) == ("a.test.js", 3)
    assert line["replay"] == ["npx", "jest", "--runTestsByPath", "a.test.js"]
    assert finished["exit"] == 1


@pytest.mark.parametrize(
    ("log", "shuffle"),
    [("Seed:        7\n", 7), ('\x1b[90m Running tests with seed "8"', 8), ("", None)],
)
def test_the_seed_is_the_one_that_the_tool_printed(
    bench: Bench, log: str, shuffle: int | None
) -> None:
    bench.write("log.txt", log)
    jest(bench, result("a.test.js", one("x")), LOG="log.txt", SEED="7")
    described, _, _ = whole_record(bench)
    assert described["shuffle"] == shuffle


def test_a_report_that_is_none_is_named(bench: Bench) -> None:
    bench.write("report.json", '{"testResults": [{}]}')
    env = {"FORMAT": "jest", "REPORT": "report.json", "RECORD": "record"}
    assert "report.json is no JSON report of jest" in bench.script("record", **env).text
    (bench.root / "report.json").unlink()
    assert "the runner ended before it wrote its report" in bench.script("record", **env).text


def go(bench: Bench, *events: dict[str, Any], **env: Any) -> Done:
    """A record of what `go test -json` printed."""
    bench.write("report.json", "".join(json.dumps(event) + "\n" for event in events))
    bench.write("modules.txt", f"example.com/m\t{bench.root}\n")
    given = {"FORMAT": "go", "REPORT": "report.json", "RECORD": "record", "MODULES": "modules.txt"}
    return bench.script("record", **given, **env)


def event(action: str, package: str = "example.com/m/a", **more: Any) -> dict[str, Any]:
    return {"Action": action, "Package": package, **more}


def test_a_test_of_go_ends_as_its_function_does(bench: Bench) -> None:
    bench.write("a/a_test.go", "")
    done = go(
        bench,
        event("start"),
        event("output", Output="-test.shuffle 7\n"),
        event("run", Test="TestA"),
        event("run", Test="TestA/sub"),
        event("output", Test="TestA/sub", Output="=== RUN   TestA/sub\n"),
        event("output", Test="TestA/sub", Output="    a_test.go:6: wrong\n"),
        event("fail", Test="TestA/sub", Elapsed=0.25),
        event("fail", Test="TestA", Elapsed=0.5),
        event("run", Test="TestHangs"),
        event("fail"),
        EXIT="1",
    )
    assert done.code == 0, done.text
    described, lines, finished = whole_record(bench)
    assert described["shuffle"] == 7
    assert finished == {"schema": 1, "exit": 1, "units": ["example.com/m/a"]}
    told = [(line["id"], line["outcome"], line["duration"]) for line in lines]
    assert told == [
        ("example.com/m/a::TestA", "failed", 0.5),
        ("example.com/m/a::TestHangs", "error", 0),
    ]
    assert (lines[0]["message"], lines[0]["file"], lines[0]["line"]) == (
        "a_test.go:6: wrong",
        "a/a_test.go",
        6,
    )


def test_a_package_that_begins_and_does_not_end_was_not_executed(bench: Bench) -> None:
    go(bench, event("start"), event("start", "example.com/m/b"), event("pass"), EXIT="0")
    _, lines, finished = whole_record(bench)
    assert (lines, finished["units"]) == ([], ["example.com/m/a"])


def test_a_profile_becomes_lcov(bench: Bench) -> None:
    profile = "mode: set\nexample.com/m/a/a.go:3.20,4.11 1 1\nexample.com/m/a/a.go:4.11,5.3 1 0\n"
    bench.write("profile.txt", profile)
    done = go(bench, event("pass"), EXIT="0", PROFILE="profile.txt", LCOV="out/lcov.info")
    assert done.code == 0, done.text
    assert (bench.root / "out/lcov.info").read_text("utf-8").splitlines() == [
        f"SF:{bench.root}/a/a.go",
        "DA:3,1",
        "DA:4,1",
        "DA:5,0",
        "end_of_record",
    ]
    bench.write("profile.txt", "mode: set\nnothing\n")
    done = go(bench, event("pass"), EXIT="0", PROFILE="profile.txt", LCOV="out/lcov.info")
    assert "profile.txt is no coverage profile: `nothing`" in done.text


# ── paths ─────────────────────────────────────────────────────────────────────────────


def listed(bench: Bench, found: Any = FILES, **env: Any) -> list[str]:
    """What all shards run."""
    done = select(bench, found, SHARDS="1", **env)
    assert done.code == 0, done.text
    return (bench.root / "work/listed.txt").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    ("path", "files"),
    [
        (".", FILES),
        ("./lib/", FILES[2:]),
        ("lib/a.test.ts", FILES[2:3]),
        ("a.test.ts", FILES[:1]),
        ("li*", FILES[2:]),
        ("*/c.test.?s", FILES[3:]),
    ],
)
def test_a_suite_and_its_run_share_what_is_listed(
    bench: Bench, path: str, files: list[str]
) -> None:
    assert listed(bench, SUITE=path) == files
    assert listed(bench, LEFT_OUT=path) == [name for name in FILES if name not in files]


def test_a_run_accounts_for_what_its_paths_do_not_name(bench: Bench) -> None:
    assert listed(bench, PATHS="lib", LEFT_OUT="a.test.ts", ELSEWHERE="b.test.ts") == FILES[2:]
    done = select(bench, FILES, SHARDS="1", PATHS="lib", LEFT_OUT="a.test.ts")
    assert done.code == 1
    assert "no path of a run or a suite leads to `b.test.ts`" in done.text


@pytest.mark.parametrize("name", ["PATHS", "SUITE"])
def test_a_path_that_leads_to_no_test_is_an_error(bench: Bench, name: str) -> None:
    done = select(bench, FILES, SHARDS="1", **{name: "lib\nli"})
    assert (done.code, "`li` leads to no test" in done.text) == (1, True)


def test_files_that_a_filter_matches_besides_are_excluded(bench: Bench) -> None:
    found = ["[id].test.ts", "x/[id].test.ts", "y.test.ts"]
    assert listed(bench, found, LEFT_OUT="x", FILTER="substring") == [found[0], found[2]]
    assert (bench.root / "work/excluded.txt").read_text("utf-8") == "x/\\[id\\].test.ts\n"


def test_packages_are_selected_by_their_folders(bench: Bench) -> None:
    bench.write("work/modules.txt", f"example.com/m\t{bench.root}\n")
    found = "example.com/m\nexample.com/m/lib\nexample.com/m/lib/in\nexample.com/m/library\n"
    assert listed(bench, found, SUITE="lib") == ["example.com/m/lib", "example.com/m/lib/in"]
    assert listed(bench, found, LEFT_OUT="lib") == ["example.com/m", "example.com/m/library"]
