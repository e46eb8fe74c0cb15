"""Reads the JSON reports of jest, whose format vitest uses as well.

Source: <https://jestjs.io/docs/configuration#testresultsprocessor-string>,
<https://vitest.dev/guide/reporters#json-reporter>
"""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path
from typing import Any

from cases import MESSAGE_LIMIT, Case, Report, from_workspace, place_in
from formats import read_json
from parameters import text
from runner import Problem

ENDINGS = {
    "passed": "passed",
    "failed": "failed",
    "pending": "skipped",
    "skipped": "skipped",
    "todo": "skipped",
    "disabled": "skipped",
}
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# jest: `Seed:        7`; vitest: `Running tests with seed "7"`.
SEED = re.compile(r"^(?:Seed: +|\s*Running tests with seed \")(\d+)", re.MULTILINE)


def read_jest(optional: bool) -> Report:
    """The attempts in PIPEWRIGHT_REPORT; a shard without files may have no report."""
    path = Path(text("PIPEWRIGHT_REPORT"))
    if optional and not path.is_file():
        return Report([], [], None)
    try:
        found = read_json(path)
        results = found["testResults"]
        units = [unit_of(result) for result in results]
        cases = [case for result in results for case in cases_of(result)]
    except FileNotFoundError:
        raise Problem(
            f"PIPEWRIGHT_REPORT: no file `{path}`; "
            "the runner ended before it wrote its report"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"{path} is no JSON report of jest: {error!r}") from error
    return Report(numbered(cases), units, seed_in(text("PIPEWRIGHT_LOG", "")))


def unit_of(result: dict[str, Any]) -> str:
    """A file, from the working folder."""
    return Path(os.path.relpath(os.path.realpath(result["name"]))).as_posix()


def cases_of(result: dict[str, Any]) -> list[Case]:
    """The tests of a file in the order of the report, each with its attempts."""
    unit, cases = unit_of(result), []
    placed = sorted(result["assertionResults"], key=line_of)
    for found in placed:
        cases += attempts_in(unit, found)
    failed = any(case.outcome == "failed" for case in cases)
    if result["status"] == "failed" and not failed:
        message = plain(
            result.get("message") or "the file failed, and none of its tests"
        )
        file, line = place_in(message)
        file = file or from_workspace(Path(unit))
        error = Case("", unit, "error", 0, message, file, line, unit, not cases)
        cases.append(error)
    return cases


def line_of(found: dict[str, Any]) -> tuple[int, int]:
    """Line and column of a test, which order the numbers of tests with equal names."""
    location = found.get("location") or {}
    return int(location.get("line") or 0), int(location.get("column") or 0)


def attempts_in(unit: str, found: dict[str, Any]) -> list[Case]:
    """The attempts of a test; one that passes despite failures was retried."""
    name = " > ".join([*found["ancestorTitles"], found["title"]])
    outcome = ENDINGS[found["status"]]
    messages = [plain(str(message)) for message in found.get("failureMessages") or []]
    earlier = [plain(str(reason)) for reason in found.get("retryReasons") or []]
    if outcome == "passed":
        earlier, messages = earlier or messages, []
    message = messages[-1] if messages else ""
    seconds = float(found.get("duration") or 0) / 1000
    file, line = place_in(message)
    line = line or line_of(found)[0] or None
    where = file or from_workspace(Path(unit))
    final = Case(unit, name, outcome, seconds, message, where, line, unit)
    return [
        *(
            Case(unit, name, "rerun", 0, reason, *place_in(reason), unit)
            for reason in earlier
        ),
        final,
    ]


def numbered(cases: list[Case]) -> list[Case]:
    """Numbers tests with equal names: of one file, or of a file in two projects."""
    seen: Counter[str] = Counter()
    for case in cases:
        name = case.name
        if seen[name]:
            case.test += f" #{seen[name] + 1}"
        if case.outcome != "rerun":
            seen[name] += 1
    return cases


def plain(message: str) -> str:
    """A message without colours, and without the frames of packages."""
    lines = COLOURS.sub("", message).splitlines()
    own = [
        line for line in lines if "node_modules/" not in line and "node:" not in line
    ]
    return "\n".join(own).strip()[:MESSAGE_LIMIT]


def seed_in(path: str) -> int | None:
    """The seed that the tool printed."""
    try:
        printed = Path(path).read_text("utf-8", errors="replace") if path else ""
    except OSError:
        return None
    match = SEED.search(COLOURS.sub("", printed))
    return int(match[1]) if match else None
