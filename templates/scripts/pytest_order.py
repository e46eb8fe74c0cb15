"""The order of tests: shuffled by a seed, by module and by class.

If xdist distributes whole scopes, the long ones go first: with a long one at the end,
all other workers would wait for one.

pytest-randomly 4 and 5 sort by the CRC-32 of the seed and a test's id. That checksum
is linear: of ids that are equally long, such as a parametrized test's, only as many
orders can come out as there are ids, and two seeds often agree. SHA-256 has no such
pattern.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pytest

# The scope of an id, as xdist's schedulers derive it.
SCOPES: Mapping[str, Callable[[str], str]] = {
    "loadscope": lambda name: name.rsplit("::", 1)[0],
    "loadfile": lambda name: name.split("::", 1)[0],
    "loadgroup": lambda name: (
        name.split("@")[-1] if name.rfind("@") > name.rfind("]") else name
    ),
}


def shuffled(items: Iterable[pytest.Item], seed: int) -> list[pytest.Item]:
    """All items in the seed's order; those of a module and of a class stay together.

    The order follows from the names alone, so every xdist worker finds the same.
    """
    return sorted(
        items, key=lambda item: [_digest(seed, name) for name in _names(item)]
    )


def long_scopes_first(
    items: Sequence[pytest.Item], dist: str, lasts: Mapping[int, int]
) -> list[pytest.Item]:
    """The items, with the long scopes first; `lasts` has microseconds by the item's
    identity.

    Durations with as many binary digits count as equal: such scopes keep the order of
    the seed, and so do the tests of a scope.
    """
    scope_of = SCOPES[dist]
    sums: Counter[str] = Counter()
    for item in items:
        sums[scope_of(item.nodeid)] += lasts[id(item)]
    return sorted(items, key=lambda item: -sums[scope_of(item.nodeid)].bit_length())


def _names(item: Any) -> tuple[str, str, str]:
    """Module, class and id; an item that is no Python test has only its file."""
    module, owner = getattr(item, "module", None), getattr(item, "cls", None)
    file = module.__name__ if module else item.nodeid.partition("::")[0]
    return file, f"{file}.{owner.__qualname__}" if owner else "", item.nodeid


def _digest(seed: int, name: str) -> bytes:
    return hashlib.sha256(f"{seed}::{name}".encode("utf-8", "surrogatepass")).digest()
