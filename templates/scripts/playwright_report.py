"""Reads the JSON reports of Playwright, also the list of its tests.

Source: <https://playwright.dev/docs/test-reporters#json-reporter>
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cases import Case, Report, from_workspace
from formats import read_json
from jest_report import numbered, plain
from parameters import text
from runner import Problem
from selection import from_here

SPECIAL = re.compile(r"([.*+?^${}()|\[\]\\])")


def files_listed(listing: Any) -> dict[str, str]:
    """The files with tests in the output of `--list`, each with its absolute path."""
    try:
        for error in listing.get("errors", []):
            message = plain(str(error.get("message", ""))) or "a file cannot be loaded"
            raise Problem(f"playwright: {message.splitlines()[0]}")
        return {from_here(path): path for path in paths_of(listing)}
    except (KeyError, TypeError, AttributeError) as error:
        raise Problem(f"the list is no report of Playwright: {error!r}") from error


def paths_of(report: Any) -> list[str]:
    """The absolute paths of the files in a report."""
    root = Path(report["config"]["rootDir"])
    return [str(root / suite["file"]) for suite in report["suites"]]


def filters_of(paths: Sequence[str]) -> list[str]:
    """Arguments that match these files alone: regular expressions between slashes.

    Source: <https://playwright.dev/docs/test-cli>, "test-filter"
    """
    escaped = [SPECIAL.sub(r"\\\1", path) for path in paths]
    return [f"/^{path}$/" for path in escaped]


def read_playwright(optional: bool) -> Report:
    """The attempts in PIPEWRIGHT_REPORT; a shard without files may have no report."""
    path = Path(text("PIPEWRIGHT_REPORT"))
    if optional and not path.is_file():
        return Report([], [], None)
    try:
        found = read_json(path)
        suites = dict(
            zip(map(from_here, paths_of(found)), found["suites"], strict=True)
        )
        cases = [
            case
            for unit, suite in suites.items()
            for titles, test in tests_of(suite, [])
            for case in results_of(unit, titles, test)
        ]
    except FileNotFoundError:
        raise Problem(
            f"PIPEWRIGHT_REPORT: no file `{path}`; "
            "the runner ended before it wrote its report"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"{path} is no JSON report of Playwright: {error!r}") from error
    for fault in found.get("errors", []):
        message = plain(str(fault.get("message", ""))) or "an error outside of a test"
        place = fault.get("location") or {}
        file = from_workspace(Path(str(place.get("file", ""))))
        cases.append(
            Case(
                "", "(no test)", "error", 0, message, file, place.get("line"), "", True
            )
        )
    ended = [unit for unit, suite in suites.items() if is_complete(suite)]
    return Report(numbered(cases), own_units(ended))


def own_units(ended: Sequence[str]) -> list[str]:
    """The files that were selected; projects on which others depend run theirs, too."""
    selected = Path(text("PIPEWRIGHT_SELECTED")).read_text("utf-8").splitlines()
    return [unit for unit in ended if unit in selected]


def tests_of(suite: Any, titles: list[str]) -> Iterator[tuple[list[str], Any]]:
    """Every test of a file, for each project, with its titles."""
    for spec in suite.get("specs", []):
        for test in spec["tests"]:
            yield [*titles, str(spec["title"])], {**test, "spec": spec}
    for inner in suite.get("suites") or []:
        yield from tests_of(inner, [*titles, str(inner["title"])])


def is_complete(suite: Any) -> bool:
    """True if every test of a file has run, or is skipped."""
    tests = [test for _, test in tests_of(suite, [])]
    return all(test["results"] or test["expectedStatus"] == "skipped" for test in tests)


def results_of(unit: str, titles: list[str], test: Any) -> list[Case]:
    """The attempts of a test; those before the last one were retried."""
    project = test.get("projectName")
    name = " > ".join(titles) + (f" [{project}]" if project else "")
    cases = []
    for index, result in enumerate(test["results"]):
        outcome, message = outcome_of_result(result, test["expectedStatus"])
        if index + 1 < len(test["results"]) and outcome in ("failed", "error"):
            outcome = "rerun"
        file, line = place_of_result(result, unit, test["spec"])
        seconds = float(result.get("duration") or 0) / 1000
        cases.append(Case(unit, name, outcome, seconds, message, file, line, unit))
    if not cases and test["expectedStatus"] == "skipped":
        line = test["spec"].get("line")
        cases.append(Case(unit, name, "skipped", 0, "", from_here(unit), line, unit))
    return cases


def outcome_of_result(result: Any, expected: str) -> tuple[str, str]:
    """The outcome of an attempt, and its message."""
    errors = [
        plain(str(error.get("message", ""))) for error in result.get("errors", [])
    ]
    message = errors[0] if errors else ""
    status = result["status"]
    if status == "skipped":
        return "skipped", ""
    if status == expected:
        return ("passed", "") if status == "passed" else ("xfailed", message)
    if status == "passed":
        return "failed", "passed, and expects a failure"
    if status == "interrupted":
        return "error", message or "interrupted"
    return "failed", message or status


def place_of_result(result: Any, unit: str, spec: Any) -> tuple[str, int | None]:
    """The place of an error in the file of the test, else that of the test."""
    place = result.get("errorLocation") or {}
    own = from_workspace(Path(unit))
    if place.get("file") and from_workspace(Path(str(place["file"]))) == own:
        return own, int(place["line"])
    return own, int(spec.get("line") or 0) or None
