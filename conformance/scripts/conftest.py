"""Runs the emitted scripts as a workflow's step would, on small projects made on the spot.

The scripts are those that this repository's own workflows run: `pipewright generate` writes them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / ".github" / "pipewright"
PYTHON = (sys.executable, "-I", str(SCRIPTS / "ci.py"))
COMMANDS = (
    "changes",
    "plan",
    "select",
    "environments",
    "record",
    "gates",
    "history",
    "coverage",
    "tags",
    "passed",
)
KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT", "TMPDIR")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run the thorough variants, too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "thorough: takes too long for every change")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--all"):
        left = [item for item in items if item.get_closest_marker("thorough")]
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)


@dataclass(frozen=True)
class Done:
    """What a step left."""

    code: int
    text: str
    outputs: dict[str, str]
    summary: str

    def annotations(self, level: str) -> list[str]:
        """Its annotations of a level."""
        return [
            line
            for line in self.text.splitlines()
            if line.startswith((f"::{level}::", f"::{level} "))
        ]


@dataclass
class Bench:
    """A repository, and the runner's files."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """What every step gets, and nothing of the machine that runs these tests."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        return {
            **kept,
            "GITHUB_WORKSPACE": str(self.root),
            "GITHUB_RUN_ID": "4711",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_REPOSITORY_ID": "99",
            "GITHUB_SHA": "a" * 40,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    @property
    def plugin(self) -> str:
        """A folder with the plugin alone, as a test job makes one."""
        folder = self.root.parent / "plugin"
        if not folder.exists():
            folder.mkdir()
            shutil.copy(SCRIPTS / "pipewright_pytest.py", folder)
        return str(folder)

    def write(self, path: str, content: str) -> Path:
        """Writes a file of the repository."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
        return file

    def step(self, command: Sequence[str], env: Mapping[str, str], cwd: str = ".") -> Done:
        """Runs a command as a step."""
        files = {name: self.root.parent / name for name in ("output", "summary")}
        for file in files.values():
            file.write_text("", "utf-8")
        done = subprocess.run(
            command,
            cwd=self.root / cwd,
            env={
                **self.environment,
                "GITHUB_OUTPUT": str(files["output"]),
                "GITHUB_STEP_SUMMARY": str(files["summary"]),
                **env,
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        lines = files["output"].read_text("utf-8").splitlines()
        return Done(
            done.returncode,
            done.stdout + done.stderr,
            dict(line.split("=", 1) for line in lines),
            files["summary"].read_text("utf-8"),
        )

    def script(self, name: str, environment: Mapping[str, str] | None = None, **env: Any) -> Done:
        """Runs a command; parameters are named without their prefix, JSON as Python values."""
        given = {
            f"PIPEWRIGHT_{key}": value if isinstance(value, str) else json.dumps(value)
            for key, value in env.items()
            if value is not None
        }
        done = self.step([*PYTHON, name], given | (environment or {}))
        assert "Traceback" not in done.text, done.text
        return done

    def pytest(self, *options: str, attempt: int = 1, **env: Any) -> Done:
        """Runs pytest with the plugin, as a test job does."""
        given = {f"PIPEWRIGHT_{key}": str(value) for key, value in env.items()}
        command = [sys.executable, "-m", "pytest", "-p", "pipewright_pytest"]
        return self.step(
            [*command, "-o", f"cache_dir={self.root.parent / 'cache'}", *options],
            {"PYTHONPATH": self.plugin, "GITHUB_RUN_ATTEMPT": str(attempt), **given},
        )

    def git(self, *arguments: str) -> str:
        """Runs git in the repository."""
        identity = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "t"), ("EMAIL", "t@example.org"))
        }
        done = subprocess.run(
            ["git", "-c", "commit.gpgsign=false", *arguments],
            cwd=self.root,
            env={**self.environment, **identity, "GIT_COMMITTER_DATE": "2026-03-01T10:00:00+01:00"},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str) -> None:
        """Commits everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """An empty repository."""
    root = tmp_path / "repository"
    root.mkdir()
    return Bench(root)


def read_record(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A record's run.json, and a line per attempt."""
    described = json.loads((folder / "run.json").read_text("utf-8"))
    return described, [line for line in read_lines(folder) if line["outcome"] != "started"]


def read_lines(folder: Path) -> list[dict[str, Any]]:
    """All lines of a record, also those of tests that started."""
    lines = (folder / "tests.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]
