"""The fixtures of the compiler's tests as repositories whose ci.yml is executed.

A fixture holds what compiling needs. What running needs beside it, small sources for real tools, is
laid over it from `projects/<fixture>`; lock files are made by the tools themselves, at the time.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from runner import programs, pythons
from runner.origin import Origin, git
from small import change_definition

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
FIXTURES = PROJECT / "tests" / "fixtures"
PROJECTS = HERE / "projects"

# Fixtures whose ci.yml is executed by a case.
RUN = {"images", "python-library", "two-pipelines"}
# What does not run here, by fixture: named in the output of a run, and in docs/proof.md.
LATER = "no case executes it yet"
NOT_RUN = {
    "clouds": "the module of gotestsum cannot be fetched everywhere; deploys reach no cloud",
    "command-runner": LATER,
    "escape-hatches": LATER,
    "go-service": "the module of gotestsum cannot be fetched everywhere",
    "images": "docker builds are recorded, with inputs that are checked",
    "machines": LATER,
    "next-and-fastapi": LATER,
    "no-deploy": LATER,
    "orders": LATER,
    "poetry": LATER,
    "rust-workspace": "cargo-llvm-cov refuses the `--workspace` of its `args` beside its packages",
    "services": LATER,
    "three-environments": LATER,
    "two-pipelines": "billing-ci.yml: no case executes it yet",
}


def repository(
    name: str,
    folder: Path,
    settings: Mapping[str, Mapping[str, str]] | None = None,
    locks: Mapping[str, str] | None = None,
) -> Origin:
    """A fixture as a repository with generated workflows.

    `settings` are other values for keys, by definition; `locks` names the tool that locks a folder.
    """
    tree = folder / "project"
    for source in (FIXTURES / name, PROJECTS / name):
        if source.is_dir():
            shutil.copytree(source, tree, dirs_exist_ok=True)
    if not (tree / "pipeline.lock").exists():
        shutil.copy(FIXTURES / "pipeline.lock", tree)
    for definition, values in (settings or {}).items():
        change_definition(tree / definition, values)
    for place, tool in (locks or {}).items():
        LOCKS[tool](tree / place)
    git(tree, "init", "--quiet", "--initial-branch", "main")
    definitions = [tree / "pipeline.toml"]
    if not definitions[0].exists():
        definitions = sorted(tree.glob("services/*/pipeline.toml"))
    generate = [os.environ["BENCH_PROGRAM"], "generate", *map(str, definitions)]
    _run(generate, tree, {})
    return Origin.of(tree, folder)


def _npm(folder: Path) -> None:
    quiet = ["--no-audit", "--no-fund", "--silent", "--ignore-scripts"]
    _run(["npm", "install", "--package-lock-only", *quiet], folder, {})


def _pnpm(folder: Path) -> None:
    _, node = programs.node("24")
    command = [str(node / "node"), str(programs.pnpm("10.20.0") / "pnpm.cjs")]
    _run([*command, "install", "--lockfile-only", "--silent"], folder, {})


def _uv(folder: Path) -> None:
    python = str(pythons.interpreter("3.13"))
    _run([str(programs.uv("0.12.5")), "lock", "--quiet", "--python", python], folder, {})


def _poetry(folder: Path) -> None:
    programs.pipx()
    env = {"POETRY_CACHE_DIR": str(programs.root() / "poetry-cache")}
    _run([str(programs.poetry("2.5.1")), "lock", "--quiet", "--no-interaction"], folder, env)


def _go(folder: Path) -> None:
    _, home = programs.go("1.26")
    path = f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}"
    _run(["go", "mod", "tidy"], folder, {"PATH": path, "GOTOOLCHAIN": "local"})


def _cargo(folder: Path) -> None:
    _run(["cargo", "generate-lockfile", "--quiet"], folder, {})


LOCKS: dict[str, Callable[[Path], None]] = {
    "cargo": _cargo,
    "go": _go,
    "npm": _npm,
    "pnpm": _pnpm,
    "poetry": _poetry,
    "uv": _uv,
}


def _run(command: list[str], folder: Path, env: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=os.environ | env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {(done.stdout + done.stderr)[-2000:]}"
