"""docs/proof.md lists the cases and the faults that there are."""

from __future__ import annotations

import os
from pathlib import Path

import page
from faults import FAULTS
from test_faults import STEPS

import proof


def test_page_lists_every_case() -> None:
    """The page has each case with its end; PIPEWRIGHT_ACCEPT=1 rewrites it."""
    cases = proof.tables(Path(__file__).parent)
    if os.environ.get("PIPEWRIGHT_ACCEPT") == "1":
        page.put(page.CASES, cases)
    assert page.between(page.CASES) == cases


def test_page_has_outcomes_of_cells() -> None:
    """The page has outcomes of faults in steps that there are, of the last accepted runs."""
    page.rewrite(STEPS, [fault.name for fault in FAULTS])
    cells = page.cells()
    assert cells and cells.keys() <= {(step, fault.name) for step in STEPS for fault in FAULTS}
