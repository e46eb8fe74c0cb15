"""A repository on this machine: its settings, and what its runs keep."""

from __future__ import annotations

import itertools
import secrets
import shutil
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .api import Api
from .concurrency import Groups
from .environments import Environments
from .event import Event
from .language import Language
from .origin import Origin, git
from .pace import Pace
from .place import Place
from .storage import Artifacts, Caches

PARALLEL = 2


@dataclass
class Repository:
    """A repository with its settings."""

    language: Language
    origin: Origin
    work: Path
    installed: Path
    artifacts: Artifacts
    caches: Caches
    api: Api
    image_path: list[Path]
    image_env: dict[str, str]
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    environments: dict[str, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    protected: Environments = field(default_factory=Environments)
    groups: Groups = field(default_factory=Groups)
    pace: Pace = field(default_factory=Pace)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    slots: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(PARALLEL))
    server_url: str = "https://github.com"
    keep: bool = False
    _parsed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def workflow(self, sha: str, file: str) -> dict[str, Any]:
        """A workflow at a commit."""
        with self._lock:
            if (sha, file) not in self._parsed:
                content = git(self.origin.bare, "show", f"{sha}:.github/workflows/{file}")
                path = self.work / "parsed.yml"
                path.write_text(content + "\n", "utf-8")
                self._parsed[sha, file] = self.language.parse(path, file)
            return self._parsed[sha, file]

    def token(self, permissions: Mapping[str, str]) -> str:
        """A token for one job."""
        token = f"ghs_{secrets.token_hex(18)}"
        self.api.tokens[token] = dict(permissions)
        return token

    def secrets_of(self, event: Event, environment: str) -> dict[str, str]:
        """What a job can read, if no call hands its secrets over: none in a fork's run.

        Sources: <https://docs.github.com/actions/reference/security/secrets>,
        <https://github.com/actions/runner/issues/1490>.
        """
        if event.fork:
            return {}
        return self.secrets | self.environments.get(environment, ({}, {}))[0]

    def variables_of(self, environment: str) -> dict[str, str]:
        """The repository's variables, and those of the job's environment."""
        return self.variables | self.environments.get(environment, ({}, {}))[1]

    def done(self, place: Place) -> None:
        """Throws a job's machine away."""
        if not self.keep:
            shutil.rmtree(place.folder, ignore_errors=True)
