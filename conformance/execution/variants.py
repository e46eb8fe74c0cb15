"""Variants of a case that run with --all."""

from __future__ import annotations

from typing import Any

import pytest


def thorough(*values: object) -> Any:
    """Values that take too long for every change, next to others of their kind."""
    return pytest.param(*values, marks=pytest.mark.thorough)
