"""Version files that contradict the definition: the requested version is the one that runs"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from fixtures import written
from runner.bench import bench
from runner.language import Language
from variants import thorough

HEAD = 'version = 1\n[project]\nname = "v"\n[components.c]\n'
Files = Mapping[str, str]


def version(
    language: Language, folder: Path, component: str, files: Files, locks: Files | None = None
) -> str:
    """What the check `version` of a component prints, in a repository of such files."""
    given = {**files, "pipeline.toml": HEAD + component}
    installed = Path(os.environ["BENCH_CACHE"]) / "python"
    with bench(language, written(given, folder, locks), installed) as github:
        run = github.run("ci.yml", github.dispatch("main"))
        assert run.result == "success", run.failures()
        return run.job("c").step("version").log


# ── Python ────────────────────────────────────────────────────────────────────

PYTHON = {
    ".python-version": "3.11\n",
    ".tool-versions": "python 3.11.7\n",
    "requirements.txt": "",
    "pyproject.toml": '[project]\nname = "c"\nversion = "1"\nrequires-python = ">=3.11"\n',
}
POETRY = PYTHON["pyproject.toml"] + "[tool.poetry]\npackage-mode = false\n"
CHECKED = 'python = "3.12"\ninstall = {install}\nchecks = {{ version = "{command}" }}\n'


@pytest.mark.parametrize(
    ("install", "command", "locks"),
    [
        ('{ pip = ["requirements.txt"] }', "python -V", {}),
        ("{ uv = [] }", "uv run python -V", {".": "uv"}),
    ],
    ids=["pip", "uv"],
)
def test_requested_python_version(
    language: Language, tmp_path: Path, install: str, command: str, locks: dict[str, str]
) -> None:
    """A `.python-version` and a `.tool-versions` of another version change nothing."""
    component = CHECKED.format(install=install, command=command)
    assert "Python 3.12." in version(language, tmp_path, component, PYTHON, locks)


@pytest.mark.thorough
def test_requested_python_version_of_poetry(language: Language, tmp_path: Path) -> None:
    """Poetry's environment has the requested version, too."""
    component = CHECKED.format(install="{ poetry = [] }", command="poetry run python -V")
    files = PYTHON | {"pyproject.toml": POETRY}
    assert "Python 3.12." in version(language, tmp_path, component, files, {".": "poetry"})


# ── Node.js ───────────────────────────────────────────────────────────────────

MANIFEST = {
    "name": "c",
    "version": "1.0.0",
    "private": True,
    "engines": {"node": "22"},
    "volta": {"node": "22.23.3"},
    "scripts": {"version-of-node": "node -v"},
}
NODE = {".nvmrc": "22\n", ".node-version": "22\n", ".tool-versions": "nodejs 22.23.3\n"}


@pytest.mark.parametrize("manager", ["npm", thorough("pnpm")])
def test_requested_node_version(language: Language, tmp_path: Path, manager: str) -> None:
    """A `.nvmrc`, a `.node-version`, `engines` and `volta` of another version change nothing."""
    component = f'node = "24"\ninstall = {{ {manager} = [] }}\n'
    component += f'checks = {{ version = "{manager} run version-of-node" }}\n'
    manifest = MANIFEST | ({"packageManager": "pnpm@10.20.0"} if manager == "pnpm" else {})
    files = NODE | {"package.json": json.dumps(manifest)}
    assert "v24." in version(language, tmp_path, component, files, {".": manager})


# ── Go ────────────────────────────────────────────────────────────────────────


def test_requested_go_version(language: Language, tmp_path: Path) -> None:
    """`toolchain` of go.mod and a `.go-version` change nothing: no other Go is downloaded."""
    files = {
        "go.mod": "module example.org/c\n\ngo 1.25.0\n\ntoolchain go1.27.1\n",
        ".go-version": "1.25.5\n",
        "main.go": "package main\n\nfunc main() {}\n",
    }
    component = 'go = "1.26"\nchecks = { package = "go list .", version = "go version" }\n'
    assert "go version go1.26." in version(language, tmp_path, component, files)


# ── Rust ──────────────────────────────────────────────────────────────────────

TOOLCHAIN = '[toolchain]\nchannel = "nightly"\ncomponents = ["clippy", "rust-src"]\n'


@pytest.mark.parametrize(
    ("place", "content"),
    [
        ("rust-toolchain.toml", TOOLCHAIN),
        thorough("core/rust-toolchain.toml", TOOLCHAIN.replace('channel = "nightly"\n', "")),
        thorough("core/rust-toolchain", "nightly\n"),
    ],
    ids=["root", "without-channel", "legacy"],
)
def test_requested_rust_version(
    language: Language, tmp_path: Path, place: str, content: str
) -> None:
    """A toolchain file of another version changes nothing; what it adds is installed as well."""
    files = {
        "core/Cargo.toml": '[package]\nname = "c"\nversion = "1.0.0"\nedition = "2024"\n',
        "core/src/lib.rs": "",
        place: content,
    }
    component = 'path = "core"\nrust = "1.95"\n'
    component += 'checks = { version = "rustc --version; rustup component list --installed" }\n'
    log = version(language, tmp_path, component, files, {"core": "cargo"})
    assert "rustc 1.95." in log
    if "rust-src" in content:
        assert "rust-src" in log.split()
