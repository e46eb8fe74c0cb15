"""The fixtures of the compiler's tests as repositories whose ci.yml is executed.

A fixture holds what compiling needs. What running needs beside it, small sources for real tools, is
laid over it from `projects/<fixture>`; lock files are made by the tools themselves, at the time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

from runner import programs, pythons
from runner.origin import Origin, git
from small import change_definition

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
FIXTURES = PROJECT / "tests" / "fixtures"
PROJECTS = HERE / "projects"


def repository(
    name: str,
    folder: Path,
    settings: Mapping[str, Mapping[str, str]] | None = None,
    locks: Mapping[str, str] | None = None,
    texts: Mapping[str, str] | None = None,
) -> Origin:
    """A fixture as a repository with generated workflows.

    `settings` are other values for keys, by definition, and `texts` other texts for those of
    pipeline.toml; `locks` names the tool that locks a folder, or that is put there.
    """
    tree = folder / "project"
    for source in (FIXTURES / name, PROJECTS / name):
        if source.is_dir():
            shutil.copytree(source, tree, dirs_exist_ok=True)
    if not (tree / "pipeline.lock").exists():
        shutil.copy(FIXTURES / "pipeline.lock", tree)
    for definition, values in (settings or {}).items():
        change_definition(tree / definition, values)
    for text, other in (texts or {}).items():
        definition = (tree / "pipeline.toml").read_text("utf-8")
        assert text in definition
        (tree / "pipeline.toml").write_text(definition.replace(text, other), "utf-8")
    return _compiled(tree, locks or {}, folder)


def written(
    files: Mapping[str, str],
    folder: Path,
    locks: Mapping[str, str] | None = None,
    pins: Mapping[str, str] | None = None,
) -> Origin:
    """A repository of these files, pipeline.toml among them, with generated workflows.

    `pins` replaces texts of the fixtures' lock.
    """
    tree = folder / "project"
    for name, content in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    lock = (FIXTURES / "pipeline.lock").read_text("utf-8")
    for text, other in (pins or {}).items():
        assert text in lock
        lock = lock.replace(text, other)
    (tree / "pipeline.lock").write_text(lock, "utf-8")
    return _compiled(tree, locks or {}, folder)


def _compiled(tree: Path, locks: Mapping[str, str], folder: Path) -> Origin:
    for place, tool in locks.items():
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


def _yarn(folder: Path) -> None:
    """Locks by the version that `packageManager` names, else by Yarn 1, which installs as well."""
    _, node = programs.node("24")
    programs.yarn("1.22.22")
    manifest = json.loads((folder / "package.json").read_text("utf-8"))
    version = str(manifest.get("packageManager", "yarn@1.22.22")).removeprefix("yarn@")
    quiet = ["--silent", "--ignore-scripts"] if version.startswith("1.") else []
    more = quiet or ["--mode=update-lockfile"]
    command = [str(node / "node"), str(programs.yarn(version)), "install", *more]
    _run(command, folder, {"YARN_ENABLE_IMMUTABLE_INSTALLS": "false"})
    shutil.rmtree(folder / "node_modules", ignore_errors=True)


def _bun(folder: Path) -> None:
    _, program = programs.bun("1.4")
    _run([str(program), "install", "--lockfile-only", "--silent"], folder, {})


def _deno(folder: Path) -> None:
    _, program = programs.deno("2.9")
    _run([str(program), "install", "--quiet"], folder, {})


def _bundler(folder: Path) -> None:
    _, programs_of_ruby = programs.ruby("3.1")
    _run([str(programs_of_ruby / "bundle"), "lock", "--local"], folder, {})


def _uv(folder: Path) -> None:
    # uv reads a lock before it replaces it, and refuses the fixture's, which locks nothing.
    (folder / "uv.lock").unlink(missing_ok=True)
    python = str(pythons.interpreter("3.13"))
    _run([str(programs.uv("0.12.5")), "lock", "--quiet", "--python", python], folder, {})


def _poetry(folder: Path) -> None:
    """Locks from the index that pip has: Poetry's own source asks for more than mirrors answer."""
    programs.pipx()
    code = "from pip._internal.models.index import PyPI; print(PyPI.simple_url)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    source = {"name": "index", "url": done.stdout.strip(), "priority": "primary"}
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[[tool.poetry.source]]\n")
        file.writelines(f'{key} = "{value}"\n' for key, value in source.items())
    env = {"POETRY_CACHE_DIR": str(programs.root() / "poetry-cache")}
    _run([str(programs.poetry("2.5.1")), "lock", "--quiet", "--no-interaction"], folder, env)


def _cargo(folder: Path) -> None:
    _run(["cargo", "generate-lockfile", "--quiet"], folder, {})


def _zig(folder: Path) -> None:
    """Archives as the project's own script expects them, of a program that starts the real one."""
    for version in programs.ZIG:
        program = folder / "zig" / "zig"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{programs.zig(version)}" "$@"\n', "utf-8")
        program.chmod(0o755)
        (folder / "vendor").mkdir(exist_ok=True)
        with tarfile.open(folder / "vendor" / f"zig-{version}.tar.xz", "w:xz") as archive:
            archive.add(program.parent, "zig")
        shutil.rmtree(program.parent)
    with tarfile.open(folder / "testdata" / "samples.tar", "w") as archive:
        archive.add(folder / "testdata" / "README.md", "README.md")


LOCKS: dict[str, Callable[[Path], None]] = {
    "bun": _bun,
    "bundler": _bundler,
    "cargo": _cargo,
    "deno": _deno,
    "npm": _npm,
    "pnpm": _pnpm,
    "poetry": _poetry,
    "uv": _uv,
    "yarn": _yarn,
    "zig": _zig,
}


def _run(command: list[str], folder: Path, env: Mapping[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=os.environ | env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {(done.stdout + done.stderr)[-2000:]}"
