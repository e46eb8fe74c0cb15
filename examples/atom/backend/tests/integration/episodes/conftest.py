"""The episode store for its own suite, which needs no PostgreSQL."""

import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import lancedb
import pytest

from core.episodes import EpisodeStore


@pytest.fixture
def store_uri(tmp_path: Path, unique_resource_name: str) -> Iterator[str]:
    """A place of this test's own under `LANCEDB_URI`; a temporary folder where that is not set."""
    base = os.environ.get("LANCEDB_URI") or str(tmp_path)
    uri = f"{base.rstrip('/')}/{unique_resource_name}"
    yield uri
    lancedb.connect(uri).drop_all_tables()


@pytest.fixture
def open_store(store_uri: str) -> Callable[[], EpisodeStore]:
    """Opens the store anew, as another process would."""
    lock = threading.Lock()
    return lambda: EpisodeStore(store_uri, creating=lambda: lock)


@pytest.fixture
def store(open_store: Callable[[], EpisodeStore]) -> EpisodeStore:
    return open_store()
