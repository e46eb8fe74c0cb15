"""docs/proof.md lists the cases and the faults that there are."""

from __future__ import annotations

import os
from pathlib import Path

import page
import pytest
from faults import FAULTS
from test_faults import STEPS

import proof


def test_page_lists_every_case() -> None:
    """The page has each case with its end; PIPEWRIGHT_ACCEPT=1 rewrites it."""
    cases = proof.tables(Path(__file__).parent)
    if os.environ.get("PIPEWRIGHT_ACCEPT") == "1":
        page.put(page.CASES, cases)
    assert page.between(page.CASES) == cases


@pytest.mark.thorough
def test_page_has_every_cell() -> None:
    """The page has the outcome of each fault in each step, of the last accepted run."""
    page.rewrite(STEPS, [fault.name for fault in FAULTS])
    assert page.cells() == {(step, fault.name) for step in STEPS for fault in FAULTS}
