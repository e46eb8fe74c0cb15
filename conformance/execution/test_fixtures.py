"""ci.yml of every fixture of the compiler's tests, with the real tools that it names"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from fixtures import FIXTURES, repository
from not_run import NOT_RUN
from records import executed
from runner.bench import Bench, bench
from runner.language import Language
from runner.run import Run

thorough = pytest.mark.thorough
SERVER = ("server", "Test server")
CHECKSUM = "compass-1.2.3-2-false-2-6-4"


class Make(Protocol):
    def __call__(self, name: str, **given: Any) -> Bench: ...


@pytest.fixture
def make(language: Language, tmp_path: Path) -> Iterator[Make]:
    """A bench with a fixture as its repository."""
    with ExitStack() as stack:

        def made(name: str, **given: Any) -> Bench:
            origin = repository(name, tmp_path, **given)
            installed = Path(os.environ["BENCH_CACHE"]) / "python"
            return stack.enter_context(bench(language, origin, installed))

        yield made


def green(github: Bench, file: str = "ci.yml") -> Run:
    """A run by hand of `main`, which passes, and in which every job ran."""
    run = github.run(file, github.dispatch("main"))
    assert run.result == "success", run.failures()
    return run


# ── pip ───────────────────────────────────────────────────────────────────────


@thorough
def test_python_library(make: Make) -> None:
    """pip, ruff and mypy, and pytest over three versions: everything passes."""
    run = green(make("python-library"))
    versions = {job.matrix["python"] for job in run.jobs if "python" in job.matrix}
    assert versions == {"3.11", "3.12", "3.13"}


def test_python_versions(make: Make) -> None:
    """An optional version that does not exist yet: its jobs fail and are reported, and the run
    passes."""
    run = green(make("python-versions"))
    ended = {(job.matrix["python"], job.result) for job in run.jobs if "python" in job.matrix}
    assert ended == {("3.11", "success"), ("3.12", "success"), ("3.16", "failure")}
    gates = run.job("Quality gates: almanac").step("Evaluate quality gates")
    assert "3.16: shard 1 of 1 left no record" in gates.summary
    assert run.job("almanac passed").result == "success"


@thorough
def test_orders(make: Make) -> None:
    """Three suites with three kinds of order, one of them under two seeds: everything passes."""
    green(make("orders"))


@thorough
def test_no_deploy(make: Make) -> None:
    """Four shards of files on two versions, reruns, workers, coverage: everything passes."""
    green(make("no-deploy", texts={"docker ps --all": "redis-cli info server"}))


def test_conditions(make: Make) -> None:
    """Tests, a suite and checks with conditions: a pull request skips those that do not hold, with
    their gates and coverage, and passes; a label and a run of `main` execute them."""
    github = make("conditions")
    with github.origin.change("docs", "main") as tree:
        (tree / "README.md").write_text("Tides\n", "utf-8")
    run = github.run("ci.yml", github.pull_request("docs"))
    skipped = {"tides", "test-browsers", "gates-browsers", "suite-harbours", "pictures"}
    assert run.result == "success", run.failures()
    assert {name for name, result in run.results().items() if result == "skipped"} == skipped
    labelled = github.run("ci.yml", github.pull_request("docs", labels=("browsers",)))
    assert labelled.result == "success", labelled.failures()
    skipped = {"tides", "suite-harbours"}
    assert {name for name, result in labelled.results().items() if result == "skipped"} == skipped
    assert labelled.job("pictures").step("Compare the pictures").log == "compared"
    assert set(green(github).results().values()) == {"success"}


def test_a_failure_behind_a_condition(make: Make) -> None:
    """A test that fails for a label alone blocks there, and a run that is cancelled before the
    tests with a condition start does not pass."""
    github = make("conditions")
    with github.origin.change("broken", "main") as tree:
        test = tree / "tides" / "tests" / "browsers" / "test_pages.py"
        test.write_text("def test_page() -> None:\n    raise ValueError\n", "utf-8")
    assert github.run("ci.yml", github.pull_request("broken")).result == "success"
    labelled = github.run("ci.yml", github.pull_request("broken", labels=("browsers",)))
    assert labelled.result == "failure"
    assert labelled.results()["test-browsers"] == "failure"
    assert labelled.results()["passed"] == "failure"
    by_hand = github.dispatch("main")
    cancelled = github.run("ci.yml", by_hand, hooks={"test-browsers": lambda run: run.cancel()})
    assert cancelled.results()["passed"] == "failure"


@thorough
def test_services(make: Make) -> None:
    """PostgreSQL, Redis with another command, and a test's own database: everything passes."""
    green(make("services"))


@thorough
def test_three_environments(make: Make) -> None:
    """Two shards, coverage, and an image with two caches: everything passes."""
    green(make("three-environments"))


def test_one_shard_with_coverage(make: Make) -> None:
    """One shard, whose coverage is the only artifact of its kind: its data are found."""
    green(make("one-shard-coverage"))


def test_workspaces(make: Make) -> None:
    """Workspaces of Yarn 4, Yarn 1 and Go: everything passes, with the lock files and caches of
    their roots, and a file that changes affects the members that depend on it."""
    github = make("workspaces", locks={"shop": "yarn", "legacy": "yarn"})
    run = green(github)
    installed = run.job("cart").step("Install dependencies").log
    assert "YN0000" in installed
    assert "Enable Corepack" not in [step.name for step in run.job("Test legacy").steps]
    found = executed(run)
    assert set(found.values()) == {1}
    assert {name for name in found if name.startswith("example.com/")} == {
        "example.com/ledger/api::TestAnswer",
        "example.com/ledger/rates::TestConvert",
    }
    for number, (change, expected) in enumerate(
        {
            "shop/yarn.lock": {"cart"},
            "ledger/go.work": {"ledger", "api"},
            "ledger/rates/rates.go": {"ledger", "api"},
            "legacy/old.js": {"legacy"},
        }.items()
    ):
        with github.origin.change(f"change-{number}", "main") as tree:
            path = tree / change
            path.write_text(path.read_text("utf-8") + "\n", "utf-8")
        event = github.pull_request(f"change-{number}")
        changes = github.run("ci.yml", event, only=frozenset({"changes"})).job("Changes")
        assert {name for name, value in changes.outputs.items() if value == "true"} == expected


# ── uv and Poetry ─────────────────────────────────────────────────────────────


MACHINES = {"ubuntu-24.04", "ubuntu-24.04-arm", "ubuntu-22.04"}


@thorough
def test_machines(make: Make) -> None:
    """uv builds, installs and runs on every machine of a matrix: everything passes, and Codecov
    gets the merged coverage."""
    linux = {"macos-15": "ubuntu-22.04"}
    run = green(make("machines", locks={".": "uv"}, texts=linux))
    assert {job.matrix["os"] for job in run.jobs if "os" in job.matrix} == MACHINES
    (sent,) = (record for record in run.records if record["kind"] == "coverage")
    assert (sent["flags"], sent["by"]) == ("quill", "oidc")
    assert "SF:quill/" in sent["report"] and "end_of_record" in sent["report"]
    assert "coverage-report_quill_quill" in {it.name for it in run.bench.artifacts.of(run.number)}


@thorough
def test_poetry(make: Make) -> None:
    """Poetry installs a group in both versions, by pipx and a lock file: everything passes."""
    green(make("poetry", locks={"harvest": "poetry"}))


# ── npm and pnpm ──────────────────────────────────────────────────────────────


@thorough
def test_two_pipelines(make: Make) -> None:
    """npm, eslint and vitest in one pipeline, pip and pytest in the other: both pass."""
    github = make("two-pipelines", locks={"services/a": "npm"})
    green(github, "accounts-ci.yml")
    green(github, "billing-ci.yml")


@thorough
def test_command_runner(make: Make) -> None:
    """eslint, tsc, prettier, sharded jest on two versions, and Playwright: everything passes, and
    genhtml shows the sources in the report."""
    before = {"before": '[{ name = "Install the browsers", run = "true" }]'}
    run = green(make("command-runner", settings={"pipeline.toml": before}, locks={".": "npm"}))
    (report,) = (
        it for it in run.bench.artifacts.of(run.number) if it.name == "coverage-report_palette_unit"
    )
    pages = report.folder / "html"
    assert "src" in (pages / "index.html").read_text("utf-8")
    assert list(pages.rglob("*.gcov.html"))


@thorough
def test_bun_library(make: Make) -> None:
    """Bun and jest in two shards with coverage: everything passes."""
    green(make("bun-library", locks={".": "bun"}))


@thorough
def test_browser(make: Make) -> None:
    """Playwright in two shards, with a project on which another one depends: everything passes."""
    run = green(make("browser", locks={".": "npm"}))
    names = {name.partition("::")[0] for name in executed(run)}
    assert names == {"tests/account.setup.js", "tests/page1.spec.js", "tests/page2.spec.js"}


@thorough
def test_next_and_fastapi(make: Make) -> None:
    """pnpm with Next.js and vitest, uv with FastAPI and a database a worker: everything passes."""
    locks = {"apps/web": "pnpm", "apps/api": "uv"}
    green(make("next-and-fastapi", locks=locks))


# ── Rust, Go, and what a project sets up itself ───────────────────────────────


@thorough
def test_root_package(make: Make) -> None:
    """A workspace with a root package, features and coverage: the tests of every member run."""
    run = green(make("rust-root", locks={".": "cargo"}))
    names = {name for name in executed(run)}
    assert len(names) == 3, names


@thorough
def test_rust_workspace(make: Make) -> None:
    """nextest in three shards with arguments and coverage, on two versions: everything passes."""
    green(make("rust-workspace", locks={".": "cargo"}))


@thorough
def test_go_service(make: Make) -> None:
    """Tests of Go in two versions, beside Redis, with the race detector: everything passes."""
    run = green(make("go-service"))
    assert {name.split("::")[-1] for name in executed(run)} == {"TestRedisAnswers"}


@thorough
def test_clouds(make: Make) -> None:
    """The smallest Go service, in two shards: everything passes."""
    green(make("clouds"))


@thorough
def test_shipping(make: Make) -> None:
    """A Go service without tests that is deployed in several ways: its check passes."""
    green(make("shipping"))


@thorough
def test_escape_hatches(make: Make) -> None:
    """Zig, which the project sets up itself, in two versions, with own steps: everything passes."""
    github = make("escape-hatches", locks={"engine": "zig"})
    github.secrets["FORGE_LICENCE"] = "licence"
    green(github)


@thorough
def test_polyglot(make: Make) -> None:
    """Maven, Bundler and Deno, each with a JUnit report: everything passes."""
    run = green(make("polyglot", locks={"invoices": "bundler", "edge": "deno"}))
    assert executed(run) == {
        "ledger.LedgerTest::adds": 1,
        "ledger.LedgerTest::startsAtZero": 1,
        "spec.invoice_spec::Invoice adds its lines": 1,
        "spec.invoice_spec::Invoice is empty at first": 1,
        "./seconds_test.ts::reads minutes": 1,
        "./seconds_test.ts::reads seconds": 1,
        "./seconds_test.ts::reads seconds > of one digit": 1,
    }


@thorough
def test_bookshop(make: Make) -> None:
    """Django's own runner in two shards and two processes, on two versions: everything passes."""
    run = green(make("bookshop"))
    assert executed(run, "3.13") == {
        "catalogue.tests.PriceTests::test_reduction": 1,
        "catalogue.tests.PriceTests::test_limit": 1,
        "catalogue.tests.BookTests::test_is_stored": 1,
        "catalogue.tests.BookTests::test_is_deleted": 1,
        "orders.tests.test_orders.OrderTests::test_total": 1,
        "orders.tests.test_orders.OrderTests::test_voucher": 1,
        "orders.tests.test_orders.CommitTests::test_is_committed": 1,
    }


@thorough
def test_environments(make: Make) -> None:
    """Environments of tox on two versions, one of them without an interpreter, and sessions of
    nox: everything passes."""
    run = green(make("environments"))
    assert executed(run) == {
        "py311": 1,
        "py312": 1,
        "future": 1,
        "lint": 2,
        "report": 2,
        "tests-3.12": 1,
    }


def test_desktop(make: Make) -> None:
    """.NET and JDKs that are not on this machine: their jobs end where these are set up, and the
    run fails."""
    github = make("desktop")
    run = github.run("ci.yml", github.dispatch("main"))
    assert run.result == "failure"
    ended = {
        f"{job.name} | {step.name}"
        for job in run.jobs
        for step in job.steps
        if step.outcome == "failure" and step.name.startswith("Set up ")
    }
    reasons = [annotation.message for job in run.jobs for annotation in job.annotations]
    assert ".NET: version 8.0 is not on this machine" in reasons
    assert ended == {
        *(f"{job} ({version}) | Set up .NET" for version in ("8.0", "10.0") for job in SERVER),
        *(f"Test client ({version}) | Set up Java" for version in ("21", "25")),
    }


# ── images ────────────────────────────────────────────────────────────────────


def test_images(make: Make) -> None:
    """Images of two platforms, by a machine each or by QEMU: every build is recorded."""
    github = make("images")
    github.secrets["DOCKERHUB_TOKEN"] = "token"
    github.variables["DOCKERHUB_USER"] = "acme"
    run = green(github)
    builds = [record for record in run.records if record["kind"] == "build"]
    assert sorted(record["platforms"] for record in builds) == [
        *["linux/amd64"] * 2,
        "linux/amd64,linux/arm/v7",
        *["linux/arm64"] * 2,
    ]
    shown = [job.step("Show the image").log for job in run.jobs if "gateway" in job.name]
    assert len(shown) == 2 and all(
        name.startswith("ghcr.io/acme/mosaic-gateway:") for name in shown
    )


def test_published_images(make: Make) -> None:
    """A release: each platform is pushed by digest, and the merged image has the names
    of the newest release in all registries."""
    github = make("images")
    github.secrets |= {"DOCKERHUB_TOKEN": "token", "QUAY_TOKEN": "token"}
    github.variables |= {"DOCKERHUB_USER": "acme", "QUAY_USER": "acme"}
    github.tag("v2.0.0-rc.1")
    run = github.run("publish-render.yml", github.tag("v1.4.2"))
    assert run.result == "success", run.failures()
    merged = run.job("Publish image render").step("Merge the platforms").log.splitlines()
    hosts = ("docker.io", "ghcr.io", "quay.io")
    names = ("1.4.2", "1.4", "1", "latest")
    assert merged == [f"{host}/acme/mosaic-render:{name}" for host in hosts for name in names]
    pushed = [
        record for record in run.records if "push-by-digest=true" in record.get("outputs", "")
    ]
    assert len(pushed) == 4
    kept = github.run("publish-worker.yml", github.tag("worker-v7"))
    assert kept.result == "success", kept.failures()
    tags = [record["tags"] for record in kept.records if record.get("push") == "true"]
    sha = github.origin.head("main")
    assert tags == [f"ghcr.io/acme/mosaic-worker:worker-v7,ghcr.io/acme/mosaic-worker:{sha}"]


def test_own_jobs(make: Make) -> None:
    """A custom workflow with two schedules: its jobs run on schedule, one without a checkout."""
    github = make("own-jobs")
    run = github.run("links.yml", github.schedule("main"))
    assert run.result == "success", run.failures()
    assert run.job("check").step("Check the links").log == "links checked"
    announced = run.job("announce").step("Announce the check").log
    assert announced == "links of example/atom, 0 files"


def test_calls(make: Make) -> None:
    """Calls of a workflow written by hand, in a matrix, and of custom ones over two levels: typed
    inputs and named secrets arrive, and outputs come back."""
    github = make("calls")
    github.secrets |= {"AUDIT_TOKEN": "four", "SIGNING_KEY": "sixsix", "OTHER": "stays here"}
    run = green(github)
    levels = {
        shown: called.called["audit"].jobs[0].step("Audit").log
        for shown, called in run.groups["audit"].called.items()
    }
    assert levels == {"audit (low)": "low true 7 4", "audit (high)": "high true 7 4"}
    assert run.job("report").step("Report").log == "compass-1.2.3-2"
    package = run.groups["package"]
    assert package.outputs == {"name": "compass-1.2.3-2", "checksum": CHECKSUM}
    assert package.called["sign"].called["sign"].jobs[0].secrets == ["KEY", "MIRROR"]
    assert run.results()["scan"] == "skipped"
    by_hand = green(github, "package.yml")
    assert by_hand.groups["build"].outputs == {"name": "compass-0.0.0-1"}
    assert by_hand.groups["sign"].outputs == {"checksum": "compass-0.0.0-1-false-1-6-4"}


def test_research_note(make: Make) -> None:
    """The fuzzing of the research note's service, in its own workflow: it runs on schedule."""
    github = make("research-note")
    run = github.run("fuzzing.yml", github.schedule("main"))
    assert run.result == "success", run.failures()
    assert run.job("fuzz").step("Fuzz the parser").log == "10000 requests"


def test_every_fixture_is_executed() -> None:
    """A case executes each fixture of the compiler's tests, and what is not run names fixtures."""
    tree = ast.parse(Path(__file__).read_text("utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = {
        argument.value
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "make"
        for argument in call.args
        if isinstance(argument, ast.Constant)
    }
    there = {path.name for path in FIXTURES.iterdir() if path.is_dir()}
    assert there - made == set()
    assert set(NOT_RUN) <= there
