"""The formats of reports that become records."""

from __future__ import annotations

from collections.abc import Callable

from cases import Report
from go_report import read_go
from jest_report import read_jest
from junit import read_junit
from parameters import text
from playwright_report import read_playwright
from runner import Problem

FORMATS: dict[str, Callable[[bool], Report]] = {
    "go": read_go,
    "jest": read_jest,
    "junit": read_junit,
    "playwright": read_playwright,
}


def read_report(optional: bool) -> Report:
    """Reads the report; `optional` where the shard has nothing to run."""
    name = text("PIPEWRIGHT_FORMAT", "junit")
    if name not in FORMATS:
        raise Problem(f"PIPEWRIGHT_FORMAT must be one of {', '.join(FORMATS)}")
    return FORMATS[name](optional)
