"""A tool that runs tests in environments which it makes itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Listed:
    """An environment; `tolerated` if the project ignores its failure.

    `after` are patterns of those that have to run before it.
    """

    name: str
    python: str | None = None
    tolerated: bool = False
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """The end of a run of an environment: `passed`, `failed` or `skipped`."""

    outcome: str
    seconds: float
    reason: str = ""


class EnvironmentTool(ABC):
    """A tool: its options, and its output."""

    @abstractmethod
    def list_command(self, choice: Sequence[str]) -> list[str]:
        """The options that list the environments of a choice."""

    @abstractmethod
    def listed(self, output: str) -> list[Listed]:
        """The environments in the output of that."""

    @abstractmethod
    def run_command(
        self,
        names: Sequence[str],
        report: str,
        workers: str,
        arguments: Sequence[str],
    ) -> list[str]:
        """The options that run environments, and write a report."""

    @abstractmethod
    def results(self, report: str, output: Sequence[str]) -> dict[str, Result]:
        """The results in a report, which is empty if the tool wrote none."""

    @abstractmethod
    def started(self, line: str) -> str:
        """The environment that a line of the output belongs to; empty for none."""

    @abstractmethod
    def is_summary(self, line: str) -> bool:
        """True for a line of the summary behind the output of all environments."""

    @abstractmethod
    def replay(self, name: str) -> list[str]:
        """The options that run an environment again."""

    def groups(self, listed: Mapping[str, Listed]) -> dict[str, str]:
        """Maps every environment to the first of its group, which has one shard."""
        return {name: name for name in sorted(listed)}


def apart(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The options, and the words from `--` on."""
    words = list(arguments)
    at = words.index("--") if "--" in words else len(words)
    return words[:at], words[at:]
