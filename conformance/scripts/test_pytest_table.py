"""The table that the reader of pytest's configuration is compared with is what pytest does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

TABLE = Path(__file__).resolve().parents[1] / "pytest_table"
sys.path.insert(0, str(TABLE))

import real  # noqa: E402

ACCEPTED: dict[str, Any] = json.loads(real.TABLE.read_text("utf-8"))
CASES = real.cases()


def test_every_case_is_accepted_once() -> None:
    names = [case["name"] for case in CASES]
    assert names == list(ACCEPTED)
    assert len(set(names)) == len(names) >= 60


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].replace(" ", "-"))
def test_pytest_does_what_the_table_holds(case: dict[str, Any]) -> None:
    assert real.real(case) == ACCEPTED[case["name"]]
