"""The documentation lists the cases that there are."""

from __future__ import annotations

import os

import proof


def test_page_lists_every_case() -> None:
    """docs/proof.md has each case with what it states; PIPEWRIGHT_ACCEPT=1 rewrites it."""
    if os.environ.get("PIPEWRIGHT_ACCEPT") == "1":
        proof.rewrite()
    assert proof.listed() == proof.cases()
