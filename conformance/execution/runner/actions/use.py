"""A use of an action: its inputs as the action itself reads them, and what it may touch."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ..commands import Annotation
from ..place import Place

TRUE, FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")


class ActionError(Exception):
    """The action fails with this message."""


@dataclass(frozen=True)
class Action:
    """A stand-in, with every input that the action declares and its default.

    An input that the stand-in does not model may only have its default: another value fails the
    job.
    """

    run: Callable[[Use], None]
    inputs: Mapping[str, str]
    modelled: frozenset[str]
    required: frozenset[str] = frozenset()

    def start(self, use: Use) -> None:
        """Checks the inputs, then acts.

        Names of inputs ignore case; GitHub only warns of an unknown one, here it fails.
        Source: actions/runner@v2.336.0 src/Runner.Worker/ActionRunner.cs ("Unexpected input(s)").
        """
        given = {name.lower(): value for name, value in use.inputs.items()}
        declared = {name.lower(): name for name in self.inputs}
        unknown = sorted(set(given) - set(declared))
        if unknown:
            names = ", ".join(f"'{name}'" for name in unknown)
            raise ActionError(f"unexpected input {names}, valid inputs are {list(self.inputs)}")
        use.inputs = {name: given.get(key, self.inputs[name]) for key, name in declared.items()}
        for name in sorted(self.required):
            if not use.text(name):
                raise ActionError(f"input required and not supplied: {name}")
        for name, default in self.inputs.items():
            if name not in self.modelled and use.text(name) not in ("", default):
                raise ActionError(f"`{name}: {use.text(name)}` is not modelled")
        self.run(use)


@dataclass
class Use:
    """One use of an action."""

    inputs: Mapping[str, str]
    env: Mapping[str, str]
    place: Place
    outputs: dict[str, str] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    after: list[Callable[[bool], None]] = field(default_factory=list)

    def text(self, name: str) -> str:
        """An input, trimmed as `getInput` of @actions/core does."""
        return str(self.inputs.get(name, "")).strip()

    def flag(self, name: str) -> bool:
        """An input that YAML's core schema reads as a boolean; anything else fails.

        Source: actions/toolkit@main packages/core/src/core.ts, `getBooleanInput`.
        """
        text = self.text(name)
        if text not in TRUE + FALSE:
            raise ActionError(
                f'Input does not meet YAML 1.2 "Core Schema" specification: {name}. '
                "Support boolean input list: `true | True | TRUE | false | False | FALSE`"
            )
        return text in TRUE

    def lines(self, name: str) -> list[str]:
        """An input of several lines."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def path(self, name: str) -> Path:
        """An input that is a path below the workspace, or an absolute one."""
        text = self.text(name)
        if text.startswith("~"):
            return self.place.home / text[1:].lstrip("/")
        return self.place.workspace / text

    def warn(self, message: str) -> None:
        """An annotation of the level `warning`."""
        self.annotations.append(Annotation("warning", message))
        self.log.append(f"::warning::{message}")

    def when_green(self, finish: Callable[[], None]) -> None:
        """A step at the job's end with `post-if: success()`, which most actions declare."""
        self.after.append(lambda green: finish() if green else None)

    @property
    def job(self) -> str:
        """GITHUB_JOB."""
        return self.env.get("GITHUB_JOB", "")


def version(text: str) -> tuple[int, ...]:
    """A version's numbers, to compare by."""
    return tuple(int(part) for part in re.findall(r"\d+", text))
