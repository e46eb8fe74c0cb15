"""Installs the validators at their locked versions, once, into a folder that git ignores."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model import Broken, Command, run

NPM_LOCK = ("package.json", "package-lock.json")
PYTHON_LOCK = ("requirements.txt",)


@dataclass(frozen=True)
class Installation:
    npm: Path
    python: Path

    def script(self, name: str) -> Path:
        """A program that a Python package installed."""
        return script(self.python, name)


def script(python: Path, name: str) -> Path:
    """A program of a virtual environment."""
    return python / ("Scripts" if os.name == "nt" else "bin") / name


def install_npm(validators: Path, cache: Path) -> Path:
    """The folder of the npm packages."""
    folder = cache / "npm"
    node = run(["node", "--version"], expect=(0,)).stdout.strip()
    fingerprint = _fingerprint(validators, NPM_LOCK, node)
    _fill(folder, fingerprint, lambda empty: _install_npm(validators, empty))
    return folder


def install_python(validators: Path, cache: Path) -> Path:
    """The virtual environment of the Python packages."""
    folder = cache / "python"
    fingerprint = _fingerprint(validators, PYTHON_LOCK, sys.version)
    _fill(folder, fingerprint, lambda empty: _install_python(validators, empty))
    return folder


def install(validators: Path, cache: Path) -> Installation:
    npm = install_npm(validators, cache)
    installation = Installation(npm=npm, python=install_python(validators, cache))
    # Node finds packages above the file that imports them, so our own files go beside them.
    for module in validators.glob("*.mjs"):
        shutil.copy(module, npm)
    return installation


def _fill(folder: Path, fingerprint: str, install_into: Callable[[Path], None]) -> None:
    """Installs unless the same versions are there already; the stamp is written last."""
    stamp = folder / "fingerprint"
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    install_into(folder)
    stamp.write_text(fingerprint)


def _fingerprint(validators: Path, names: tuple[str, ...], runtime: str) -> str:
    digest = hashlib.sha256(runtime.encode())
    for name in names:
        digest.update((validators / name).read_bytes())
    return digest.hexdigest()


def _install_npm(validators: Path, folder: Path) -> None:
    for name in NPM_LOCK:
        shutil.copy(validators / name, folder)
    npm = shutil.which("npm")
    if npm is None:
        raise Broken("npm is not installed")
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], expect=(0,), cwd=folder)


def _install_python(validators: Path, folder: Path) -> None:
    run([sys.executable, "-m", "venv", folder], expect=(0,))
    command: Command = [script(folder, "python"), "-m", "pip", "install", "--quiet"]
    command += ["--require-hashes", "--only-binary=:all:"]
    command += ["--requirement", validators / PYTHON_LOCK[0]]
    run(command, expect=(0,))
