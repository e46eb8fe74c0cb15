"""Merges and evaluates the coverage of all shards.

Environment:
  PIPEWRIGHT_DATA             the folder of the shards' artifacts: coverage data and
                              the record beside it; the newest attempt of a shard
                              counts
  PIPEWRIGHT_KIND             `coverage`: .coverage files of coverage.py; `lcov`:
                              lcov.info files
  PIPEWRIGHT_EXPECTED_SHARDS  the number of shards that must have data
  PIPEWRIGHT_FLOOR            the minimum coverage (TQ-05), of lines, and branches if
                              measured: a share from 0 to 1, or `ratchet`: the newest
                              value of the history
  PIPEWRIGHT_PATCH_FLOOR      the minimum coverage of changed lines; empty: no gate
  PIPEWRIGHT_BASE             the revision to compare HEAD with; empty: no pull
                              request
  PIPEWRIGHT_ROOT             the component's folder from the root of the repository;
                              the script runs in the root of the repository
  PIPEWRIGHT_RUN              the name of the test run
  PIPEWRIGHT_REPORT           the folder to write lcov.info to, and HTML where
                              coverage.py measured; empty: no report
  PIPEWRIGHT_COMMENT          the file to write the text of the summary to, for a
                              pull request; empty: none
  PIPEWRIGHT_HISTORY          the history of earlier runs; missing: none
  PIPEWRIGHT_HISTORY_OUT      where to write the history to, with
                              PIPEWRIGHT_RECORD_HISTORY
  PIPEWRIGHT_RECORD_HISTORY   `true` on the deploying branch: this run is added to it,
                              unless data was lost
  GITHUB_REPOSITORY_ID, GITHUB_RUN_ID, GITHUB_SHA, GITHUB_WORKSPACE   of the runner

Exit status 1 below a floor, and where a shard's data is missing. Data that a crashed
worker lost is reported; the coverage is then at least what was measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from coverage_data import Coverage, from_coverage_py, from_lcov, write_lcov
from coverage_history import (
    DRAWN,
    Entry,
    drawn_history,
    extended_history,
    newest_share,
    restored_history,
    write_history,
)
from formats import code, percent
from parameters import flag, integer, ratio, text
from patch import changed_lines, git
from runner import Problem, annotate, summary, table
from shards import DATA_FILES, Shard, lost_data, shards_in

ANNOTATED = 20
COMMENT_LIMIT = 5_000
TOLERANCE = Fraction(1, 10_000)  # A hundredth of a percent, of a ratchet alone.


@dataclass(frozen=True)
class Patch:
    """Coverage of the changed lines that can be executed."""

    covered: int
    total: int
    missing: list[tuple[str, list[int]]]


def judge_coverage() -> int:
    """Evaluates the coverage."""
    earlier = restored_history(text("PIPEWRIGHT_HISTORY", ""))
    floor = total_floor(earlier)
    patch_floor = text("PIPEWRIGHT_PATCH_FLOOR", "")
    required = ratio("PIPEWRIGHT_PATCH_FLOOR", patch_floor) if patch_floor else None
    base = text("PIPEWRIGHT_BASE", "")
    shards = measured_shards()
    coverage = measured(shards)
    lost = lost_data(shards)
    for problem in lost:
        annotate("warning", problem, title="Coverage data lost")
    rows = [total_row(coverage, floor, partial=bool(lost))]
    if required is not None:
        patch = patch_of(coverage, changed_lines(base)) if base else None
        rows.append(patch_row(patch, required))
    for gate, threshold, found, verdict in rows:
        if verdict == "failed":
            annotate(
                "error", f"{gate}: {found}, asked for: {threshold}", title="Gate failed"
            )
    title = f"### Coverage: {text('PIPEWRIGHT_RUN', 'tests')}"
    parts = [title, table(("gate", "threshold", "measured", "verdict"), rows)]
    parts += [f"- {problem}" for problem in lost]
    write_comment("\n\n".join(parts))
    entries = recorded(earlier, None if lost else coverage)
    if entries:
        parts.append(
            f"The last {min(len(entries), DRAWN)} runs of the deploying branch:"
        )
        parts.append(drawn_history(entries))
    summary("\n\n".join(parts))
    return 1 if any(row[3] == "failed" for row in rows) else 0


def write_comment(content: str) -> None:
    """Writes the text for a pull request, which has a limit of 65,536 characters for
    all runs together.
    """
    given = text("PIPEWRIGHT_COMMENT", "")
    if given:
        path = Path(given)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{content[:COMMENT_LIMIT]}\n", encoding="utf-8")


def total_floor(earlier: list[Entry]) -> Fraction | None:
    """The floor of all lines; none for a ratchet without a history."""
    given = text("PIPEWRIGHT_FLOOR")
    return (
        newest_share(earlier)
        if given == "ratchet"
        else ratio("PIPEWRIGHT_FLOOR", given)
    )


def measured_shards() -> list[Shard]:
    """The data of every shard."""
    kind = text("PIPEWRIGHT_KIND")
    if kind not in DATA_FILES:
        raise Problem(f"PIPEWRIGHT_KIND must be `coverage` or `lcov`, not `{kind}`")
    expected = integer("PIPEWRIGHT_EXPECTED_SHARDS", 1, 1000)
    return shards_in(
        Path(text("PIPEWRIGHT_DATA")), kind, text("PIPEWRIGHT_RUN", ""), expected
    )


def measured(shards: list[Shard]) -> Coverage:
    """The merged coverage of all shards."""
    lcov, root = text("PIPEWRIGHT_KIND") == "lcov", Path(text("PIPEWRIGHT_ROOT", "."))
    given = text("PIPEWRIGHT_REPORT", "")
    report = Path(given).resolve() if given else None
    if lcov:
        coverage = from_lcov(shards, root)
    else:
        coverage = from_coverage_py(shards, root, report)
    if report is not None:
        write_lcov(report / "lcov.info", coverage)
    if coverage.total == 0:
        raise Problem(
            "no line was measured; check the paths that coverage is measured of"
        )
    return coverage


def total_row(
    coverage: Coverage, floor: Fraction | None, partial: bool
) -> tuple[str, str, str, str]:
    """TQ-05; with partial data, the measured share is a lower bound."""
    share = Fraction(coverage.covered, coverage.total)
    found = f"{percent(share)} ({coverage.covered} of {coverage.total} {coverage.unit})"
    if partial:
        found = f"at least {found}, as data was lost"
    ratchet = text("PIPEWRIGHT_FLOOR") == "ratchet"
    if floor is None:
        return (
            "TQ-05 coverage",
            "no lower than before",
            f"{found}, no history yet",
            "passed",
        )
    verdict = "passed" if share >= floor - (TOLERANCE if ratchet else 0) else "failed"
    asked = "no lower than before:" if ratchet else "at least"
    return ("TQ-05 coverage", f"{asked} {percent(floor)}", found, verdict)


# ── the changed lines ─────────────────────────────────────────────────────────────────


def patch_of(coverage: Coverage, changed: dict[str, set[int]]) -> Patch:
    """The executable lines among the changed ones, and those that were executed."""
    covered = total = 0
    missing = []
    for path, lines in sorted(changed.items()):
        hits = coverage.files.get(path, {})
        executable = sorted(lines & hits.keys())
        open_lines = [line for line in executable if not hits[line]]
        total += len(executable)
        covered += len(executable) - len(open_lines)
        if open_lines:
            missing.append((path, open_lines))
    return Patch(covered, total, missing)


def patch_row(patch: Patch | None, floor: Fraction) -> tuple[str, str, str, str]:
    """The gate of a pull request, with an annotation per run of uncovered lines."""
    gate, threshold = "patch coverage", f"at least {percent(floor)}"
    if patch is None:
        return (gate, threshold, "not a pull request", "not run")
    if patch.total == 0:
        return (gate, threshold, "no changed line can be executed", "passed")
    spans = [(path, *span) for path, lines in patch.missing for span in runs(lines)]
    for path, first, last in spans[:ANNOTATED]:
        where = f"line {first} is" if first == last else f"lines {first} to {last} are"
        annotate(
            "warning",
            f"{where} not covered by a test",
            path,
            first,
            title="Not covered",
        )
    if len(spans) > ANNOTATED:
        annotate(
            "notice", f"{len(spans) - ANNOTATED} more places are not covered by a test"
        )
    share = Fraction(patch.covered, patch.total)
    found = f"{percent(share)} ({patch.covered} of {patch.total} changed lines)"
    if patch.missing:
        found += (
            f", not all of {', '.join(code(path) for path, _ in patch.missing[:5])}"
        )
    return (gate, threshold, found, "passed" if share >= floor else "failed")


def runs(lines: list[int]) -> list[tuple[int, int]]:
    """Ranges of adjacent lines."""
    found: list[tuple[int, int]] = []
    for line in lines:
        if found and line == found[-1][1] + 1:
            found[-1] = (found[-1][0], line)
        else:
            found.append((line, line))
    return found


def recorded(entries: list[Entry], coverage: Coverage | None) -> list[Entry]:
    """The history, plus this run if its data is complete."""
    if not flag("PIPEWRIGHT_RECORD_HISTORY"):
        return entries
    if coverage is not None:
        committed = int(git("show", "--no-patch", "--format=%ct", "HEAD"))
        entries = extended_history(entries, coverage.covered, coverage.total, committed)
    write_history(Path(text("PIPEWRIGHT_HISTORY_OUT")), entries)
    return entries
