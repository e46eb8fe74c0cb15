"""What the validators share: a finding, a report, and how to run a program."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

Command = list[str | Path]


class Broken(Exception):
    """A validator is missing, crashed, or said nothing that can be read."""


@dataclass(frozen=True)
class Finding:
    path: Path
    line: int | None
    message: str


@dataclass
class Report:
    """What one validator said. `broken` is set where it cannot be trusted."""

    validator: str
    checked: int = 0
    findings: list[Finding] = field(default_factory=list)
    broken: str | None = None
    excepted: int = 0


def run(
    command: Command,
    *,
    expect: tuple[int, ...],
    cwd: Path | None = None,
    text: str | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Runs a program; any exit status but the expected ones means that it is broken."""
    words = [str(word) for word in command]
    name = Path(words[0]).name
    try:
        result = subprocess.run(
            words,
            cwd=cwd,
            env=environment,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Broken(f"{name} did not run: {error}") from error
    if result.returncode not in expect:
        said = (result.stderr.strip() or result.stdout.strip())[-2000:]
        raise Broken(f"{name} ended with status {result.returncode}: {said}")
    return result
