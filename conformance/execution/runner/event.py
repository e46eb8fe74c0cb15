"""What starts a run, and what the run may do because of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_BRANCH = "main"
REPOSITORY = "example/atom"
ACTOR = "somebody"
NUMBER = 4711
FORK = 4712


@dataclass(frozen=True)
class Event:
    """An event at a commit."""

    name: str
    ref: str
    sha: str
    head: str
    head_repository: int = NUMBER
    base: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] = ()

    @property
    def fork(self) -> bool:
        """Whether a fork's change is run, which gets no secret and only a reading token."""
        return self.head_repository != NUMBER

    @property
    def number(self) -> int:
        """The number of a pull request."""
        return int(self.ref.removeprefix("refs/pull/").partition("/")[0])

    @property
    def may_cache(self) -> bool:
        """Whether caches are kept: a pull request, a fork's too, keeps them for its merge ref.

        Sources: <https://docs.github.com/actions/reference/workflows-and-actions/dependency-caching>,
        restrictions for accessing a cache;
        <https://github.blog/changelog/2026-06-26-read-only-actions-cache-for-untrusted-triggers>:
        `pull_request` keeps read-write access, `pull_request_target` and others only read;
        <https://github.com/quarto-dev/quarto-cli/pull/14410> saw caches of forks.
        """
        return self.name in ("push", "schedule", "workflow_dispatch", "pull_request")

    def payload(self) -> dict[str, Any]:
        """What the runner writes to GITHUB_EVENT_PATH, in part."""
        found: dict[str, Any] = {"repository": {"id": NUMBER, "full_name": REPOSITORY}}
        if self.name == "pull_request":
            name = "fork/atom" if self.fork else REPOSITORY
            of = {"id": self.head_repository, "fork": self.fork, "full_name": name}
            found["pull_request"] = {
                "number": self.number,
                "head": {"ref": self.head, "repo": of},
                "base": {"ref": self.base},
                "labels": [{"name": label} for label in self.labels],
            }
        return found


def granted(
    given: Mapping[str, str] | str | None, above: Mapping[str, str] | str | None, fork: bool
) -> dict[str, str]:
    """A job's permissions: its own, else the workflow's; a fork's token only reads."""
    chosen = given if given is not None else above
    assert isinstance(chosen, dict), "permissions are always given, one by one"
    reading = {
        name: "read" if fork and level == "write" else level for name, level in chosen.items()
    }
    return {name: level for name, level in reading.items() if level != "none"}


def exceeds(asked: Mapping[str, str], allowed: Mapping[str, str]) -> list[str]:
    """What a called workflow's job asks beyond what its caller grants."""
    order = {"none": 0, "read": 1, "write": 2}
    return [
        f"{name}: {level}"
        for name, level in asked.items()
        if order[level] > order[allowed.get(name, "none")]
    ]
