"""ci.yml of fixtures of the compiler's tests, with the real tools that it names"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from fixtures import FIXTURES, NOT_RUN, RUN, repository
from records import executed
from runner.bench import Bench, bench
from runner.language import Language
from runner.run import Run

thorough = pytest.mark.thorough


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


def test_python_library(make: Make) -> None:
    """pip, ruff and mypy, and pytest over three versions: everything passes."""
    run = green(make("python-library"))
    versions = {job.matrix["python"] for job in run.jobs if "python" in job.matrix}
    assert versions == {"3.11", "3.12", "3.13"}


@thorough
def test_orders(make: Make) -> None:
    """Three suites with three kinds of order, one of them under two seeds: everything passes."""
    green(make("orders"))


MACHINES = {"ubuntu-24.04", "ubuntu-24.04-arm", "ubuntu-22.04"}


@thorough
def test_machines(make: Make) -> None:
    """uv builds, installs and runs on every machine of a matrix: everything passes."""
    linux = {"macos-15": "ubuntu-22.04"}
    run = green(make("machines", locks={".": "uv"}, texts=linux))
    assert {job.matrix["os"] for job in run.jobs if "os" in job.matrix} == MACHINES


@thorough
def test_npm_and_vitest(make: Make) -> None:
    """The first of two pipelines: npm, eslint and vitest, beside an image: everything passes."""
    green(make("two-pipelines", locks={"services/a": "npm"}), "accounts-ci.yml")


def test_one_shard_with_coverage(make: Make) -> None:
    """One shard, whose coverage is the only artifact of its kind: its data are found."""
    green(make("one-shard-coverage"))


@thorough
def test_root_package(make: Make) -> None:
    """A workspace with a root package, features and coverage: the tests of every member run."""
    run = green(make("rust-root", locks={".": "cargo"}))
    names = {name for name in executed(run)}
    assert len(names) == 3, names


def test_images(make: Make) -> None:
    """Two images on two platforms, by two machines: what is built is recorded, and passes."""
    github = make("images")
    github.secrets["DOCKERHUB_TOKEN"] = "token"
    github.variables["DOCKERHUB_USER"] = "acme"
    run = green(github)
    assert [record["kind"] for record in run.records].count("build") == 2


def test_every_fixture_is_named() -> None:
    """Each fixture is executed by a case, or named with the reason why it is not."""
    there = {path.name for path in FIXTURES.iterdir() if path.is_dir()}
    assert RUN | set(NOT_RUN) == there
