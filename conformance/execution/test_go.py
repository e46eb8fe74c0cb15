"""ci.yml of a Go module, by the real `go`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from fixtures import written
from records import executed, records
from runner.bench import Bench, bench
from runner.language import Language
from seen import failed, gates, titled

DEFINITION = """\
version = 1
[project]
name = "ledger"
branches = ["main"]
[components.ledger]
path = "app"
go = "1.26"
[tests.ledger]
component = "ledger"
runner = "go"
"""
TEST = 'package {package}\n\nimport "testing"\n\nfunc {name}(t *testing.T) {{\n{body}}}\n'
TWO = "package lib\n\nfunc Two(x int) int {\n\tif x > 0 {\n\t\treturn 2\n\t}\n\treturn 3\n}\n"


def source(package: str, name: str, body: str = "") -> str:
    return TEST.format(package=package, name=name, body=body)


FILES = {
    "go.mod": "module example.com/ledger\n\ngo 1.26\n",
    "main.go": "package main\n\nfunc main() {}\n",
    "main_test.go": source("main", "TestMainly"),
    "lib/lib.go": TWO,
    "lib/lib_test.go": source("lib", "TestTwo", "\tif Two(1) != 2 {\n\t\tt.Fatal()\n\t}\n")
    + '\nfunc TestSub(t *testing.T) {\n\tt.Run("a", func(t *testing.T) {})\n}\n',
    "other/other_test.go": source("other", "TestOther"),
    "third/third_test.go": "//go:build slow\n\n" + source("third", "TestThird"),
    "plain/plain.go": "package plain\n",
}
TESTS = Counter(
    {
        "example.com/ledger::TestMainly",
        "example.com/ledger/lib::TestTwo",
        "example.com/ledger/lib::TestSub",
        "example.com/ledger/other::TestOther",
    }
)

Make = Callable[..., Bench]


@pytest.fixture
def make(language: Language, tmp_path: Path) -> Iterator[Make]:
    """A bench with a module as its repository."""
    with ExitStack() as stack:

        def made(more: str = "", files: Mapping[str, str] | None = None) -> Bench:
            tree = {f"app/{name}": content for name, content in {**FILES, **(files or {})}.items()}
            tree["pipeline.toml"] = DEFINITION + more
            origin = written(tree, tmp_path)
            return stack.enter_context(bench(language, origin, tmp_path / "installed"))

        yield made


@pytest.mark.thorough
def test_shards_of_packages(make: Make) -> None:
    """Two shards of packages with coverage: every test runs once, shuffled by the seed."""
    github = make('shards = 2\ncoverage = { source = ["lib"] }\n[gates]\ncoverage = "60%"\n')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == TESTS
    found = gates(run.job("Quality gates: ledger"))
    assert found["complete"].measured == "2 of 2 shards, 4 tests executed"
    assert all(described["seed"] == described["shuffle"] for described, _ in records(run))
    (covered,) = gates(run.job("Coverage / Coverage: ledger")).values()
    assert (covered.measured, covered.verdict) == ("80.00 % (4 of 5 lines)", "passed")


@pytest.mark.thorough
def test_tags_of_arguments(make: Make) -> None:
    """`args` that select files select them for the list, too, over more shards than packages."""
    github = make('shards = 6\nsplit = "count"\nargs = ["-tags=slow", "-short"]\n')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == TESTS + Counter({"example.com/ledger/third::TestThird"})


@pytest.mark.thorough
def test_failures(make: Make) -> None:
    """Subtests that fail, a panic and a package that is not built are named, with their places."""
    files = {
        "bad/bad_test.go": source(
            "bad", "TestBad", '\tt.Run("x", func(t *testing.T) { t.Error("wrong") })\n'
        ),
        "panics/panics_test.go": source("panics", "TestPanics", '\tpanic("over")\n'),
        "broken/broken_test.go": source("broken", "TestBroken", "\tnothing()\n"),
    }
    github = make("shards = 2\n", files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    job = run.job("Quality gates: ledger")
    bad, panics = sorted(titled(job, "Test failed"), key=lambda found: found.message)
    assert (bad.file, bad.line) == ("app/bad/bad_test.go", 6)
    assert bad.message.startswith("example.com/ledger/bad::TestBad: ")
    assert "cd app\ngo test -count=1 -shuffle=" in bad.message
    assert panics.message.startswith("example.com/ledger/panics::TestPanics: ")
    (broken,) = titled(job, "Test could not be collected")
    assert (broken.file, broken.line) == ("app/broken/broken_test.go", 6)
    assert "undefined: nothing" in broken.message
    assert gates(job)["complete"].verdict == "passed"
    assert failed(job) == ["TQ-02"]


@pytest.mark.thorough
def test_suites(make: Make) -> None:
    """A suite takes a folder of packages, and the run the others."""
    github = make('[suites.more]\nof = "ledger"\npaths = ["lib"]\n')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    left = Counter({"example.com/ledger::TestMainly", "example.com/ledger/other::TestOther"})
    assert executed(run) == left
    found = gates(run.job("more suite / Test more"))
    assert found["complete"].measured == "1 of 1 shards, 2 tests executed"
