"""Fixtures for every test."""

import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
import time_machine
from hypothesis import settings as hypothesis_settings

from core.settings import Settings
from tests.support import MockedHttp

# A shared runner may stall at any moment: TQ-03 limits the whole test's time instead.
hypothesis_settings.register_profile("atom", deadline=None, print_blob=True)
hypothesis_settings.load_profile("atom")


def pytest_report_header() -> list[str]:
    """Says which stores are tested, without their passwords."""
    database = "set" if os.environ.get("DATABASE_URL") else "not set: tests that need it fail"
    episodes = os.environ.get("LANCEDB_URI") or "embedded, in a temporary folder"
    return [f"DATABASE_URL: {database}", f"episode store: {episodes}"]


@pytest.fixture
def unique_resource_name() -> str:
    """A name that no other test, worker or run uses; valid in PostgreSQL, DNS and S3.

    It comes from the operating system: pytest-randomly seeds `random` alike before each test.
    """
    return f"t-{uuid.uuid4().hex[:16]}"


@pytest.fixture(scope="session")
def worker_name() -> str:
    """This process among those that pytest-xdist starts; `main` where it starts none."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


@pytest.fixture(scope="session")
def run_name() -> str:
    """The same in all workers of this run, and in no other run."""
    return os.environ.get("PYTEST_XDIST_TESTRUNUID", uuid.uuid4().hex)[:16]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_name: str) -> Path:
    """A folder that all workers of this run, and no other run, share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_name == "main" else own.parent


@pytest.fixture
def frozen_time() -> Iterator[time_machine.Traveller]:
    """Time stands still, until the test moves it."""
    with time_machine.travel(datetime(2026, 3, 1, 12, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def mocked_http(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockedHttp]:
    """Gives the replies that the test registers; nothing leaves the machine."""
    mocked = MockedHttp()
    monkeypatch.setattr(
        httpx2.HTTPTransport, "handle_request", lambda _, request: mocked.handle(request)
    )
    yield mocked
    assert not mocked.replies, f"replies that nobody asked for: {mocked.replies}"


@pytest.fixture
def make_settings(tmp_path: Path) -> Callable[..., Settings]:
    """Settings from the given variables alone, whatever the process' own environment holds."""

    def make(**variables: str) -> Settings:
        defaults = {
            "ENVIRONMENT": "test",
            "VERSION": "abc123-7-1",
            "LANCEDB_URI": str(tmp_path / "episodes"),
        }
        return Settings.from_env(defaults | variables)

    return make
