"""Artifacts and caches, kept as folders under the rules of the actions' v4 and later.

An artifact's name is taken once per attempt of a run; those of earlier attempts stay. A cache is
written once per key, paths and scope, and read from the scopes that a run may see, in their order.

Sources: actions/toolkit@main packages/artifact/src/internal (names, files, retention, deletion) and
packages/cache/src/cache.ts;
<https://docs.github.com/actions/reference/dependency-caching-reference>, cache key matching and
access restrictions.
"""

from __future__ import annotations

import fnmatch
import hashlib
import itertools
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

KEY_LIMIT = 512
IN_FILES = '":<>|*?\r\n'
IN_NAMES = IN_FILES + "\\/"


class StorageError(Exception):
    """The service refuses; the action that asked fails with this message."""


class CacheKeyError(StorageError):
    """A key that @actions/cache refuses."""


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
    digest: str = ""
    days: int = 90

    def whole(self) -> bool:
        """Whether the bytes are those that were uploaded."""
        return self.digest in ("", digest_of(self.folder))


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
        days: int = 90,
    ) -> Artifact:
        """Keeps files, each under its place in the artifact.

        `overwrite` deletes the newest artifact of the name, not those of earlier attempts.
        """
        _check_name(name)
        for _, place in source:
            _check(place, IN_FILES, "The path for one of the files in artifact is not valid")
        with self._lock:
            taken = [kept for kept in self._kept if (kept.run, kept.name) == (run, name)]
            if overwrite and taken:
                self._kept.remove(taken.pop())
            if any(kept.attempt == attempt for kept in taken):
                raise StorageError(
                    "Failed to CreateArtifact: Received non-retryable error: Failed request: (409) "
                    "Conflict: an artifact with this name already exists on the workflow run"
                )
            number = next(self._numbers)
            folder = self._folder / str(number)
            for path, place in source:
                target = folder / place
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
            artifact = Artifact(
                number,
                run,
                attempt,
                name,
                branch,
                repository,
                time.time(),
                folder,
                digest_of(folder),
                days,
            )
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


def digest_of(folder: Path) -> str:
    """A hash over the names and the bytes of a folder's files."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return f"sha256:{found.hexdigest()}"


def _check_name(name: str) -> None:
    if not name:
        raise StorageError("Provided artifact name input during validation is empty")
    _check(name, IN_NAMES, "The artifact name is not valid")


def _check(text: str, refused: str, message: str) -> None:
    """packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts."""
    for character in refused:
        if character in text:
            raise StorageError(f"{message}: {text}. Contains the following character: {character}")


@dataclass(frozen=True)
class Cache:
    """What was kept under a key."""

    scope: str
    key: str
    version: str
    folder: Path

    @property
    def content(self) -> Path:
        """What its first path held."""
        return self.folder / "0"


@dataclass
class Caches:
    """The caches of a repository, the oldest first."""

    folder: Path
    default: str
    kept: list[Cache] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keys(self, scope: str = "") -> list[str]:
        """The keys of a scope, or of all."""
        return [cache.key for cache in self.kept if scope in ("", cache.scope)]

    def keep(self, scope: str, key: str, path: str, folder: Path) -> None:
        """What an earlier run has kept: a folder, under a path below the temporary folder."""
        entry = Path("work/_temp") / path
        with tempfile.TemporaryDirectory() as root:
            shutil.copytree(folder, root / entry)
            assert self.save(scope, key, f"/{entry}", [root / entry], Path(root))

    def save(self, scope: str, key: str, version: str, paths: list[Path], root: Path) -> bool:
        """Keeps paths below a root, unless the key is taken in the scope; whether it did."""
        _check_key(key)
        with self.lock:
            taken = {(cache.scope, cache.key, cache.version) for cache in self.kept}
            if (scope, key, version) in taken:
                return False
            target = self.folder / str(len(self.kept))
            target.mkdir(parents=True)
            entries = [path.relative_to(root).as_posix() for path in paths]
            (target / "entries").write_text("\n".join(entries) + "\n", "utf-8")
            for number, path in enumerate(paths):
                if path.is_dir():
                    shutil.copytree(path, target / str(number), symlinks=True)
                else:
                    shutil.copy2(path, target / str(number), follow_symlinks=False)
            self.kept.append(Cache(scope, key, version, target))
            return True

    def find(self, scopes: list[str], version: str, keys: list[str]) -> Cache | None:
        """The fitting cache: per scope the key itself, then by prefixes in their order, newest
        first.
        """
        for key in keys:
            _check_key(key)
        with self.lock:
            for scope in dict.fromkeys(scopes):
                fitting = [
                    cache
                    for cache in reversed(self.kept)
                    if (cache.scope, cache.version) == (scope, version)
                ]
                for cache in fitting:
                    if cache.key == keys[0]:
                        return cache
                for prefix in keys:
                    for cache in fitting:
                        if cache.key.startswith(prefix):
                            return cache
        return None


def _check_key(key: str) -> None:
    if len(key) > KEY_LIMIT:
        raise CacheKeyError(
            f"Key Validation Error: {key} cannot be larger than {KEY_LIMIT} characters."
        )
    if "," in key:
        raise CacheKeyError(f"Key Validation Error: {key} cannot contain commas.")
