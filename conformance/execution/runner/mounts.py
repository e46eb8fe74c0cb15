"""One path for the work folder of every job, as hosted runners have it.

Files that jobs hand to each other, coverage data among them, hold absolute paths. Each program of
a job therefore runs in a mount namespace in which the job's work folder is mounted at one path;
jobs at the same time do not see each other's. This needs root; without it each job has a path
that no other has.

Source: <https://docs.github.com/actions/reference/workflows-and-actions/variables>,
`GITHUB_WORKSPACE`: `/home/runner/work/my-repo-name/my-repo-name`.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

FIXED = Path(tempfile.gettempdir()) / "pipewright-runner" / "work"
ENTER = 'mount --bind "$1" "$2" && cd "$3" && shift 3 && exec "$@"'


@functools.cache
def available() -> bool:
    """Whether this machine lets the bench mount."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return False
    FIXED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run(entering(Path(folder), FIXED, ["true"]), check=False).returncode == 0


def entering(work: Path, folder: Path, command: list[str]) -> list[str]:
    """The command, in a namespace where the work folder is mounted; its process stays the same."""
    shell = ["sh", "-c", ENTER, "sh", str(work), str(FIXED), str(folder)]
    return ["unshare", "--mount", *shell, *command]


def launched(work: Path, folder: Path, command: list[str]) -> list[str]:
    """The command as a job runs it in a folder."""
    if not available():
        return command
    return entering(work, Path(inside(work, str(folder))), command)


def inside(work: Path, text: str) -> str:
    """A text of the bench as a job's programs know it."""
    return text.replace(str(work), str(FIXED)) if available() else text


def outside(work: Path, text: str) -> str:
    """A text of a job's programs as the bench knows it."""
    return text.replace(str(FIXED), str(work)) if available() else text


def all_inside(work: Path, env: Mapping[str, str]) -> dict[str, str]:
    """Variables of the bench as a job's programs know them."""
    return {name: inside(work, str(value)) for name, value in env.items()}


def all_outside(work: Path, values: Mapping[str, str]) -> dict[str, str]:
    """Values of a job's programs as the bench knows them."""
    return {name: outside(work, str(value)) for name, value in values.items()}
