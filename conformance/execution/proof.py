"""The list of cases in docs/proof.md, made from the cases themselves."""

from __future__ import annotations

import importlib
import math
from pathlib import Path
from types import FunctionType, ModuleType

from not_run import NOT_RUN

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "proof.md"
BEGIN, END = "<!-- cases -->\n", "<!-- end of cases -->\n"


def cases() -> str:
    """A table per file: each case, the number of its variants, and how it ends."""
    tables = [_table(importlib.import_module(name)) for name in _modules()]
    return "\n\n".join([*tables, _not_run()]) + "\n"


def tables(folder: Path) -> str:
    """A table for each file of cases in a folder that is on the path of modules."""
    names = sorted(path.stem for path in folder.glob("test_*.py") if path.stem != "test_page")
    return "\n\n".join(_table(importlib.import_module(name)) for name in names) + "\n"


def _modules() -> list[str]:
    """The reference pipeline first, and the check of this very list not at all."""
    names = [path.stem for path in HERE.glob("test_*.py") if path.stem != "test_proof"]
    return sorted(names, key=lambda name: (name != "test_reference", name != "test_ci", name))


def _not_run() -> str:
    """What the cases of fixtures leave out."""
    rows = [f"| {name} | {left} |" for name, left in NOT_RUN.items()]
    return "\n".join(
        [
            "### What of the fixtures does not run here",
            "",
            "| Fixture | Not run |",
            "|---|---|",
            *rows,
        ]
    )


def _table(module: ModuleType) -> str:
    title = (module.__doc__ or "").strip().rstrip(".")
    functions = [value for name, value in vars(module).items() if name.startswith("test_")]
    head = [f"### {title}", "", "| Case | Ends as |", "|---|---|"]
    return "\n".join([*head, *(_row(function) for function in functions)])


def _row(function: FunctionType) -> str:
    marks = {mark.name: mark for mark in getattr(function, "pytestmark", [])}
    given = [mark for mark in getattr(function, "pytestmark", []) if mark.name == "parametrize"]
    variants = math.prod(len(mark.args[1]) for mark in given)
    long = sum(1 for mark in given for values in mark.args[1] if getattr(values, "marks", ()))
    name = function.__name__.removeprefix("test_").replace("_", " ")
    name += f", {variants} variants" if variants > 1 else ""
    name += f", {long} of them \\*" if long else ""
    name += " \\*" if "thorough" in marks else ""
    assert function.__doc__, f"{function.__name__} says nothing"
    said = " ".join(function.__doc__.split()).replace("|", "\\|")
    return f"| {name} | {said} |"


def listed() -> str:
    """The list as the page has it."""
    return PAGE.read_text("utf-8").split(BEGIN)[1].split(END)[0]


def rewrite() -> None:
    """Puts the list into the page."""
    before, rest = PAGE.read_text("utf-8").split(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{cases()}{END}{rest.split(END)[1]}", "utf-8")
