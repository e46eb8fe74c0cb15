"""What every case has: GitHub's language, the project as a repository, and a bench of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from not_run import NOT_RUN
from runner.bench import Bench, bench
from runner.language import Language
from runner.origin import Origin
from small import make_small

FIRST = ["test_reference", "test_smoke", "test_lancedb", "test_ci"]
PROJECT = Path(__file__).resolve().parents[2]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the thorough cases, too")
    parser.addoption("--keep", action="store_true", help="keep the folders of every job")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # A file is one worker's; what takes longest first, so that no core waits for it in the end.
    items.sort(key=lambda item: FIRST.index(item.path.stem) if item.path.stem in FIRST else 9)
    if config.getoption("--all"):
        return
    left = [item for item in items if item.get_closest_marker("thorough")]
    items[:] = [item for item in items if item not in left]
    config.hook.pytest_deselected(items=left)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Names what the cases of fixtures leave out: nothing is skipped without a word."""
    for name, left in NOT_RUN.items():
        terminalreporter.write_line(f"not run: {name}: {left}")


@pytest.fixture(scope="session")
def language() -> Iterator[Language]:
    made = Language(Path(os.environ["BENCH_PACKAGES"]))
    yield made
    made.close()


@pytest.fixture(scope="session")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Origin:
    """The project on `main`, and its small pipeline on `small`."""
    made = Origin.of(PROJECT, tmp_path_factory.mktemp("repository"))
    make_small(made)
    return made


@pytest.fixture
def github(language: Language, origin: Origin, pytestconfig: pytest.Config) -> Iterator[Bench]:
    """GitHub, with that repository and nothing kept from earlier runs."""
    installed = Path(os.environ["BENCH_CACHE"]) / "python"
    with bench(language, origin, installed, pytestconfig.getoption("--keep")) as made:
        yield made
