"""Fixtures of every case: a control plane that all cases share, and a world for each on it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from control_plane import Cluster, cluster
from prometheus import Prometheus
from receivers import Receivers
from world import World, world

from runner.language import Language

Make = Callable[..., World]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the thorough cases, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--all"):
        left = [item for item in items if item.get_closest_marker("thorough")]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


@pytest.fixture(scope="session")
def language() -> Iterator[Language]:
    made = Language(Path(os.environ["BENCH_PACKAGES"]))
    yield made
    made.close()


@pytest.fixture(scope="session")
def control_plane() -> Iterator[Cluster]:
    with cluster(Path(os.environ["BENCH_KUBECTL"].partition("=")[2]).parent) as made:
        yield made


@pytest.fixture(scope="session")
def prometheus(control_plane: Cluster) -> Iterator[Prometheus]:
    made = Prometheus(control_plane)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def receivers() -> Iterator[Receivers]:
    made = Receivers()
    yield made
    made.close()
    assert not made.refused, made.refused


@pytest.fixture
def make(
    language: Language,
    control_plane: Cluster,
    prometheus: Prometheus,
    receivers: Receivers,
    tmp_path: Path,
) -> Iterator[Make]:
    """Makes the case's world, and ends it."""
    open_worlds = []

    def made(**options: Any) -> World:
        installed = Path(os.environ["BENCH_CACHE"]) / "python"
        entered = world(
            language, control_plane, prometheus, receivers, tmp_path, installed, **options
        )
        open_worlds.append(entered)
        return entered.__enter__()

    yield made
    for entered in open_worlds:
        entered.__exit__(None, None, None)


@pytest.fixture
def shop(make: Make) -> World:
    """The usual world."""
    return make()
