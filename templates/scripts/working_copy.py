"""A repository of GitHub, cloned with a token, changed and pushed.

The token is in the environment of git, never in its arguments or in a file.
Source: https://git-scm.com/docs/git-config, GIT_CONFIG_COUNT and http.<url>.
"""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cluster import run_program
from runner import Problem, blank, log
from settings import ExternalValue

ATTEMPTS = 5
TIMEOUT = 60.0
AUTHOR = (
    "github-actions[bot]",
    "41898282+github-actions[bot]@users.noreply.github.com",
)


@dataclass(frozen=True)
class Copy:
    """A clone of the branch's last commit."""

    remote: Remote
    folder: Path

    def read(self, path: str) -> str:
        try:
            return self._file(path).read_bytes().decode("utf-8")
        except (OSError, UnicodeDecodeError):
            raise Problem(
                f"{self.remote.repository} has no text file {path} "
                f"on {self.remote.branch}"
            ) from None

    def write(self, path: str, text: str) -> None:
        self._file(path).write_bytes(text.encode("utf-8"))

    def git(self, *arguments: str) -> tuple[int, str, str]:
        return self.remote.git("-C", str(self.folder), *arguments)

    def _file(self, path: str) -> Path:
        file = self.folder / path
        if not file.resolve().is_relative_to(self.folder.resolve()):
            raise Problem(f"{path} leaves {self.remote.repository}")
        return file


@dataclass(frozen=True)
class Remote:
    repository: str
    branch: str
    token: ExternalValue

    @contextmanager
    def copy(self) -> Iterator[Copy]:
        with tempfile.TemporaryDirectory() as folder:
            clone = ("clone", "--quiet", "--depth=1", "--no-tags", "--single-branch")
            self.need(
                f"cannot clone {self.repository}",
                self.git(*clone, f"--branch={self.branch}", self._url(), folder),
            )
            yield Copy(self, Path(folder))

    def change(self, path: str, edit: Callable[[str], str], title: str) -> str | None:
        """Commits an edit of one file; returns the commit, or None without a change.

        A push that another one came before is repeated on top of it.
        """
        for attempt in range(1, ATTEMPTS + 1):
            with self.copy() as copy:
                before = copy.read(path)
                after = edit(before)
                if after == before:
                    return None
                copy.write(path, after)
                commit = self._committed(copy, title)
                code, out, stderr = copy.git("push", "--quiet", "origin", "HEAD")
                if code == 0:
                    return commit
                if attempt == ATTEMPTS or not _overtaken(stderr):
                    self.need(f"cannot push to {self.repository}", (code, out, stderr))
            log(f"{self.repository} has a newer commit; the change is made on it")
        raise Problem("no attempt was made")

    def may_push(self) -> None:
        """Raises a problem if the token may not push."""
        with self.copy() as copy:
            self.need(
                f"the {self.token.described} may not push to {self.repository}",
                copy.git("push", "--quiet", "--dry-run", "origin", "HEAD"),
            )

    def git(self, *arguments: str) -> tuple[int, str, str]:
        return run_program(["git", *arguments], None, TIMEOUT, self._environment())

    def need(self, what: str, done: tuple[int, str, str]) -> str:
        code, out, stderr = done
        if code != 0:
            last = " ".join(stderr.strip().splitlines()[-3:]) or "no error message"
            raise Problem(f"{what}: {last}")
        return out

    def _committed(self, copy: Copy, title: str) -> str:
        environ = os.environ
        run = (
            f"{_server()}/{environ.get('GITHUB_REPOSITORY', '')}/actions/runs/"
            f"{environ.get('GITHUB_RUN_ID', '')}"
        )
        name, mail = AUTHOR
        own = ("-c", f"user.name={name}", "-c", f"user.email={mail}")
        message = ("--all", f"--message={title}", f"--message={run}")
        self.need("cannot commit", copy.git(*own, "commit", "--quiet", *message))
        return self.need("cannot read", copy.git("rev-parse", "HEAD")).strip()

    def _url(self) -> str:
        return f"{_server()}/{self.repository}.git"

    def _environment(self) -> dict[str, str]:
        given = f"x-access-token:{self.token.required()}"
        encoded = base64.b64encode(given.encode()).decode()
        blank(encoded)
        return {
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_COUNT": "1",
            # Of this server alone: a redirect to another one must not get the token.
            "GIT_CONFIG_KEY_0": f"http.{_server()}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {encoded}",
        }


def _server() -> str:
    return os.environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")


def _overtaken(stderr: str) -> bool:
    return any(
        word in stderr for word in ("fetch first", "non-fast-forward", "rejected")
    )
