"""Where one job runs: its folders, and the services of GitHub that it may use."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import mounts
from .origin import Origin
from .storage import Artifacts, Caches


@dataclass
class Place:
    """A fresh machine for one job."""

    folder: Path
    origin: Origin
    artifacts: Artifacts
    caches: Caches
    installed: Path
    records: list[dict[str, Any]]
    job: str
    run: int
    attempt: int
    sha: str
    ref: str
    branch: str
    head_repository: int
    may_cache: bool
    image_path: list[Path]
    prepended: list[Path] = field(default_factory=list)

    def __post_init__(self) -> None:
        for folder in (self.workspace, self.temp, self.home, self.tools, self.files):
            folder.mkdir(parents=True)
        self._share_toolchains()

    def _share_toolchains(self) -> None:
        """Rust's toolchains are installed once for all jobs; which one is the default is a job's
        own.
        """
        shared = self.installed.parent / "rustup"
        self.rustup.mkdir()
        for name in ("toolchains", "update-hashes", "downloads", "tmp"):
            (shared / name).mkdir(parents=True, exist_ok=True)
            (self.rustup / name).symlink_to(shared / name)

    @property
    def rustup(self) -> Path:
        """RUSTUP_HOME."""
        return self.folder / "rustup"

    @property
    def work(self) -> Path:
        """The work folder, which has the same path for every job's programs."""
        return self.folder / "work"

    @property
    def workspace(self) -> Path:
        """GITHUB_WORKSPACE."""
        return self.work / "atom" / "atom"

    @property
    def temp(self) -> Path:
        """RUNNER_TEMP."""
        return self.work / "_temp"

    def call(
        self, command: list[str], folder: Path, env: Mapping[str, str]
    ) -> tuple[int, str, str]:
        """Runs a program as the job's steps do; its exit status, its output, and its errors."""
        done = subprocess.run(
            mounts.launched(self.work, folder, command),
            cwd=folder,
            env=mounts.all_inside(self.work, env),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, mounts.outside(self.work, done.stdout), done.stderr

    @property
    def home(self) -> Path:
        """HOME."""
        return self.folder / "home"

    @property
    def tools(self) -> Path:
        """What this job set up."""
        return self.folder / "tools"

    @property
    def files(self) -> Path:
        """Where the runner keeps scripts, and the files by which steps talk to it."""
        return self.folder / "files"

    @property
    def path(self) -> str:
        """PATH, with what steps have put before it; the image has the user's own programs first."""
        folders = [*self.prepended, self.home / ".local" / "bin", *self.image_path]
        return os.pathsep.join(str(folder) for folder in folders)

    def prepend(self, folder: Path) -> None:
        """Puts a folder before all others in the PATH of the steps to come."""
        self.prepended.insert(0, folder)

    def record(self, kind: str, **told: Any) -> None:
        """Notes what was only recorded."""
        self.records.append({"job": self.job, "kind": kind, **told})
