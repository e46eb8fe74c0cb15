"""Reads JUnit reports.

Repeated entries of a test are its attempts, of which the last one counts; so are
nextest's `flakyFailure` and `rerunFailure`.
"""

from __future__ import annotations

import glob
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree
from xml.parsers import expat

from cases import MESSAGE_LIMIT, Case, Report, place_in
from parameters import text
from runner import Problem

RERUN_TAGS = ("flakyFailure", "flakyError", "rerunFailure", "rerunError")


def read_junit(optional: bool) -> Report:
    """Every attempt in the files of a report; a shard without tests may have none."""
    found = [(path, cases_in(path)) for path in reports(optional)]
    if text("PIPEWRIGHT_STARTED", ""):
        tell_apart(found)
    return Report([case for _, cases in found for case in cases])


def tell_apart(found: list[tuple[Path, list[Case]]]) -> None:
    """Puts the file before the id of each test that is in several files.

    Modules and targets of a project have tests of the same name, which are no attempts
    of one.
    """
    names = [{case.name for case in cases} for _, cases in found]
    files = Counter(name for of_file in names for name in of_file)
    for path, cases in found:
        for case in cases:
            if files[case.name] > 1:
                case.suite = f"{path.as_posix()}: {case.suite}".removesuffix(": ")


def reports(optional: bool) -> list[Path]:
    """The files of the report; a shard without tests may have none."""
    patterns = text("PIPEWRIGHT_JUNIT").splitlines()
    found = {pattern: written_at(pattern) for pattern in patterns}
    # A command that fails may have ended before all of its reports were written.
    ended = text("PIPEWRIGHT_EXIT", "0") == "0" or not any(found.values())
    missing = [pattern for pattern, paths in found.items() if not paths and ended]
    if missing and not optional:
        raise Problem(
            f"PIPEWRIGHT_JUNIT: no file at `{missing[0]}`; "
            "the runner ended before it wrote its report"
        )
    return sorted({path for paths in found.values() for path in paths})


def written_at(pattern: str) -> list[Path]:
    """The files that the run of the tests wrote."""
    started = text("PIPEWRIGHT_STARTED", "")
    since = Path(started).stat().st_mtime_ns if started else 0
    paths = (Path(path) for path in glob.glob(pattern, recursive=True))
    return [path for path in paths if path.stat().st_mtime_ns >= since]


def cases_in(path: Path) -> list[Case]:
    """Every attempt in one file, in its order."""
    content = path.read_bytes()
    if not content.strip():
        raise Problem(f"{path} is empty; the runner ended before it wrote its report")
    try:
        refuse_doctype(content, path)
        root = ElementTree.fromstring(content)
    except (expat.ExpatError, ElementTree.ParseError) as error:
        raise Problem(f"{path} is no well-formed XML: {error}") from error
    if root.tag not in ("testsuites", "testsuite"):
        raise Problem(f"{path} is no JUnit report: its root is `{root.tag}`")
    return [attempt for case in root.iter("testcase") for attempt in attempts_of(case)]


def refuse_doctype(content: bytes, path: Path) -> None:
    """Refuses a DOCTYPE, which can declare entities that grow without bounds."""

    def refuse(*_: object) -> None:
        raise Problem(
            f"{path} has a DOCTYPE, which is refused: a JUnit report needs none"
        )

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(content, True)


def attempts_of(case: ElementTree.Element) -> list[Case]:
    """A test's attempts, the last one last."""
    suite, test = case.get("classname") or "", case.get("name") or ""
    if not test:
        raise Problem("the JUnit report holds a test case without a name")
    file, line = case.get("file") or "", whole_number(case.get("line"))
    failure, error, skipped = (
        case.find(tag) for tag in ("failure", "error", "skipped")
    )
    found = next((part for part in (failure, error, skipped) if part is not None), None)
    outcome = "passed"
    if found is not None:
        outcome = {"failure": "failed", "error": "error", "skipped": "skipped"}[
            found.tag
        ]
    final = Case(
        suite, test, outcome, seconds(case), failure_message(found), file, line
    )
    if found is not None and not file:
        final.file, final.line = source_of(found)
    earlier = [
        Case(
            suite, test, "rerun", seconds(part), failure_message(part), *source_of(part)
        )
        for part in case
        if part.tag in RERUN_TAGS
    ]
    return [*earlier, final]


def seconds(element: ElementTree.Element) -> float:
    """The `time` of an element; some runners group its thousands."""
    value = (element.get("time") or "0").replace(",", "")
    try:
        duration = float(value)
    except ValueError:
        raise Problem(
            f"the JUnit report holds the time `{value}`, which is none"
        ) from None
    if not 0 <= duration < 1_000_000:
        raise Problem(f"the JUnit report holds the time `{value}`, which is none")
    return duration


def whole_number(value: str | None) -> int | None:
    """A line number; None for anything else."""
    return (
        int(value)
        if value and value.isascii() and value.isdigit() and int(value)
        else None
    )


def failure_message(element: ElementTree.Element | None) -> str:
    """The message of a failure, shortened."""
    if element is None:
        return ""
    body = (element.text or "").strip()
    found = element.get("message") or ""
    # nextest's attribute has only the location of a panic; the reason follows in the
    # body.
    return (body if body.startswith(found) else f"{found}\n{body}").strip()[
        :MESSAGE_LIMIT
    ]


def source_of(element: ElementTree.Element) -> tuple[str, int | None]:
    """The first file and line in a failure that belong to the repository."""
    return place_in(f"{element.get('message') or ''}\n{element.text or ''}")
