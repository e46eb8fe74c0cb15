"""The sessions of nox.

Source: <https://nox.thea.codes/en/stable/usage.html>
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from environment_tools import EnvironmentTool, Listed, Result, apart
from runner import Problem

NOX_RUNNING = re.compile(r"nox > Running session (.+)")
NOX_OUTCOMES = {"success": "passed", "skipped": "skipped"}


class Nox(EnvironmentTool):
    """nox."""

    def list_command(self, choice: Sequence[str]) -> list[str]:
        """The sessions that it would run, as JSON."""
        return ["--list", "--json", *choice]

    def listed(self, output: str) -> list[Listed]:
        """The last line; a noxfile may print others."""
        lines = [line for line in output.splitlines() if line.startswith("[")]
        try:
            found = json.loads(lines[-1])
            return [Listed(str(one["session"]), version(one)) for one in found]
        except (IndexError, ValueError, KeyError, TypeError) as error:
            raise Problem(f"`nox --list --json` printed no list: {error!r}") from error

    def run_command(
        self,
        names: Sequence[str],
        report: str,
        workers: str,
        arguments: Sequence[str],
    ) -> list[str]:
        """All in one call: a session may ask for another one to run after all."""
        options, rest = apart(arguments)
        chosen = ["--session", *names, "--report", report, "--non-interactive"]
        return [*chosen, *options, *rest]

    def results(self, report: str, output: Sequence[str]) -> dict[str, Result]:
        """Every session that ended; an older nox does not report the time."""
        found = {}
        for one in json.loads(report or "{}").get("sessions", []):
            name = (one.get("signatures") or [one["name"]])[0]
            outcome = NOX_OUTCOMES.get(one["result"], "failed")
            seconds = float(one.get("duration") or 0)
            found[str(name)] = Result(outcome, seconds, str(one.get("reason") or ""))
        return found

    def started(self, line: str) -> str:
        """`nox > Running session tests-3.12`."""
        match = NOX_RUNNING.fullmatch(line)
        return match[1] if match else ""

    def is_summary(self, line: str) -> bool:
        """`nox > Ran 2 sessions in 3 seconds:`, which was `Ran multiple sessions:`."""
        return line.startswith("nox > Ran ")

    def replay(self, name: str) -> list[str]:
        """One session."""
        return ["--session", name]


def version(session: dict[str, object]) -> str | None:
    """The version of a session, where it is for one."""
    found = session.get("python")
    return found if isinstance(found, str) else None
