"""Holds a deploy while it checks the metrics of a version.

    "gate": {"hold": "5m"}   of the final gate; default: the longest window

A hold ends early only on a clear breach: a metric at twice its limit or more, with
enough samples, at two scrapes in a row. All other metrics are evaluated at the end of
the hold.
"""

from __future__ import annotations

import time
from decimal import Decimal

from metrics import BREACHED, FEW, Judge, Verdict
from runner import Problem, Problems, annotate, log
from settings import Table
from tables import show_table

CLEAR = Decimal(2)
COLUMNS = ("Metric", "Value", "Limit", "Samples", "Outcome", "Result")


def read_hold(root: Table, judge: Judge) -> float:
    if not root.has("gate"):
        return judge.window
    table = root.table("gate")
    hold = table.seconds("hold")
    table.done()
    return hold


def hold_and_judge(
    judge: Judge, version: str, since: float, seconds: float, heading: str
) -> None:
    """Holds for `seconds` after traffic changed; a failing metric is a problem."""
    limits, problems = judge.limits()
    if problems:
        raise Problems(problems)
    if not judge.active or judge.prometheus is None:
        log(f"no metric is judged here; holding for {seconds:g} seconds")
        time.sleep(max(0.0, seconds - (time.time() - since)))
        return
    scrape = max(0.05, judge.prometheus.scrape)
    clear: set[str] = set()
    while True:
        elapsed = max(0.0, time.time() - since)
        verdicts = judge.verdicts(version, limits, elapsed)
        breached = {verdict.metric for verdict in verdicts if verdict.excess >= CLEAR}
        if clear & breached:
            _show(heading, verdicts)
            raise Problem(
                f"{heading}: {_reasons(verdicts)}; ended after {int(elapsed)} seconds"
            )
        clear = breached
        few = [verdict.metric for verdict in verdicts if verdict.outcome == FEW]
        duration = (
            max(seconds, *(_extend(judge, name) for name in few)) if few else seconds
        )
        if elapsed >= duration:
            break
        log(
            f"{int(elapsed)} of {int(duration)} s: "
            + ", ".join(f"{verdict.metric} {_brief(verdict)}" for verdict in verdicts)
        )
        time.sleep(min(scrape, max(0.05, duration - elapsed)))
    _show(heading, verdicts)
    for verdict in verdicts:
        if verdict.policy == "skip" or (
            verdict.policy == "pass" and verdict.value == "–"
        ):
            annotate(
                "warning",
                f"{heading}: {verdict.metric} was not judged: {verdict.outcome}",
            )
    if any(verdict.failed for verdict in verdicts):
        raise Problem(f"{heading}: {_reasons(verdicts)}")


def check_running_version(judge: Judge, version: str, first: bool) -> None:
    """Checks before a deploy that the running version has samples.

    What runs before the first deploy ever need not be measured yet.
    """
    limits, problems = judge.limits()
    if problems:
        raise Problems(problems)
    verdicts = judge.verdicts(version, limits, judge.extend)
    _show(f"The running version {version}", verdicts)
    for verdict in verdicts:
        if verdict.outcome == BREACHED:
            # The deploy may be the very fix.
            annotate(
                "warning", f"the running version is over the limit of {verdict.metric}"
            )
        elif verdict.policy == "skip":
            annotate(
                "warning", f"{verdict.metric} will not be judged: {verdict.outcome}"
            )
    failed = [
        verdict
        for verdict in verdicts
        if verdict.failed and verdict.outcome != BREACHED
    ]
    if failed and first:
        annotate(
            "notice",
            f"first deploy: what runs now is not measured: {_reasons(failed)}",
        )
    elif failed:
        raise Problem(
            f"the running version: {_reasons(failed)}: a new one could not be judged"
        )


def _extend(judge: Judge, name: str) -> float:
    return next(metric.extend for metric in judge.metrics if metric.name == name)


def _show(heading: str, verdicts: list[Verdict]) -> None:
    rows = [
        (
            verdict.metric,
            verdict.value,
            verdict.limit,
            verdict.samples,
            verdict.outcome,
            verdict.result,
        )
        for verdict in verdicts
    ]
    show_table(heading, COLUMNS, rows)


def _brief(verdict: Verdict) -> str:
    return verdict.value if verdict.value != "–" else verdict.outcome


def _reasons(verdicts: list[Verdict]) -> str:
    return "; ".join(
        f"{verdict.metric} {verdict.outcome}"
        + (
            f" ({verdict.value}, limit {verdict.limit})"
            if verdict.outcome == BREACHED
            else ""
        )
        for verdict in verdicts
        if verdict.failed
    )
