"""The reference pipeline made small, so that a case takes seconds: one version, two shards, few
tests, and nothing to install but pytest.

What goes wrong in a case is written into its tests or its definition, as a user would write it, and
compiled by the program itself.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from runner.bench import Bench
from runner.event import Event
from runner.origin import Origin

BACKEND = Path("examples/atom/backend")
PROJECT = Path(__file__).with_name("small_project")
TESTS = 13  # In it, of which one is skipped.


def make_small(origin: Origin) -> None:
    """Makes the branch `small`, without what it does not build."""
    with origin.change("small", "main") as tree:
        for path in tree.iterdir():
            if path.name in ("src", "tests", "docs", "conformance", "snapshots", "templates"):
                shutil.rmtree(path)
        shutil.rmtree(tree / BACKEND)
        shutil.copytree(PROJECT, tree, dirs_exist_ok=True)
        generate(tree)


def generate(tree: Path) -> None:
    """Compiles the definition, as a user does before a commit."""
    done = subprocess.run(
        [os.environ["BENCH_PROGRAM"], "generate"], cwd=tree, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def proposed(
    github: Bench,
    branch: str,
    files: Mapping[str, str | None] | None = None,
    settings: Mapping[str, str] | None = None,
    base: str = "small",
    fork: bool = False,
) -> Event:
    """A pull request with such a change."""
    changed(github.origin, branch, files, settings, base)
    return github.pull_request(branch, base, fork)


def changed(
    origin: Origin,
    branch: str,
    files: Mapping[str, str | None] | None = None,
    settings: Mapping[str, str] | None = None,
    base: str = "small",
) -> None:
    """A branch with other files below the backend, or below the root for a place like `/a/b`.

    A file of None is removed; `settings` are other values for keys of the definition.
    """
    with origin.change(branch, base) as tree:
        for name, content in (files or {}).items():
            path = tree / name[1:] if name.startswith("/") else tree / BACKEND / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
        if settings:
            change_definition(tree / "pipeline.toml", settings)
            generate(tree)


def change_definition(path: Path, settings: Mapping[str, str]) -> None:
    """Gives keys another value, below a header where they name one: `[gates] coverage`."""
    lines = path.read_text("utf-8").splitlines()
    for name, value in settings.items():
        header, _, key = name.rpartition(" ")
        start = lines.index(header) if header else 0
        places = [n for n, line in enumerate(lines) if line.partition("=")[0].strip() == key]
        at = next(n for n in places if n >= start)
        assert header or len(places) == 1, f"{key} is there {len(places)} times"
        lines[at] = f"{key} = {value}"
    path.write_text("\n".join(lines) + "\n", "utf-8")
