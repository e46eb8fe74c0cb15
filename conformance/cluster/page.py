"""The cases on a control plane in docs/proof.md, and the table of faults."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "proof.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end of faults -->\n"
CASES = "<!-- deploys -->\n", "<!-- end of deploys -->\n"


def note(step: str, fault: str, outcome: str) -> None:
    """Keeps the outcome of a cell, if the page is to be rewritten."""
    if kept := _kept():
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps([step, fault, outcome]) + "\n")


def noted(step: str, fault: str) -> bool:
    """Whether an accepting run has the outcome of a cell already: kept, or on the page."""
    return (step, fault) in _outcomes() if _kept() else False


def rewrite(steps: Sequence[str], faults: Sequence[str]) -> None:
    """Adds the outcomes that were kept to the table, if that is asked for."""
    if _kept():
        put((BEGIN, END), f"\n{_table(_outcomes(), steps, faults)}\n")


def put(marks: tuple[str, str], content: str) -> None:
    """Replaces what the page has between two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(marks[0])
    after = rest.partition(marks[1])[2]
    PAGE.write_text(f"{before}{marks[0]}{content}{marks[1]}{after}", "utf-8")


def between(marks: tuple[str, str]) -> str:
    """What the page has between two marks."""
    return PAGE.read_text("utf-8").partition(marks[0])[2].partition(marks[1])[0]


def cells() -> dict[tuple[str, str], str]:
    """The outcome of each step and fault on the page."""
    return dict(_read(between((BEGIN, END)).splitlines()))


def _outcomes() -> dict[tuple[str, str], str]:
    kept = _kept()
    lines = kept.read_text("utf-8").splitlines() if kept and kept.exists() else []
    return cells() | {(step, fault): outcome for step, fault, outcome in map(json.loads, lines)}


def _table(found: dict[tuple[str, str], str], steps: Sequence[str], faults: Sequence[str]) -> str:
    lines = [f"{len(found)} of {len(steps) * len(faults)} cells were run."]
    for fault in faults:
        rows = [f"| {step} | {found[step, fault]} |" for step in steps if (step, fault) in found]
        if rows:
            lines += ["", f"**{fault}**", "", "| Step | Outcome |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _read(lines: Iterable[str]) -> Iterable[tuple[tuple[str, str], str]]:
    fault = ""
    for line in lines:
        if line.startswith("**"):
            fault = line.strip("*")
        elif line.startswith("| ") and not line.startswith("| Step"):
            _, step, outcome, _ = line.split("|")
            yield (step.strip(), fault), outcome.strip()


def _kept() -> Path | None:
    if os.environ.get("PIPEWRIGHT_ACCEPT") != "1":
        return None
    return Path(os.environ["BENCH_CACHE"]) / "faults.jsonl"
