"""Reports versions that may fail, which no gate counts."""

from __future__ import annotations

from completeness import Expected, complete
from findings import SHOWN, listed
from formats import code
from records import Record
from runner import annotate


def optional_versions(expected: list[Expected], records: list[Record]) -> str:
    """The part of the summary about them, with a warning for each that failed."""
    parts = []
    for version in dict.fromkeys(entry.version for entry in expected):
        entries = [entry for entry in expected if entry.version == version]
        own = [record for record in records if record.version == version]
        chosen, problems = complete(entries, own)
        failing = sorted({line.name for record in chosen for line in record.failing})
        executed = len({name for record in chosen for name in record.final})
        if not problems and not failing:
            parts.append(f"{version}: passed, executed tests: {executed}")
            continue
        what = f"{len(failing)} of {executed} tests failed"
        if problems:
            what = f"incomplete, {what}"
        annotate("warning", f"{version}: {what}", title="Optional version failed")
        found = [*problems, *(code(name) for name in failing)]
        parts.append(f"{version}: {what}\n\n{listed(found[:SHOWN])}")
    if not parts:
        return ""
    return "**Optional versions, which do not count**\n\n" + "\n\n".join(parts)
