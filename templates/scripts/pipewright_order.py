"""The order in which a shard runs its tests: shuffled by a seed, module by module, class by class.

pytest-randomly 4 and 5 sort by the CRC-32 of the seed and a test's id. That checksum is linear: of
ids that are equally long, such as a parametrized test's, only as many orders can come out as there
are ids, and two seeds often agree. SHA-256 has no such pattern. No environment is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import pytest


def shuffled(items: Iterable[pytest.Item], seed: int) -> list[pytest.Item]:
    """All items in the seed's order; those of a module and of a class stay together.

    The order follows from the names alone, so every xdist worker finds the same.
    """
    return sorted(items, key=lambda item: [_digest(seed, name) for name in _names(item)])


def _names(item: Any) -> tuple[str, str, str]:
    """Module, class and id; what is no Python test stands alone in its file."""
    module, owner = getattr(item, "module", None), getattr(item, "cls", None)
    file = module.__name__ if module else item.nodeid.partition("::")[0]
    return file, f"{file}.{owner.__qualname__}" if owner else "", item.nodeid


def _digest(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}::{name}".encode("utf-8", "surrogatepass")).digest()
