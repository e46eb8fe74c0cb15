"""Every case on a line, read from the files alone: nothing is imported or installed for it."""

from __future__ import annotations

import ast
import math
from pathlib import Path

from not_run import NOT_RUN

HERE = Path(__file__).parent


def listed() -> str:
    """The lines, and how many cases there are."""
    files = sorted(HERE.glob("test_*.py"))
    lines = [line for file in files for line in _cases(file)]
    thorough = sum(" --all " in line for line in lines)
    counted = f"{len(lines)} cases; {thorough} of them run with --all alone"
    left = [f"not run: {name}: {what}" for name, what in NOT_RUN.items()]
    return "\n".join([*lines, *left, counted]) + "\n"


def _cases(file: Path) -> list[str]:
    tree = ast.parse(file.read_text("utf-8"), str(file))
    return [
        _line(file, node)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def _line(file: Path, case: ast.FunctionDef) -> str:
    marks = {ast.unparse(mark).partition("(")[0]: mark for mark in case.decorator_list}
    variants = math.prod(_variants(mark) for mark in case.decorator_list)
    long = sum(ast.unparse(mark).count("thorough(") for mark in case.decorator_list)
    said = " ".join((ast.get_docstring(case) or "").split())
    parts = [
        f"{file.name}::{case.name}",
        "--all" if "pytest.mark.thorough" in marks else "",
        f"({variants} variants{f', {long} with --all' if long else ''})" if variants > 1 else "",
        said,
    ]
    return " ".join(part for part in parts if part)


def _variants(mark: ast.expr) -> int:
    """How many values a `parametrize` has; one that is computed counts as one."""
    if not isinstance(mark, ast.Call) or ast.unparse(mark.func) != "pytest.mark.parametrize":
        return 1
    values = mark.args[1]
    return len(values.elts) if isinstance(values, ast.List | ast.Tuple) else 1
