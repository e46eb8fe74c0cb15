"""ci.yml of projects with vitest and jest, by the real tools."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from fixtures import written
from records import executed, records
from runner.bench import Bench, bench
from runner.language import Language
from seen import failed, gates, titled

PACKAGES = {
    "vitest": {"vitest": "3.2.7", "@vitest/coverage-v8": "3.2.7"},
    "jest": {"jest": "30.2.0"},
}
DEFINITION = """\
version = 1
[project]
name = "web"
branches = ["main"]
[components.web]
path = "app"
node = "24"
install = {{ npm = [] }}
[tests.web]
component = "web"
runner = "{runner}"
{more}
"""
HEAD = {
    "vitest": "import { expect, test } from 'vitest'\nimport { two } from '{up}src/two.js'\n",
    "jest": "const { two } = require('{up}src/two.js')\n",
}
TWO = {
    "vitest": "export function two(x) {\n  if (x) {\n    return 2\n  }\n  return 3\n}\n",
    "jest": "exports.two = function (x) {\n  if (x) {\n    return 2\n  }\n  return 3\n}\n",
}
PASSES = "test('{name}', () => {{ expect(two({x})).toBe({value}) }})\n"
# Paths of which one is part of another: vitest takes filters, not files.
FILES = {
    "two.test.js": PASSES.format(name="at the top", x=1, value=2),
    "lib/two.test.js": PASSES.format(name="within", x=1, value=2),
    "lib/other.test.js": PASSES.format(name="same", x=0, value=3)
    + PASSES.format(name="same", x=1, value=2)
    + "test.skip('later', () => {})\n",
    "lib/third.test.js": PASSES.format(name="third", x=1, value=2),
}
TESTS = Counter(
    {
        "two.test.js::at the top",
        "lib/two.test.js::within",
        "lib/other.test.js::same",
        "lib/other.test.js::same #2",
        "lib/other.test.js::later",
        "lib/third.test.js::third",
    }
)
# V8 counts the lines of blocks, babel those of statements.
LINES = {"vitest": "6 of 6", "jest": "4 of 4"}
RUNNERS = ("vitest", "jest")

Make = Callable[..., Bench]


@pytest.fixture
def make(language: Language, tmp_path: Path) -> Iterator[Make]:
    """A bench with a project of a runner as its repository."""
    with ExitStack() as stack:

        def made(
            runner: str,
            more: str = "",
            files: Mapping[str, str] | None = None,
            manager: str = "npm",
        ) -> Bench:
            manifest = {
                "name": "web",
                "private": True,
                "type": "module" if runner == "vitest" else "commonjs",
                "devDependencies": PACKAGES[runner],
            }
            project = {"src/two.js": TWO[runner], "package.json": json.dumps(manifest)}
            for name, content in {**FILES, **(files or {})}.items():
                if not name.endswith(".test.js"):
                    project[name] = content
                    continue
                up = "../" if "/" in name else "./"
                project[name] = HEAD[runner].replace("{up}", up) + content
            tree = {f"app/{name}": content for name, content in project.items()}
            definition = DEFINITION.format(runner=runner, more=more)
            if manager == "bun":
                definition = definition.replace('node = "24"', 'bun = "1.4"').replace("npm", "bun")
            tree["pipeline.toml"] = definition
            tree[".gitignore"] = "node_modules\n"
            origin = written(tree, tmp_path, {"app": manager})
            return stack.enter_context(bench(language, origin, tmp_path / "installed"))

        yield made


def seeds(described: dict[str, Any]) -> tuple[Any, Any]:
    return described["seed"], described["shuffle"]


@pytest.mark.thorough
@pytest.mark.parametrize("runner", RUNNERS)
def test_shards(make: Make, runner: str) -> None:
    """Three shards of files with coverage: every test runs once, shuffled by the seed."""
    source = 'shards = 3\ncoverage = { source = ["src"] }\n[gates]\ncoverage = "100%"\n'
    github = make(runner, source)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == TESTS
    found = gates(run.job("Quality gates: web"))
    assert found["complete"].measured == "3 of 3 shards, 6 tests executed"
    assert found["TQ-01"].measured.startswith("seed ")
    assert all(seed == shuffle for seed, shuffle in (seeds(it) for it, _ in records(run)))
    (covered,) = [row for name, row in gates(run.job("Coverage / Coverage: web")).items()]
    assert (covered.measured, covered.verdict) == (f"100.00 % ({LINES[runner]} lines)", "passed")


@pytest.mark.thorough
@pytest.mark.parametrize("runner", RUNNERS)
def test_failures(make: Make, runner: str) -> None:
    """A test that fails and a file that cannot be loaded are named, with their places."""
    files = {
        "lib/bad.test.js": "test('bad', () => {\n  expect(two(1)).toBe(3)\n})\n",
        "lib/broken.test.js": "throw new Error('no such thing')\n",
    }
    github = make(runner, "shards = 2", files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    job = run.job("Quality gates: web")
    (bad,) = titled(job, "Test failed")
    assert (bad.file, bad.line) == ("app/lib/bad.test.js", 4 if runner == "vitest" else 3)
    assert "cd app" in bad.message and "lib/bad.test.js" in bad.message
    (broken,) = titled(job, "Test could not be collected")
    assert broken.file == "app/lib/broken.test.js"
    assert "no such thing" in broken.message
    assert gates(job)["complete"].verdict == "passed"
    assert failed(job) == ["TQ-02"]


@pytest.mark.thorough
@pytest.mark.parametrize("runner", RUNNERS)
def test_more_shards_than_files(make: Make, runner: str) -> None:
    """A shard without files runs nothing, and not everything."""
    github = make(runner, 'shards = 6\nsplit = "count"\n')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == TESTS


@pytest.mark.thorough
def test_reruns(make: Make) -> None:
    """vitest reruns a test that fails, which is reported as flaky."""
    flaky = "let n = 0\ntest('flaky', () => { n += 1; expect(n).toBe(2) })\n"
    github = make("vitest", "reruns = 1", {"lib/flaky.test.js": flaky})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    (told,) = titled(run.job("Quality gates: web"), "Flaky test")
    assert "lib/flaky.test.js::flaky passed only in attempt 2" in told.message


@pytest.mark.thorough
@pytest.mark.parametrize("runner", RUNNERS)
def test_timeout_of_a_test(make: Make, runner: str) -> None:
    """A test that hangs fails, and the others still run."""
    hangs = "test('hangs', () => new Promise(() => {}))\n"
    github = make(runner, 'test-timeout = "300ms"\nworkers = 2', {"lib/hangs.test.js": hangs})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: web"), "Test failed")
    assert told.message.startswith("lib/hangs.test.js::hangs")
    assert executed(run) == TESTS + Counter({"lib/hangs.test.js::hangs"})


@pytest.mark.thorough
def test_a_file_that_the_tool_does_not_run_is_missed(make: Make) -> None:
    """If vitest lists a file and does not run it, the gates name it."""
    config = "const left = process.argv.includes('run') ? ['lib/third*'] : []\n"
    config += "export default { test: { exclude: left } }\n"
    github = make("vitest", "shards = 2", {"vitest.config.mjs": config})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: web"), "Incomplete test run")
    assert told.message.endswith("selected but not executed: lib/third.test.js")


@pytest.mark.thorough
def test_bun(make: Make) -> None:
    """Bun installs by its lock file, and jest runs in two shards."""
    github = make("jest", "shards = 2", manager="bun")
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == TESTS


SUITES = """\
paths = ["two.test.js", "lib"]
[suites.more]
of = "web"
paths = ["lib/two.test.js"]
[quarantine."lib/third.test.js"]
of = "web"
reason = "it waits for a release"
until = 2999-01-01
"""


@pytest.mark.parametrize(
    "runner",
    [
        pytest.param(name, marks=pytest.mark.thorough) if name == "jest" else name
        for name in RUNNERS
    ],
)
def test_suites_and_quarantine(make: Make, runner: str) -> None:
    """A suite, and a quarantined file, of which a selected path is a part: each test runs once."""
    github = make(runner, SUITES)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    elsewhere = ("lib/third.test.js::third", "lib/two.test.js::within")
    assert executed(run) == TESTS - Counter(elsewhere)
    found = gates(run.job("more suite / Test more"))
    assert found["complete"].measured == "1 of 1 shards, 1 tests executed"


@pytest.mark.thorough
def test_lost_file(make: Make) -> None:
    """A file that no path leads to fails the run, and is named."""
    github = make("jest", 'paths = ["lib"]\n')
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    lost = "no path of a run or a suite leads to `two.test.js`"
    assert any(lost in told.message for told in titled(run.job("Test web"), ""))
