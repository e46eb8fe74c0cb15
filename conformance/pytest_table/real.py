"""What pytest itself collects, or runs, for each configuration of cases.toml.

    python conformance/pytest_table/real.py        # rewrites table.json

As a plugin of pytest (`-p real`) it writes down the tests of the run that loads it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
TABLE = HERE / "table.json"
TEST = "def test_it():\n    pass\n"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR")

_ran: list[str] = []
_collected: list[str] = []


def _path(config: Any, path: Path) -> str:
    return path.relative_to(os.environ["PIPEWRIGHT_TABLE_ROOT"]).as_posix()


def pytest_collection_finish(session: Any) -> None:
    """Remembers what is left after every plugin has chosen."""
    for item in session.items:
        name = "::".join(node.name for node in item.listchain() if _is_in_file(node, item))
        _collected.append(f"{_path(session.config, item.path)}::{name}")


def _is_in_file(node: Any, item: Any) -> bool:
    return bool(node.path == item.path and type(node).__name__ not in _FILES)


_FILES = ("Module", "DoctestModule", "DoctestTextfile")


def pytest_runtest_logstart(nodeid: str) -> None:
    """Remembers what really runs."""
    _ran.append(nodeid)


def pytest_sessionfinish() -> None:
    """Writes down what was remembered."""
    # Ids start from pytest's root folder; both lists are in the order of the run.
    tests = _collected[: len(_ran)] if os.environ["PIPEWRIGHT_TABLE_RUN"] else _collected
    Path(os.environ["PIPEWRIGHT_TABLE_FILE"]).write_text(json.dumps(tests), "utf-8")


def cases() -> list[dict[str, Any]]:
    """The configurations."""
    found: list[dict[str, Any]] = tomllib.loads((HERE / "cases.toml").read_text("utf-8"))["cases"]
    return found


def written(case: dict[str, Any], root: Path) -> None:
    """Writes the files of a case."""
    files = {path: TEST for path in case.get("tests", [])} | case.get("files", {})
    for path, text in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def real(case: dict[str, Any]) -> dict[str, Any]:
    """What pytest does with a case: the tests, or that it refuses."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / "repository"
        root.mkdir()
        written(case, root)
        file = Path(folder) / "tests.json"
        env = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIPEWRIGHT_TABLE_ROOT": str(root),
            "PIPEWRIGHT_TABLE_FILE": str(file),
            "PIPEWRIGHT_TABLE_RUN": "yes" if case.get("run") else "",
        }
        if "variable" in case:
            env["PYTEST_ADDOPTS"] = case["variable"]
        command = [sys.executable, "-m", "pytest", "-p", "real", "-p", "no:randomly"]
        command += [] if case.get("run") else ["--collect-only"]
        command += case.get("args", [])
        cwd = root / case.get("folder", "")
        done = subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120
        )
        # 4: the command line is wrong. Other mistakes end pytest with 1, before there is a session.
        if done.returncode == 4 or (done.returncode == 1 and not file.exists()):
            return {"refused": True}
        # A run that ends early ends with 1 or 2.
        if done.returncode not in ((0, 1, 2, 5) if case.get("run") else (0, 5)):
            text = done.stdout + done.stderr
            raise AssertionError(f"{case['name']}: pytest ended with {done.returncode}\n{text}")
        return {"tests": sorted(json.loads(file.read_text("utf-8")))}


def main() -> None:
    """Rewrites the table."""
    known = cases()
    names = [case["name"] for case in known]
    assert len(set(names)) == len(names), "two cases share a name"
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        table = dict(zip(names, pool.map(real, known), strict=True))
    TABLE.write_text(json.dumps(table, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
