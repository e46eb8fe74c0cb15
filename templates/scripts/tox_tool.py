"""The environments of tox.

Source: <https://tox.wiki/en/latest/cli_interface.html>
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from environment_tools import EnvironmentTool, Listed, Result, apart
from interpreters import interpreter
from runner import Problem

SECTION = re.compile(r"\[testenv:(.+)\]")
VALUE = re.compile(r"(\w+) =(?: (.*))?")
PREFIX = re.compile(r"([^\s:]+): \S")
# The lines of the summary, such as `  py312: SKIP (0.01 seconds)`.
SUMMARY = re.compile(r"  \S+: (OK|SKIP|FAIL|IGNORED FAIL|NOT AVAILABLE)\b.*")
SKIPPED = re.compile(r"  (\S+): SKIP\b.*")


class Tox(EnvironmentTool):
    """tox 4."""

    def list_command(self, choice: Sequence[str]) -> list[str]:
        """Packaging environments have no `ignore_outcome`."""
        return ["config", *choice, "-k", "base_python", "depends", "ignore_outcome"]

    def listed(self, output: str) -> list[Listed]:
        """A section for each environment; lists have a line for each item."""
        found: dict[str, dict[str, list[str]]] = {}
        values: list[str] = []
        section: dict[str, list[str]] = {}
        for line in output.splitlines():
            if match := SECTION.fullmatch(line):
                section = found.setdefault(match[1], {})
            elif match := VALUE.fullmatch(line):
                values = [match[2]] if match[2] else []
                section[match[1]] = values
            elif line.startswith("  ") and section:
                values.append(line.strip())
        run = {name: keys for name, keys in found.items() if "ignore_outcome" in keys}
        for name, keys in run.items():
            broken = [it for key in keys.values() for it in key if "Exception:" in it]
            if broken:
                raise Problem(f"tox cannot read `{name}`: {broken[0]}")
        return [
            Listed(
                name,
                base_python(name, keys.get("base_python", [])),
                keys["ignore_outcome"] == ["True"],
                tuple(keys.get("depends", [])),
            )
            for name, keys in run.items()
        ]

    def run_command(
        self,
        names: Sequence[str],
        report: str,
        workers: str,
        arguments: Sequence[str],
    ) -> list[str]:
        """In parallel, the output shows which environment has started."""
        options, rest = apart(arguments)
        parallel = ["run-parallel", "--parallel", workers, "--parallel-live"]
        start = parallel if workers else ["run"]
        chosen = ["-e", ",".join(names), "--result-json", report]
        return [*start, *chosen, *options, *rest]

    def results(self, report: str, output: Sequence[str]) -> dict[str, Result]:
        """An older tox reports one that was skipped like one that passed."""
        skipped = {match[1] for match in map(SKIPPED.fullmatch, output) if match}
        found = {}
        for name, one in json.loads(report or "{}").get("testenvs", {}).items():
            if "result" not in one:
                continue
            result = one["result"]
            outcome = "passed" if result["success"] else "failed"
            reason = "" if result["success"] else f"exit code {result['exit_code']}"
            if result.get("skipped") or name in skipped:
                outcome, reason = "skipped", skip_reason(name, output)
            found[name] = Result(outcome, float(result["duration"]), reason)
        return found

    def started(self, line: str) -> str:
        """`py312: commands[0]> pytest`."""
        match = PREFIX.match(line)
        return match[1] if match else ""

    def is_summary(self, line: str) -> bool:
        """`  py312: OK (1.50 seconds)`."""
        return SUMMARY.fullmatch(line) is not None

    def replay(self, name: str) -> list[str]:
        """One environment."""
        return ["run", "-e", name]

    def groups(self, listed: Mapping[str, Listed]) -> dict[str, str]:
        """`depends` is an order, which only environments of one shard have."""
        first = {name: name for name in sorted(listed)}
        for name, one in sorted(listed.items()):
            for other in sorted(listed):
                if any(fnmatchcase(other, pattern) for pattern in one.after):
                    new, old = sorted((first[name], first[other]))
                    first = {it: new if of == old else of for it, of in first.items()}
        return first


def base_python(name: str, found: Sequence[str]) -> str | None:
    """The interpreter of an environment; `py` is any that is there.

    tox shows the path of its interpreter, as for an environment without a factor.
    """
    own = next(iter(found), None)
    return "py" if "py" in name.split("-") and not interpreter(own or "") else own


def skip_reason(name: str, output: Sequence[str]) -> str:
    """The reason that tox prints: `py39: skipped because could not find python …`."""
    front = f"{name}: skipped because "
    return next((line[len(front) :] for line in output if line.startswith(front)), "")
