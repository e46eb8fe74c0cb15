"""Artifacts and caches, kept as folders under the rules of the actions' v4 and later.

An artifact's name is taken once per attempt of a run; those of earlier attempts stay. A cache is
written once per key and scope, read from a branch's own scope and from that of the default branch.

Sources: <https://github.com/actions/upload-artifact>, <https://github.com/actions/download-artifact>,
<https://docs.github.com/actions/reference/dependency-caching-reference>, access restrictions.
"""

from __future__ import annotations

import fnmatch
import itertools
import shutil
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

KEY_LIMIT = 512


class StorageError(Exception):
    """The service refuses; the action that asked fails with this message."""


@dataclass(frozen=True)
class Artifact:
    """A folder that a job handed over."""

    number: int
    run: int
    attempt: int
    name: str
    branch: str
    repository: int
    created: float
    folder: Path


class Artifacts:
    """The artifacts of all runs of a repository."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: list[Artifact] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def of(self, run: int) -> list[Artifact]:
        """What a run has, over all attempts, the newest of a name alone."""
        newest = {kept.name: kept for kept in self.all() if kept.run == run}
        return list(newest.values())

    def all(self) -> list[Artifact]:
        """Every artifact, the oldest first."""
        with self._lock:
            return list(self._kept)

    def add(
        self,
        source: list[tuple[Path, str]],
        *,
        run: int,
        attempt: int,
        name: str,
        branch: str,
        repository: int,
        overwrite: bool,
    ) -> Artifact:
        """Keeps files, each under its place in the artifact."""
        if any(character in name for character in '":<>|*?\r\n\\/') or not name:
            raise StorageError(f"the artifact name is not valid: {name!r}")
        with self._lock:
            taken = [kept for kept in self._kept if (kept.run, kept.name) == (run, name)]
            if overwrite:
                self._kept = [kept for kept in self._kept if kept not in taken]
            elif any(kept.attempt == attempt for kept in taken):
                raise StorageError(
                    f"an artifact with the name {name} already exists on the workflow run"
                )
            number = next(self._numbers)
            folder = self._folder / str(number)
            for path, place in source:
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(path, target)
            artifact = Artifact(number, run, attempt, name, branch, repository, time.time(), folder)
            self._kept.append(artifact)
            return artifact

    def remove(self, run: int, pattern: str) -> None:
        """Deletes, as a maintainer can."""
        with self._lock:
            fitting = [
                kept
                for kept in self._kept
                if kept.run == run and fnmatch.fnmatchcase(kept.name, pattern)
            ]
            assert fitting, f"there is no artifact {pattern}"
            self._kept = [kept for kept in self._kept if kept not in fitting]


@dataclass
class Caches:
    """The caches of a repository."""

    folder: Path
    default: str
    kept: dict[tuple[str, str], Path] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def save(self, ref: str, key: str, source: Path) -> bool:
        """Keeps a folder under a key, unless the key is taken; whether it did."""
        if len(key) > KEY_LIMIT or "," in key:
            raise StorageError(f"the cache key is not valid: {key}")
        with self.lock:
            if (ref, key) in self.kept:
                return False
            target = self.folder / str(len(self.kept))
            shutil.copytree(source, target, symlinks=True)
            self.kept[ref, key] = target
            return True

    def restore(self, ref: str, key: str, prefixes: list[str], target: Path) -> str:
        """Copies the fitting cache to a folder; its key, or an empty text."""
        with self.lock:
            found = self._find(ref, key, prefixes)
            if found is None:
                return ""
            if target.exists():
                shutil.rmtree(target)
            shutil.copytree(self.kept[found], target, symlinks=True)
            return found[1]

    def _find(self, ref: str, key: str, prefixes: list[str]) -> tuple[str, str] | None:
        """The key itself before any prefix, the own scope before the default branch's."""
        for scope in (ref, self.default):
            if (scope, key) in self.kept:
                return scope, key
            for prefix in [key, *prefixes]:
                fitting = [at for at in self.kept if at[0] == scope and at[1].startswith(prefix)]
                if fitting:
                    return fitting[-1]
        return None
