"""What this service's tests have beside the general fixtures of `tests/conftest.py`."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from core.settings import Settings

# A shared runner may stall at any moment: TQ-03 limits the whole test's time instead.
hypothesis_settings.register_profile("atom", deadline=None, print_blob=True)
hypothesis_settings.load_profile("atom")


def pytest_report_header() -> list[str]:
    """Says which stores are tested, without their passwords."""
    database = "set" if os.environ.get("DATABASE_URL") else "not set: tests that need it fail"
    episodes = os.environ.get("LANCEDB_URI") or "embedded, in a temporary folder"
    return [f"DATABASE_URL: {database}", f"episode store: {episodes}"]


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
