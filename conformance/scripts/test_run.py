"""The bundles: one file each, which imports nothing beside it."""

from __future__ import annotations

import ast
import py_compile
import re
import shutil
import sys
from collections.abc import Callable
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from conftest import COMMANDS, SCRIPTS, Bench, Done

FAILED = {
    "PIPEWRIGHT_NEEDS": '{"a": {"result": "failure"}}',
    "PIPEWRIGHT_RULES": '{"a": {}}',
}
HOSTILE = "import os\nprint('planted')\nos._exit(0)\n"
SHADOWED = ("decimal", "json", "os", "re", "types", "typing", "sitecustomize", "_decimal")
BUNDLES = ("ci.py", "deploy.py", "pipewright_pytest.py")

Plant = Callable[[Path], None]


def module(name: str) -> Plant:
    """A module of the standard library's name."""
    return lambda folder: write(folder / f"{name}.py")


def package(folder: Path) -> None:
    """A package of the standard library's name."""
    write(folder / "json" / "__init__.py")


def extension(folder: Path) -> None:
    """A compiled module, which Python finds before one in source."""
    (folder / f"decimal{EXTENSION_SUFFIXES[0]}").write_bytes(b"not a library")


def link(folder: Path) -> None:
    """A link to a module elsewhere."""
    write(folder.parent / "elsewhere.py")
    (folder / "decimal.py").symlink_to(folder.parent / "elsewhere.py")


def cached(folder: Path) -> None:
    """Bytecode in the place of our own file, which Python would not compare with the text."""
    write(folder / "hostile.txt")
    for name in ("ci", "decimal"):
        target = folder / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.pyc"
        py_compile.compile(
            str(folder / "hostile.txt"),
            cfile=str(target),
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


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
    """Runs a command, with a PYTHONPATH that leads to what was planted."""
    given = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "", **env}
    return bench.step([sys.executable, "-I", str(folder / "ci.py"), *words], given)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_planted(bench: Bench, folder: Path, plant: Plant) -> None:
    """What is planted changes nothing: a failed job is still a failure, told in the same words."""
    before = run(bench, folder, "passed", **FAILED)
    assert before.code == 1 and "a: its result is failure" in before.text
    plant(folder)
    # Also where the folder is the working directory.
    for _ in range(2):
        assert run(bench, folder, "passed", **FAILED) == before
    here = bench.step([sys.executable, "-I", "ci.py", "passed"], FAILED, ".github/pipewright")
    assert here == before


@pytest.mark.parametrize("plant", ["decimal.py", "pycache", "json-package"])
def test_every_command(bench: Bench, folder: Path, plant: str) -> None:
    """No command prints or ends otherwise beside planted files."""
    before = {command: run(bench, folder, command) for command in COMMANDS}
    PLANTS[plant](folder)
    for command, done in before.items():
        assert done.code == 1 and "planted" not in done.text, done.text
        assert run(bench, folder, command) == done


def test_leaves_nothing(bench: Bench, folder: Path) -> None:
    """A run writes no bytecode into the repository."""
    before = sorted(folder.rglob("*"))
    run(bench, folder, "passed", **FAILED)
    assert sorted(folder.rglob("*")) == before


def test_unknown_commands_are_refused(bench: Bench, folder: Path) -> None:
    """The message names the commands that there are."""
    for words in (["web"], ["../planted"], [""], [], ["passed", "plan"]):
        done = run(bench, folder, *words)
        assert (done.code, done.text) == (2, f"usage: ci.py {{{','.join(COMMANDS)}}}\n")


def test_a_fault_of_our_own_is_one_annotation(bench: Bench, folder: Path) -> None:
    """Its place is named and its message is not, which could quote a secret."""
    script = folder / "ci.py"
    text = script.read_text("utf-8").replace(
        '    """Checks every job."""\n', "    raise KeyError('secret')\n"
    )
    script.write_text(text, "utf-8")
    done = run(bench, folder, "passed", **FAILED)
    assert done.code == 1
    line = re.fullmatch(
        r"::error::a fault in Pipewright's own script: KeyError at ci\.py:(\d+)\n", done.text
    )
    assert line and "KeyError" in text.splitlines()[int(line[1]) - 1]


@pytest.mark.parametrize("name", BUNDLES)
def test_the_contents_are_the_sections(name: str) -> None:
    """A bundle's header lists its sections in their order, each with its documentation."""
    text = (SCRIPTS / name).read_text("utf-8")
    contents = (ast.get_docstring(ast.parse(text)) or "").split("Contents:\n")[1]
    listed = [line.split()[0] for line in contents.splitlines()]
    sections = re.findall(r"^# ═══ (\w+) ═+$", text, re.MULTILINE)
    assert listed == sections and sections[-1] == name.removesuffix(".py")


@pytest.mark.parametrize("name", BUNDLES)
def test_imports_nothing_of_ours(name: str) -> None:
    """Only the standard library, and pytest in its plugin."""
    allowed = {*sys.stdlib_module_names, *(["pytest"] if "pytest" in name else [])}
    tree = ast.parse((SCRIPTS / name).read_text("utf-8"))
    found = {
        module.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
    }
    assert found <= allowed


def test_tests_can_import_the_plugin_alone(bench: Bench) -> None:
    """No other name of ours is on `sys.path` of users' tests."""
    names = [path.stem for path in (SCRIPTS.parents[1] / "templates/scripts").glob("*.py")]
    bench.write(
        "test_names.py",
        "import importlib.util, pytest\n"
        f"@pytest.mark.parametrize('name', {sorted(names)!r})\n"
        "def test_name(name):\n"
        "    found = importlib.util.find_spec(name) is not None\n"
        "    assert found is (name == 'pipewright_pytest')\n",
    )
    done = bench.pytest()
    assert done.code == 0, done.text
