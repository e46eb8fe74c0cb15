"""Repositories of actions on this machine, with releases of any age."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from runner.origin import git

# The time that ages count from; a command gets it by `SOURCE_DATE_EPOCH` where it prints a day.
NOW = int(time.time())
DAY = 86_400

# The inputs that generated steps give to `actions/checkout`.
ACTION = """\
name: Checkout
inputs:
  fetch-depth: {}
  persist-credentials: {}
  ref: {}
runs:
  using: node24
  main: index.js
"""


@dataclass
class Upstream:
    """A server of repositories, which git reads as it reads those of GitHub."""

    folder: Path

    @property
    def url(self) -> str:
        """Its address, for `GITHUB_SERVER_URL`."""
        return f"file://{self.folder}"

    def release(self, repository: str, tag: str, days: int) -> str:
        """Releases a version of this age, and returns its commit."""
        folder = self.folder / repository
        if not folder.exists():
            folder.mkdir(parents=True)
            git(folder, "init", "--quiet", "--initial-branch", "main")
        date = f"{NOW - days * DAY} +0000"
        (folder / "action.yml").write_text(ACTION, "utf-8")
        (folder / "release").write_text(tag, "utf-8")
        git(folder, "add", "--all")
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        git(folder, "commit", "--quiet", "--message", tag, env=dates)
        git(folder, "tag", "--annotate", "--message", tag, tag, env=dates)
        return git(folder, "rev-parse", f"{tag}^{{commit}}")
