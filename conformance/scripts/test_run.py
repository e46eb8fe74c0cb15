"""run.py: scripts import their own modules by name, and no file that was put beside them."""

from __future__ import annotations

import ast
import json
import py_compile
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import SCRIPTS, Bench, Done

FAILED = {
    "PIPEWRIGHT_NEEDS": '{"a": {"result": "failure"}}',
    "PIPEWRIGHT_RULES": '{"a": {}}',
}
HOSTILE = "import os\nprint('planted')\nos._exit(0)\n"
SHADOWED = ("decimal", "json", "os", "re", "runpy", "types", "typing", "sitecustomize", "_decimal")

Plant = Callable[[Path], None]


def module(name: str) -> Plant:
    """A module of the standard library's name."""
    return lambda folder: write(folder / f"{name}.py")


def package(folder: Path) -> None:
    """A package of the standard library's name."""
    write(folder / "json" / "__init__.py")


def extension(folder: Path) -> None:
    """A compiled module, which Python finds before one in source."""
    (folder / f"decimal{suffix()}").write_bytes(b"not a library")


def link(folder: Path) -> None:
    """A link to a module elsewhere."""
    write(folder.parent / "elsewhere.py")
    (folder / "decimal.py").symlink_to(folder.parent / "elsewhere.py")


def cached(folder: Path) -> None:
    """Bytecode in the place of our own modules, which Python would not compare with the text."""
    write(folder / "hostile.txt")
    for name in ("passed", "pipewright_common", "decimal"):
        target = folder / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.pyc"
        py_compile.compile(
            str(folder / "hostile.txt"),
            cfile=str(target),
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


def suffix() -> str:
    """The end of a compiled module's name."""
    from importlib.machinery import EXTENSION_SUFFIXES

    return EXTENSION_SUFFIXES[0]


def write(path: Path) -> None:
    """Writes the hostile text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HOSTILE, "utf-8")


PLANTS: dict[str, Plant] = {
    **{f"{name}.py": module(name) for name in SHADOWED},
    "json-package": package,
    "compiled": extension,
    "link": link,
    "pycache": cached,
}


@pytest.fixture
def folder(bench: Bench) -> Path:
    """The scripts as they are emitted."""
    target = bench.root / ".github" / "pipewright"
    shutil.copytree(SCRIPTS, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def run(bench: Bench, folder: Path, *words: str, **env: str) -> Done:
    """Runs the launcher, with a PYTHONPATH that leads to what was planted."""
    given = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "", **env}
    return bench.step([sys.executable, "-I", str(folder / "run.py"), *words], given)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_planted(bench: Bench, folder: Path, plant: Plant) -> None:
    """What is planted changes nothing: a failed job is still a failure, told in the same words."""
    before = run(bench, folder, "passed", **FAILED)
    assert before.code == 1 and "a: its result is failure" in before.text
    plant(folder)
    # Also where the folder is the working directory.
    for _ in range(2):
        assert run(bench, folder, "passed", **FAILED) == before
    here = bench.step([sys.executable, "-I", "run.py", "passed"], FAILED, ".github/pipewright")
    assert here == before


@pytest.mark.parametrize("plant", ["decimal.py", "pycache", "json-package"])
def test_every_script(bench: Bench, folder: Path, plant: str) -> None:
    """No script prints or ends otherwise beside planted files."""
    before = {script: run(bench, folder, script) for script in listed("SCRIPTS")}
    PLANTS[plant](folder)
    for script, done in before.items():
        assert "planted" not in done.text
        assert run(bench, folder, script) == done


def test_leaves_nothing(bench: Bench, folder: Path) -> None:
    """A run writes no bytecode into the repository."""
    before = sorted(folder.rglob("*"))
    run(bench, folder, "passed", **FAILED)
    assert sorted(folder.rglob("*")) == before


def test_other_files_are_no_scripts(bench: Bench, folder: Path) -> None:
    """Only scripts can be run: a module or a planted file is refused."""
    write(folder / "planted.py")
    for name in ("planted", "web", "../planted", ""):
        done = run(bench, folder, name)
        assert done.code == 1 and f"found `{name}`" in done.text


def test_every_module_is_known() -> None:
    """The lists hold what the scripts import, and nothing else."""
    known = {*listed("SCRIPTS"), *listed("MODULES")}
    ours = {path.stem for path in SCRIPTS.glob("*.py")}
    needed, open_ = set(), list(listed("SCRIPTS"))
    while open_:
        name = open_.pop()
        needed.add(name)
        tree = ast.parse((SCRIPTS / f"{name}.py").read_text("utf-8"))
        found = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
        open_ += (found & ours) - needed
    assert known == needed, json.dumps(sorted(known ^ needed))


def listed(name: str) -> list[str]:
    """A tuple of the launcher."""
    tree = ast.parse((SCRIPTS / "run.py").read_text("utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            return list(ast.literal_eval(node.value))
    raise LookupError(name)
