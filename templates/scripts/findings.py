"""Reports the results of the gates: step summary and annotations.

Environment: PIPEWRIGHT_RUN, the name of the test run.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from dataclasses import dataclass

from formats import code, fenced
from parameters import text
from records import Line, Record
from runner import annotate, summary, table

SHOWN = 50  # Tests listed in the summary; the annotations name all.
REPLAY_LIMIT = 20_000  # Characters of one command; far below what a shell takes.


@dataclass(frozen=True)
class Verdict:
    """A row of the table."""

    gate: str
    threshold: str
    measured: str
    verdict: str
    reason: str = ""


def report(
    verdicts: list[Verdict],
    chosen: list[Record],
    problems: list[str],
    rerun: list[tuple[Record, Line, int]],
    hint: str,
    besides: str,
) -> None:
    """Writes the summary, and an annotation per failing and per flaky test.

    `rerun` holds the tests that failed in an earlier attempt of the run, `besides` the
    part about what no gate counts.
    """
    for verdict in verdicts:
        if verdict.verdict == "failed":
            reason = f" ({verdict.reason})" if verdict.reason else ""
            annotate(
                "error",
                f"{verdict.gate}: {verdict.measured}, "
                f"asked for: {verdict.threshold}{reason}",
                title="Gate failed",
            )
    head = ("gate", "threshold", "measured", "verdict")
    rows = [(row.gate, row.threshold, row.measured, row.verdict) for row in verdicts]
    parts = [f"### Test gates: {text('PIPEWRIGHT_RUN', 'tests')}", table(head, rows)]
    parts += [
        f"- {verdict.gate}: {verdict.reason}" for verdict in verdicts if verdict.reason
    ]
    if hint:
        parts.append(hint)
    if problems:
        parts.append("**Incomplete**\n\n" + listed(problems))
    failing = [(record, line) for record in chosen for line in record.failing]
    flaky = [(record, line) for record in chosen for line in record.flaky]
    unexpected = [
        code(line.name)
        for record in chosen
        for line in record.final.values()
        if line.outcome == "xpassed"
    ]
    if failing:
        parts.append(failures(failing))
    if flaky:
        parts.append(
            "**Flaky: passed only when tried again**\n\n" + listed(flakes(flaky))
        )
    if rerun:
        parts.append(
            "**Flaky: passed only in a re-run**\n\n" + listed(flakes_of_runs(rerun))
        )
    if besides:
        parts.append(besides)
    if unexpected:
        names = listed(sorted(set(unexpected)))
        parts.append(f"**Expected to fail, but passed: remove the mark**\n\n{names}")
    summary("\n\n".join(parts))


def listed(items: list[str]) -> str:
    """A Markdown list, cut off at the size that the summary allows."""
    lines = [f"- {item}" for item in items[:SHOWN]]
    if len(items) > SHOWN:
        lines.append(f"- and {len(items) - SHOWN} more")
    return "\n".join(lines)


def grouped(found: list[tuple[Record, Line]]) -> dict[str, list[tuple[Record, Line]]]:
    """Groups the results of a test in all versions, to report them once."""
    groups: defaultdict[str, list[tuple[Record, Line]]] = defaultdict(list)
    for record, line in found:
        groups[line.name].append((record, line))
    return dict(sorted(groups.items()))


def places(group: list[tuple[Record, Line]]) -> str:
    """The shards and seeds of a group of results."""
    return "; ".join(
        f"{record.label}{'' if record.seed is None else f', seed {record.seed}'}"
        for record, _ in group
    )


def flakes(found: list[tuple[Record, Line]]) -> list[str]:
    """Annotates the flaky tests."""
    listing = []
    for name, group in grouped(found).items():
        line = group[0][1]
        tried = max(record.tried[name] for record, _ in group)
        message = f"{name} passed only in attempt {tried} ({places(group)})"
        annotate("warning", message, line.file, line.line, title="Flaky test")
        listing.append(f"{code(name)}: attempt {tried} ({places(group)})")
    return listing


def flakes_of_runs(found: list[tuple[Record, Line, int]]) -> list[str]:
    """Annotates the tests that failed in an earlier attempt of the run."""
    listing = []
    for record, line, attempt in sorted(found, key=lambda entry: entry[1].name):
        failed = f"failed in attempt {attempt} of this run"
        what = f"{failed} and passed in attempt {record.attempt}"
        message = f"{line.name} {what} ({record.label})"
        annotate("warning", message, line.file, line.line, title="Flaky test")
        listing.append(f"{code(line.name)}: {what} ({record.label})")
    return listing


def failures(found: list[tuple[Record, Line]]) -> str:
    """Annotates the failing tests, each with the command that repeats it."""
    groups = grouped(found)
    parts = ["**Failing**"]
    for index, (name, group) in enumerate(groups.items()):
        record, line = group[0]
        command = replay(record, line)
        hint = f"\nreplay: {command}" if command and len(command) < 1000 else ""
        annotate(
            "error",
            f"{name}: {line.message or line.outcome}\n({places(group)}){hint}",
            line.file,
            line.line,
            title="Test could not be collected" if line.collection else "Test failed",
        )
        if index < SHOWN:
            body = [fenced(line.message)] if line.message else []
            body += (
                ["In one process, in the same order:", fenced(command)]
                if command
                else []
            )
            fold = [f"<details><summary>{html(name)}</summary>", places(group), *body]
            parts.append("\n\n".join([*fold, "</details>"]))
    if len(groups) > SHOWN:
        parts.append(f"and {len(groups) - SHOWN} more")
    return "\n\n".join(parts)


def html(value: str) -> str:
    """Escapes a test id for HTML."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def replay(record: Record, line: Line) -> str:
    """The command that repeats the worker's tests up to the failing one, in one
    process.

    The seed alone does not reproduce a failure under xdist: it fixes the order of
    collection, but not which worker runs which tests.
    """
    if not record.replay or line.collection:
        return ""
    tests = [line] if record.isolated else record.before(line)
    command = shlex.join(
        [*record.replay, *dict.fromkeys(p for test in tests for p in test.select)]
    )
    if line.replay:
        command = shlex.join(line.replay)
    if len(command) > REPLAY_LIMIT:
        command = shlex.join([*record.replay, *line.select])
        command = (
            f"# {len(tests) - 1} tests ran before; the record lists them\n{command}"
        )
    return (
        command
        if record.directory == "."
        else f"cd {shlex.quote(record.directory)}\n{command}"
    )
