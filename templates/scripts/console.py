"""What a script says to the runner: annotations, masks, groups, the summary and outputs.

Everything printed goes through `say`, which blanks the secrets that this process has read:
the runner masks them as well, but only where a secret's whole value stands on one line.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

# Blanking a shorter value would blank half of every sentence.
SHORTEST_SECRET = 4
CANCELLED = 130

_secrets: set[str] = set()


class Problem(Exception):
    """Something that a maintainer must hear; `help` says what to do about it."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help

    def __str__(self) -> str:
        message = super().__str__()
        return f"{message}. {self.help}" if self.help else message


class Problems(Exception):
    """Several problems, each of which gets its own annotation."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = list(problems)


class Cancelled(BaseException):
    """The runner asks this step to end. Not an `Exception`, so no handler takes it for a fault."""


def blank(secret: str) -> None:
    """Keeps a secret out of everything printed from here on, also where JSON quotes it."""
    for line in [secret, *secret.splitlines()]:
        text = line.strip()
        if len(text) >= SHORTEST_SECRET:
            _secrets.update(
                {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
            )


def scrub(text: str) -> str:
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def say(text: str) -> None:
    # The runner's older kind of command is read wherever in a line it stands.
    print(scrub(text).replace("##[", "## ["), flush=True)


def quote(text: str) -> None:
    """Prints text that others wrote, so that none of its lines is read as a workflow command.

    The runner looks behind leading blanks, so these alone would not do.
    """
    for line in text.splitlines():
        say(f"  | {line}")


def error(message: str) -> None:
    _annotate("error", message)


def warning(message: str) -> None:
    _annotate("warning", message)


def notice(message: str) -> None:
    _annotate("notice", message)


def mask(value: str) -> None:
    """Hides a value made during this job, which the runner cannot know: no other line names it."""
    if value.strip():
        print(f"::add-mask::{_data(value)}", flush=True)
        blank(value)


def summary(markdown: str) -> None:
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(scrub(markdown).rstrip("\n") + "\n\n")


def table(heading: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """A table in the summary, and the same rows in the log."""
    lines = [f"### {heading}", "", _row(columns), _row(["---"] * len(columns))]
    # Here and not in `summary`: a secret with a bar in it would no longer be found.
    clean = [[" ".join(scrub(cell).split()) for cell in row] for row in rows]
    lines += [_row(row) for row in clean]
    summary("\n".join(lines))
    for row in clean:
        say("  " + " | ".join(row))


def output(name: str, value: str) -> None:
    path = os.environ.get("GITHUB_OUTPUT")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{name}={' '.join(value.split())}\n")


def run(body: Callable[[], None]) -> int:
    """Runs a script's body; turns each problem into one annotation and an exit status."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _cancel)
    try:
        body()
    except Problems as found:
        for problem in found.problems:
            error(str(problem))
        return 1
    except Problem as problem:
        error(str(problem))
        return 1
    except Cancelled:
        error("cancelled before this step was done")
        return CANCELLED
    except Exception as fault:
        # The type and place are enough for a report; a message could quote a secret.
        error(f"a fault in Pipewright's own script: {type(fault).__name__} at {_place(fault)}")
        return 1
    return 0


def _cancel(_number: int, _frame: FrameType | None) -> None:
    raise Cancelled


def _annotate(kind: str, message: str) -> None:
    print(f"::{kind}::{_data(scrub(message))}", flush=True)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _row(cells: Sequence[str]) -> str:
    clean = (" ".join(cell.split()).replace("|", "\\|").replace("<", "&lt;") for cell in cells)
    return "| " + " | ".join(clean) + " |"


def _place(fault: Exception) -> str:
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "an unknown place"
    return f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"


if __name__ == "__main__":
    sys.exit("this file is a library of the scripts beside it")
