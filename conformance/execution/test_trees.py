"""Conditions and values as GitHub evaluates them, against the compiler's own evaluation."""

# The compiler writes workflows, generated ones and those of all fixtures, and what every condition
# and value of theirs is in runs that it makes up. GitHub's packages evaluate the same files.

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from runner.language import Language, Rejected, Status

PROJECT = Path(__file__).resolve().parents[2]


def at(workflow: Any, path: list[str | int]) -> Any:
    """What stands at a path; None where nothing does."""
    for key in path:
        known = key in workflow if isinstance(workflow, dict) else int(key) < len(workflow)
        if not known:
            return None
        workflow = workflow[key]
    return workflow


def same(given: str | bool) -> str | bool:
    """A value to compare by: the parser keeps the indentation of a block with an expression."""
    if isinstance(given, bool) or "\n" not in given:
        return given
    return "\n".join(line.strip() for line in given.strip().splitlines())


def test_printed_text_means_the_same_as_the_tree(language: Language, tmp_path: Path) -> None:
    """At least 2,000 generated conditions and values, and all of every fixture: GitHub's evaluator
    gives what the compiler's own evaluation gives."""
    command = ["cargo", "test", "--quiet", "--locked", "--test", "trees"]
    settings = os.environ | {"PIPEWRIGHT_TREES": str(tmp_path)}
    subprocess.run(command, cwd=PROJECT, env=settings, check=True, capture_output=True)
    cases = json.loads((tmp_path / "cases.json").read_text("utf-8"))
    files = {case["file"] for case in cases}
    workflows = {file: language.parse(tmp_path / file, file) for file in files}
    wrong = []
    for case in cases:
        node = at(workflows[case["file"]], case["path"])
        status = Status(*case["status"])
        ask = language.condition if case["path"][-1] == "if" else language.text
        try:
            given: Any = ask(node, case["contexts"], status)
        except Rejected as error:
            given = str(error)
        if same(given) != same(case["expected"]):
            wrong.append((case, given))
    assert not wrong, (len(wrong), wrong[:5])
    generated = [case for case in cases if case["file"] == "generated.yml"]
    assert len(generated) >= 2_000
    for fixture in (PROJECT / "tests" / "fixtures").iterdir():
        assert not fixture.is_dir() or any(file.startswith(f"{fixture.name}-") for file in files)
