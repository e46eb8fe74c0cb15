"""The cases on a control plane in docs/proof.md, and the table of faults."""

from __future__ import annotations

import json
import os
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "proof.md"
BEGIN, END = "<!-- faults -->\n", "<!-- end of faults -->\n"
CASES = "<!-- deploys -->\n", "<!-- end of deploys -->\n"


def note(step: str, fault: str, outcome: str, seconds: float) -> None:
    """Keeps the outcome of a cell, if the page is to be rewritten."""
    if kept := _kept():
        cell = {"step": step, "fault": fault, "outcome": outcome, "seconds": seconds}
        with kept.open("a", encoding="utf-8") as file:
            file.write(json.dumps(cell) + "\n")


def noted(step: str, fault: str) -> bool:
    """Whether the outcome of a cell is kept, so that an accepting run can go on after an end."""
    kept = _kept()
    lines = kept.read_text("utf-8").splitlines() if kept and kept.exists() else []
    return (step, fault) in {(cell["step"], cell["fault"]) for cell in map(json.loads, lines)}


def rewrite(steps: Sequence[str], faults: Sequence[str]) -> None:
    """Rewrites the table from the outcomes that were kept, if that is asked for."""
    kept = _kept()
    if not kept or not kept.exists():
        return
    noted = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    found = {(cell["step"], cell["fault"]): cell for cell in noted}
    put((BEGIN, END), f"\n{_table(found, steps, faults)}\n")


def put(marks: tuple[str, str], content: str) -> None:
    """Replaces what the page has between two marks."""
    before, _, rest = PAGE.read_text("utf-8").partition(marks[0])
    after = rest.partition(marks[1])[2]
    PAGE.write_text(f"{before}{marks[0]}{content}{marks[1]}{after}", "utf-8")


def between(marks: tuple[str, str]) -> str:
    """What the page has between two marks."""
    return PAGE.read_text("utf-8").partition(marks[0])[2].partition(marks[1])[0]


def _table(found: dict[tuple[str, str], dict], steps: Sequence[str], faults: Sequence[str]) -> str:  # type: ignore[type-arg]
    median = statistics.median(cell["seconds"] for cell in found.values())
    whole = len(steps) * len(faults)
    lines = [f"{len(found)} of {whole} cells were run, in {median:.0f} seconds each (median)."]
    for fault in faults:
        rows = [
            f"| {step} | {found[step, fault]['outcome']} |"
            for step in steps
            if (step, fault) in found
        ]
        if rows:
            lines += ["", f"**{fault}**", "", "| Step | Outcome |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def cells() -> set[tuple[str, str]]:
    """The step and the fault of each cell of the page."""
    return set(_read(between((BEGIN, END)).splitlines()))


def _read(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    fault = ""
    for line in lines:
        if line.startswith("**"):
            fault = line.strip("*")
        elif line.startswith("| ") and not line.startswith("| Step"):
            yield line.split("|")[1].strip(), fault


def _kept() -> Path | None:
    if os.environ.get("PIPEWRIGHT_ACCEPT") != "1":
        return None
    return Path(os.environ["BENCH_CACHE"]) / "faults.jsonl"
