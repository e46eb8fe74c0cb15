"""Evaluates the quality gates of a test run by its records.

Completeness comes first, then TQ-01 to TQ-04. No test runs again, and every gate is
evaluated, even after one has failed.

Environment:
  PIPEWRIGHT_RECORDS      the folder with the records of the shards
  PIPEWRIGHT_EXPECTED     JSON [{"version": "3.12", "shards": 4}, …], the expected
                          records; those with "optional": true are reported, and no
                          gate counts them
  PIPEWRIGHT_SEEDS        JSON list of the expected seeds; empty: one seed, which is
                          unknown
  PIPEWRIGHT_GATES        JSON {"order": "random" | "fixed" | "isolated", "pass-rate":
                          1.0, "slowest": seconds or null, "repeat": bool,
                          "skipped-counts": bool}
  PIPEWRIGHT_QUARANTINE   optional: JSON [{"path", "reason", "issue", "until":
                          "2027-03-31"}], tests that do not run; an entry past its
                          last day fails
  PIPEWRIGHT_RUN          the name of the test run; other records are ignored;
                          empty: all
  PIPEWRIGHT_SHARDS_END   optional: `with-status` where a shard fails with its tests,
                          `green` where the pass rate allows failures; decides which
                          re-run is recommended
  PIPEWRIGHT_TIMINGS_OUT  optional: the file for the timings that the next run plans
                          by; written only if the run is complete

The pass rate excludes skipped tests and expected failures (xfailed, xpassed);
`skipped-counts` adds skipped tests to its denominator.

Exit status 1 if the run is incomplete or a gate fails.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from completeness import Expected, complete
from findings import SHOWN, Verdict, report
from formats import code, percent, write_json
from optional import optional_versions
from parameters import parsed, ratio, text
from records import Line, Record, read_records, recovered
from runner import Problem, annotate

ORDERS = ("random", "fixed", "isolated")
GROWTH = 2  # The largest factor by which a timing grows from run to run.
SHORT = Decimal("0.1")  # Seconds; shorter timings grow as if they were this long.


@dataclass(frozen=True)
class Gates:
    """The gates of a test run."""

    order: str
    pass_rate: Fraction
    slowest: Decimal | None
    repeat: bool
    skipped_counts: bool


def judge_tests() -> int:
    """Evaluates the gates."""
    gates, asked = read_gates(), read_expected()
    expected = [entry for entry in asked if not entry.optional]
    optional = [entry for entry in asked if entry.optional]
    found, broken = read_records(
        Path(text("PIPEWRIGHT_RECORDS")), text("PIPEWRIGHT_RUN", "")
    )
    apart = {entry.version for entry in optional}
    records = [record for record in found if record.version not in apart]
    chosen, problems = complete(expected, records)
    problems = broken + problems
    verdicts = [
        whole(expected, chosen, problems),
        random_order(gates, chosen),
        pass_rate(gates, chosen),
        slowest(gates, chosen),
        same_again(gates, chosen),
        *quarantine(),
    ]
    for problem in problems:
        annotate("error", problem, title="Incomplete test run")
    report(
        verdicts,
        chosen,
        problems,
        recovered(records, chosen),
        rerun_hint(verdicts, chosen, problems),
        optional_versions(optional, found),
    )
    out = text("PIPEWRIGHT_TIMINGS_OUT", "")
    if out and not problems:
        write_json(Path(out), timings(chosen))
    return 1 if any(verdict.verdict == "failed" for verdict in verdicts) else 0


def rerun_hint(
    verdicts: list[Verdict], chosen: list[Record], problems: list[str]
) -> str:
    """Advice for a failed gate behind green shards: their records stay the same."""
    ends = text("PIPEWRIGHT_SHARDS_END", "")
    if ends not in ("", "with-status", "green"):
        raise Problem("PIPEWRIGHT_SHARDS_END must be `with-status` or `green`")
    failed = [verdict for verdict in verdicts if verdict.verdict == "failed"]
    red = ends == "with-status" and any(record.failing for record in chosen)
    if not failed or not ends or problems or red:
        return ""
    return (
        "No shard failed, so *Re-run failed jobs* evaluates the same results again. "
        "*Re-run all jobs* runs the tests again."
    )


# ── the parameters ────────────────────────────────────────────────────────────────────


def read_gates() -> Gates:
    """Reads PIPEWRIGHT_GATES; an unknown key may be a threshold, so it is refused."""
    name = "PIPEWRIGHT_GATES"
    given = parsed(name)
    known = ("order", "pass-rate", "slowest", "repeat", "skipped-counts")
    if not isinstance(given, dict) or set(given) - set(known):
        raise Problem(
            f"{name} must be a JSON object with only the keys {', '.join(known)}"
        )
    if given.get("order") not in ORDERS:
        raise Problem(f"{name}: `order` must be one of {', '.join(ORDERS)}")
    for key in ("repeat", "skipped-counts"):
        if not isinstance(given.get(key, False), bool):
            raise Problem(f"{name}: `{key}` must be true or false")
    limit = given.get("slowest")
    if limit is not None:
        if (
            isinstance(limit, bool)
            or not isinstance(limit, int | Decimal)
            or not limit > 0
        ):
            raise Problem(
                f"{name}: `slowest` must be a number of seconds above 0, or null"
            )
        limit = Decimal(limit)
    return Gates(
        order=given["order"],
        pass_rate=ratio(f"{name}: `pass-rate`", given.get("pass-rate")),
        slowest=limit,
        repeat=given.get("repeat", False),
        skipped_counts=given.get("skipped-counts", False),
    )


def read_expected() -> list[Expected]:
    """Every version × seed, with its number of shards."""
    entries, seeds = parsed("PIPEWRIGHT_EXPECTED"), parsed("PIPEWRIGHT_SEEDS", "[]")
    if not isinstance(seeds, list) or not all(_is_whole(seed) for seed in seeds):
        raise Problem("PIPEWRIGHT_SEEDS must be a JSON list of seeds")
    if len(set(seeds)) != len(seeds):
        raise Problem("PIPEWRIGHT_SEEDS contains a seed twice")
    name = "PIPEWRIGHT_EXPECTED"
    if not isinstance(entries, list) or not entries:
        raise Problem(f"{name} must be a JSON list with at least one entry")
    found: dict[str, tuple[int, bool]] = {}
    for entry in entries:
        if not isinstance(entry, dict) or not _is_whole(entry.get("shards")):
            raise Problem(
                f'{name}: an entry must be like {{"version": "3.12", "shards": 4}}'
            )
        version = str(entry.get("version", ""))
        if version in found or entry["shards"] < 1:
            raise Problem(f"{name}: `{version}` is a duplicate, or has no shard")
        found[version] = entry["shards"], entry.get("optional") is True
    if all(optional for _, optional in found.values()):
        raise Problem(f"{name}: every version is optional")
    return [
        Expected(version, shards, seed, optional)
        for version, (shards, optional) in found.items()
        for seed in (seeds or [None])
    ]


def quarantine() -> list[Verdict]:
    """The row of quarantined tests, which fails after the last day of one."""
    name = "PIPEWRIGHT_QUARANTINE"
    entries = parsed(name, "[]")
    if not isinstance(entries, list) or not all(
        isinstance(entry, dict) for entry in entries
    ):
        raise Problem(f"{name} must be a JSON list of objects")
    over = []
    for entry in entries:
        try:
            until = date.fromisoformat(str(entry.get("until")))
        except ValueError as error:
            raise Problem(f"{name}: `until` must be a day, like 2027-03-31") from error
        if today() > until:
            over.append(f"{entry.get('path')} (until {until}: {entry.get('reason')})")
    if not entries:
        return []
    paths = ", ".join(str(entry.get("path")) for entry in entries)
    verdict = "failed" if over else "passed"
    reason = (
        f"the last day is over: {'; '.join(over)}" if over else f"left out: {paths}"
    )
    return [
        Verdict("Quarantine", "until its last day", str(len(entries)), verdict, reason)
    ]


def today() -> date:
    """The day in UTC."""
    return date.fromisoformat(time.strftime("%Y-%m-%d", time.gmtime()))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


# ── the gates ─────────────────────────────────────────────────────────────────────────


def whole(
    expected: list[Expected], chosen: list[Record], problems: list[str]
) -> Verdict:
    """Completeness, which all other gates rely on."""
    shards = sum(entry.shards for entry in expected)
    finished = sum(record.exit is not None for record in chosen)
    executed = sum(len(record.final) for record in chosen)
    measured = f"{finished} of {shards} shards, {executed} tests executed"
    if any(record.collected is None for record in chosen):
        measured += " (the runner does not list its tests)"
    verdict = "failed" if problems else "passed"
    return Verdict("complete", "every shard, executed = collected", measured, verdict)


def random_order(gates: Gates, chosen: list[Record]) -> Verdict:
    """TQ-01: the order of the tests does not hide dependencies between them."""
    gate = "TQ-01 order"
    if gates.order == "fixed":
        return Verdict(gate, "fixed", "as collected", "passed")
    if gates.order == "isolated":
        others = [record.label for record in chosen if not record.isolated]
        measured = (
            "a process per test" if chosen and not others else "tests share a process"
        )
        verdict = "failed" if others or not chosen else "passed"
        return Verdict(gate, "isolated", measured, verdict, ", ".join(others))
    fixed = [record.label for record in chosen if not shuffled(record)]
    seeds = sorted(
        {str(record.seed) for record in chosen if record.seed is not None}, key=int
    )
    if fixed or not chosen:
        reason = (
            f"not shuffled by the recorded seed: {', '.join(fixed)}"
            if fixed
            else "no record"
        )
        return Verdict(gate, "random", "not random", "failed", reason)
    return Verdict(gate, "random", f"seed {', '.join(seeds)}", "passed")


def shuffled(record: Record) -> bool:
    """Returns whether the recorded seed ordered the tests, if the shard had any."""
    ordered = record.shuffle == record.seed or not record.selected
    return record.seed is not None and ordered


def pass_rate(gates: Gates, chosen: list[Record]) -> Verdict:
    """TQ-02: passed / (passed + failed + error), by final attempts."""
    gate, threshold = "TQ-02 pass rate", f"at least {percent(gates.pass_rate)}"
    count = Counter(line.outcome for record in chosen for line in record.final.values())
    count["error"] += sum(len(record.uncollectable) for record in chosen)
    judged = count["passed"] + count["failed"] + count["error"]
    if gates.skipped_counts:
        judged += count["skipped"]
    besides = [
        f"{count[outcome]} {outcome}"
        for outcome in ("failed", "error", "skipped", "xfailed", "xpassed")
        if count[outcome]
    ]
    if judged == 0:
        reason = "no test passed or failed, so there is no rate"
        return Verdict(
            gate, threshold, ", ".join(besides) or "no test", "failed", reason
        )
    rate = Fraction(count["passed"], judged)
    counts = ", ".join([f"{count['passed']} of {judged} passed", *besides])
    measured = f"{percent(rate)} ({counts})"
    return Verdict(
        gate, threshold, measured, "passed" if rate >= gates.pass_rate else "failed"
    )


def slowest(gates: Gates, chosen: list[Record]) -> Verdict:
    """TQ-03: no attempt of a test takes longer than the limit."""
    gate = "TQ-03 slowest test"
    taken = [
        (seconds, name, record)
        for record in chosen
        for name, seconds in record.slowest.items()
    ]
    if not taken:
        return Verdict(
            gate, limit_text(gates), "no test", "failed" if gates.slowest else "not set"
        )
    longest = max(taken, key=lambda entry: entry[0])
    measured = f"{longest[0].normalize():f} s: {code(longest[1])}"
    if gates.slowest is None:
        return Verdict(gate, "none", measured, "not set")
    late = sorted(
        (entry for entry in taken if entry[0] > gates.slowest), key=lambda e: -e[0]
    )
    for seconds, name, record in late:
        line = record.final.get(name)
        annotate(
            "error",
            f"{name} took {seconds.normalize():f} s, the limit is {gates.slowest:f} s",
            line.file if line else "",
            line.line if line else None,
            title="Slow test",
        )
    return Verdict(gate, limit_text(gates), measured, "failed" if late else "passed")


def limit_text(gates: Gates) -> str:
    """The limit of TQ-03."""
    return "none" if gates.slowest is None else f"at most {gates.slowest:f} s"


def same_again(gates: Gates, chosen: list[Record]) -> Verdict:
    """TQ-04: a test's outcome does not depend on the order."""
    gate, threshold = "TQ-04 repeat", "the same outcomes under a second seed"
    outcomes: defaultdict[tuple[str, str], dict[int | None, Line]] = defaultdict(dict)
    seeds: set[int | None] = set()
    for record in chosen:
        seeds.add(record.seed)
        for name, line in record.final.items():
            outcomes[record.version, name][record.seed] = line
    if len(seeds) < 2:
        again = (
            "this run has one seed; the repeat has its own runs"
            if gates.repeat
            else "not set"
        )
        return Verdict(gate, threshold if gates.repeat else "none", again, "not run")
    differing = []
    for (version, name), by_seed in sorted(outcomes.items()):
        if (
            len(by_seed) == len(seeds)
            and len({line.outcome for line in by_seed.values()}) == 1
        ):
            continue
        detail = ", ".join(
            f"{outcome_of(by_seed.get(seed))} under seed {seed}"
            for seed in sorted(seeds, key=str)
        )
        differing.append(f"{code(name)}{f' ({version})' if version else ''}: {detail}")
        line = next(iter(by_seed.values()))
        annotate(
            "error",
            f"{name}: {detail}",
            line.file,
            line.line,
            title="Depends on the order",
        )
    measured = f"{len(differing)} of {len(outcomes)} differ"
    verdict = "failed" if differing else "passed"
    return Verdict(gate, threshold, measured, verdict, "; ".join(differing[:SHOWN]))


def outcome_of(line: Line | None) -> str:
    """The outcome of a test, which may not have run."""
    return line.outcome if line else "not run"


def timings(chosen: list[Record]) -> dict[str, float]:
    """The timings of all tests that exist now, for the next plan; the slowest version
    counts.

    The first test of a process also pays for shared imports and fixtures, and the next
    run has another first test. So a timing falls at once, but grows slowly.
    """
    found: dict[str, Decimal] = {}
    maximum: dict[str, Decimal] = {}
    for record in chosen:
        for name, seconds in record.known.items():
            maximum[name] = max(seconds, SHORT) * GROWTH
        for name, line in record.final.items():
            found[name] = max(found.get(name, Decimal(0)), line.duration)
    return {
        name: float(min(found[name], maximum.get(name, found[name])))
        for name in sorted(found)
    }
