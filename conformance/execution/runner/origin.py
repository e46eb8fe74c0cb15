"""The repository on GitHub: a bare clone, in which cases make branches and pull requests."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

WHO = {
    "GIT_AUTHOR_NAME": "Somebody",
    "GIT_AUTHOR_EMAIL": "somebody@example.org",
    "GIT_COMMITTER_NAME": "Somebody",
    "GIT_COMMITTER_EMAIL": "somebody@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}


def git(folder: Path, *arguments: str | Path, env: Mapping[str, str] = MappingProxyType({})) -> str:
    """Runs git, without this machine's configuration."""
    done = subprocess.run(
        ["git", "-C", folder, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": str(folder)} | WHO | dict(env),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"git {arguments}: {done.stderr}"
    return done.stdout.strip()


@dataclass
class Origin:
    """A bare repository whose default branch is `main`."""

    bare: Path
    work: Path

    @staticmethod
    def of(project: Path, folder: Path) -> Origin:
        """One commit, of what git would commit in the project as it stands now."""
        origin = Origin(folder / "origin.git", folder / "clones")
        first = origin.work / "first"
        first.mkdir(parents=True)
        git(first, "init", "--quiet", "--initial-branch", "main")
        listed = git(project, "ls-files", "--cached", "--others", "--exclude-standard", "-z")
        for name in filter(None, listed.split("\0")):
            source, target = project / name, first / name
            if source.is_file() or source.is_symlink():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, target, follow_symlinks=False)
        git(first, "add", "--all", "--force")
        git(first, "commit", "--quiet", "--message", "The project")
        git(first, "clone", "--quiet", "--bare", first, origin.bare)
        git(origin.bare, "config", "uploadpack.allowAnySHA1InWant", "true")
        shutil.rmtree(first)
        return origin

    def head(self, branch: str) -> str:
        """The newest commit of a branch."""
        return git(self.bare, "rev-parse", f"refs/heads/{branch}")

    def files(self, branch: str, folder: str) -> list[str]:
        """The files below a folder."""
        listed = git(
            self.bare, "ls-tree", "-r", "--name-only", f"refs/heads/{branch}", f"{folder}/"
        )
        return listed.splitlines()

    @contextmanager
    def change(self, branch: str, base: str) -> Iterator[Path]:
        """A work tree of `base`, whose state becomes the newest commit of `branch`."""
        tree = self.work / branch.replace("/", "-")
        git(self.bare, "worktree", "add", "--quiet", "--detach", tree, f"refs/heads/{base}")
        try:
            yield tree
            git(tree, "add", "--all", "--force")
            git(tree, "commit", "--quiet", "--allow-empty", "--message", f"The change of {branch}")
            git(self.bare, "update-ref", f"refs/heads/{branch}", git(tree, "rev-parse", "HEAD"))
        finally:
            git(self.bare, "worktree", "remove", "--force", tree)

    def merge(self, number: int, head: str, base: str) -> str:
        """The merge commit that GitHub makes of a pull request."""
        onto, of = self.head(base), self.head(head)
        tree = git(self.bare, "merge-tree", "--write-tree", onto, of)
        parents = ("-p", onto, "-p", of)
        merged = git(self.bare, "commit-tree", tree, *parents, "-m", f"Merge {of} into {onto}")
        git(self.bare, "update-ref", f"refs/pull/{number}/merge", merged)
        return merged
