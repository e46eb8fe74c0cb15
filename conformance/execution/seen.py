"""What people see of a run: the summary's table, annotations, results."""

from __future__ import annotations

import re
from dataclasses import dataclass

from runner.commands import Annotation
from runner.job import JobRun
from runner.run import Run

CELL = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True)
class Gate:
    """A row of a table of gates."""

    threshold: str
    measured: str
    verdict: str


def gates(job: JobRun) -> dict[str, Gate]:
    """The table of gates in a job's summary, by the gate's name up to its first space."""
    found = {}
    for line in job.summary.splitlines():
        cells = [cell.strip() for cell in CELL.split(line)[1:-1]]
        if len(cells) == 4 and cells[0] not in ("gate", "---"):
            found[cells[0].split(" ")[0]] = Gate(*cells[1:])
    return found


def verdicts(job: JobRun) -> dict[str, str]:
    """The verdict of each gate."""
    return {name: gate.verdict for name, gate in gates(job).items()}


def failed(job: JobRun) -> list[str]:
    """The gates that failed."""
    return [name for name, verdict in verdicts(job).items() if verdict == "failed"]


def errors(job: JobRun) -> list[Annotation]:
    """The error annotations of a job."""
    return [annotation for annotation in job.annotations if annotation.level == "error"]


def blocking(run: Run) -> list[str]:
    """The jobs for which the aggregate check does not pass."""
    passed = run.job("atom passed")
    told = [annotation.message.partition(":")[0] for annotation in errors(passed)]
    assert (passed.result == "success") == (not told), passed.log
    return told


def titled(job: JobRun, title: str) -> list[Annotation]:
    """The annotations under a title."""
    return [annotation for annotation in job.annotations if annotation.title == title]
