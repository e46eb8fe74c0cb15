"""Tables in the log and in the step summary."""

from __future__ import annotations

from collections.abc import Sequence

from runner import log, scrub, summary, table


def show_table(
    heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """A table in the summary, and the same rows in the log."""
    # Here and not in `summary`: a secret with a bar in it would no longer be found.
    clean = [[" ".join(scrub(cell).split()) for cell in row] for row in rows]
    shown = [[cell.replace("<", "&lt;") for cell in row] for row in clean]
    summary(f"### {heading}\n\n{table(columns, shown)}")
    for row in clean:
        log("  " + " | ".join(row))
