"""ci.yml of projects with Playwright, by the real tool without browsers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from fixtures import written
from records import executed, records
from runner.bench import Bench, bench
from runner.language import Language
from seen import gates, titled

DEFINITION = """\
version = 1
[project]
name = "web"
branches = ["main"]
[components.web]
path = "app"
node = "24"
install = {{ npm = ["--ignore-scripts"] }}
[tests.web]
component = "web"
runner = "playwright"
{more}
"""
MANIFEST = {"name": "web", "private": True, "devDependencies": {"@playwright/test": "1.65.1"}}
HEAD = "const { expect, test } = require('@playwright/test')\n"
PASSES = HEAD + "test('passes', () => {})\n"
CONFIG = "module.exports = { projects: [{ name: 'a' }, { name: 'b' }] }\n"
# Paths of which one is part of another, and one that is no plain expression.
FILES = {
    "playwright.config.js": CONFIG,
    "two.spec.js": PASSES,
    "lib/two.spec.js": PASSES,
    "lib/one+(x).spec.js": HEAD
    + "test.describe('group', () => {\n"
    + "  test('inner', () => {})\n"
    + "  test.skip('later', () => {})\n"
    + "  test('known', () => { test.fail(); expect(1).toBe(2) })\n"
    + "})\n",
}
TESTS = Counter(
    f"{name} [{project}]"
    for project in "ab"
    for name in (
        "two.spec.js::passes",
        "lib/two.spec.js::passes",
        "lib/one+(x).spec.js::group > inner",
        "lib/one+(x).spec.js::group > later",
        "lib/one+(x).spec.js::group > known",
    )
)

Make = Callable[..., Bench]
thorough = pytest.mark.thorough


@pytest.fixture
def make(language: Language, tmp_path: Path) -> Iterator[Make]:
    """A bench with a project as its repository; its own template installs no browsers."""
    with ExitStack() as stack:

        def made(more: str = "", files: Mapping[str, str] | None = None) -> Bench:
            project = {"package.json": json.dumps(MANIFEST), **FILES, **(files or {})}
            tree = {f"app/{name}": content for name, content in project.items()}
            tree["templates/playwright-browsers.sh"] = "true\n"
            tree["pipeline.toml"] = DEFINITION.format(more=more)
            tree[".gitignore"] = "node_modules\n"
            origin = written(tree, tmp_path, {"app": "npm"})
            return stack.enter_context(bench(language, origin, tmp_path / "installed"))

        yield made


def test_shards(make: Make) -> None:
    """Three shards of files in two projects: every test runs once."""
    github = make("shards = 3\nworkers = 2\n")
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == TESTS
    found = gates(run.job("Quality gates: web"))
    assert found["complete"].measured == "3 of 3 shards, 10 tests executed"
    outcomes = {line["id"]: line["outcome"] for _, lines in records(run) for line in lines}
    assert outcomes["lib/one+(x).spec.js::group > later [a]"] == "skipped"
    assert outcomes["lib/one+(x).spec.js::group > known [b]"] == "xfailed"


@thorough
def test_failures(make: Make) -> None:
    """A test that fails and one that hangs are named, with their places, and traces are kept; one
    that passes when it is rerun is flaky."""
    files = {
        "playwright.config.js": "module.exports = {}\n",
        "bad.spec.js": HEAD + "test('bad', () => {\n  expect(1).toBe(2)\n})\n",
        "hangs.spec.js": HEAD + "test('hangs', () => new Promise(() => {}))\n",
        "flaky.spec.js": HEAD + "test('flaky', ({}, info) => { expect(info.retry).toBe(1) })\n",
    }
    github = make('shards = 2\nreruns = 1\ntest-timeout = "500ms"\n', files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    job = run.job("Quality gates: web")
    told = {found.message.partition(": ")[0]: found for found in titled(job, "Test failed")}
    assert sorted(told) == ["bad.spec.js::bad", "hangs.spec.js::hangs"]
    bad = told["bad.spec.js::bad"]
    assert (bad.file, bad.line) == ("app/bad.spec.js", 3)
    assert "cd app\nnpx --no -- playwright test bad.spec.js" in bad.message
    (flaky,) = titled(job, "Flaky test")
    assert "flaky.spec.js::flaky passed only in attempt 2" in flaky.message
    assert gates(job)["complete"].verdict == "passed"
    kept = [
        it.name for it in run.bench.artifacts.of(run.number) if it.name.startswith("playwright")
    ]
    assert kept


@thorough
def test_dependencies_of_projects(make: Make) -> None:
    """Each shard runs a project on which others depend, and its file counts once."""
    config = (
        "module.exports = { projects: [\n"
        "  { name: 'set up', testMatch: /setup\\.js/ },\n"
        "  { name: 'all', testMatch: /spec\\.js/, dependencies: ['set up'] },\n"
        "] }\n"
    )
    files = {"playwright.config.js": config, "account.setup.js": PASSES}
    github = make('shards = 3\nsplit = "count"\n', files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run)["account.setup.js::passes [set up]"] == 3
    assert gates(run.job("Quality gates: web"))["complete"].verdict == "passed"


@thorough
def test_file_that_is_not_run(make: Make) -> None:
    """Tests that Playwright lists and does not run are missed."""
    files = {
        "playwright.config.js": "module.exports = { maxFailures: 1, workers: 1 }\n",
        "a.spec.js": HEAD + "test('bad', () => { expect(1).toBe(2) })\n",
    }
    github = make("", files)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    (told,) = titled(run.job("Quality gates: web"), "Incomplete test run")
    assert "selected but not executed: " in told.message and "two.spec.js" in told.message


@thorough
def test_file_that_cannot_be_loaded(make: Make) -> None:
    """A file that cannot be loaded is named by the shard, which runs nothing."""
    github = make("", {"broken.spec.js": "throw new Error('no such thing')\n"})
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "failure"
    said = [told.message for told in titled(run.job("Test web"), "")]
    assert any("no such thing" in message for message in said)


@thorough
def test_suites_and_quarantine(make: Make) -> None:
    """A suite and a quarantined file, of which a selected path is a part: each test runs once."""
    more = (
        'paths = ["two.spec.js", "lib"]\n[suites.more]\nof = "web"\npaths = ["lib/two.spec.js"]\n'
        '[quarantine."lib/one+(x).spec.js"]\nof = "web"\nreason = "r"\nuntil = 2999-01-01\n'
    )
    github = make(more)
    run = github.run("ci.yml", github.push("main"))
    assert run.result == "success", run.failures()
    assert executed(run) == Counter({f"two.spec.js::passes [{name}]" for name in "ab"})
    found = gates(run.job("more suite / Test more"))
    assert found["complete"].measured == "1 of 1 shards, 2 tests executed"
