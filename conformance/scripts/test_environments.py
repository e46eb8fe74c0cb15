"""environments.py, with a stand-in that prints what tox prints.

Source: <https://github.com/tox-dev/tox>, `session/cmd/show_config/ini.py` and
`session/cmd/run/common.py`
"""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from conftest import Bench, Done, read_lines, read_record

# Lists the environments of `listed.json`, and answers a run with `output.txt` and `report.json`.
TOX = """\
import json, pathlib, sys
words = sys.argv[1:]
if words[0] == "config":
    for name, base in json.loads(pathlib.Path("listed.json").read_text()).items():
        print(f"[testenv:{name}]\\nbase_python = {base}\\ndepends =\\nignore_outcome = False\\n")
    print("[testenv:.pkg]\\nbase_python = python\\n")
    sys.exit()
print(pathlib.Path("output.txt").read_text())
report = pathlib.Path("report.json")
if report.exists():
    pathlib.Path(words[words.index("--result-json") + 1]).write_text(report.read_text())
sys.exit(int(pathlib.Path("status.txt").read_text()))
"""


def run(
    bench: Bench,
    listed: dict[str, str],
    output: str = "",
    results: dict[str, Any] | None = None,
    status: int = 0,
    **env: Any,
) -> Done:
    """The step, with this tox."""
    bench.write("tox.py", TOX)
    bench.write("listed.json", json.dumps(listed))
    bench.write("output.txt", output)
    bench.write("status.txt", str(status))
    if results is not None:
        found = {name: {"result": result} for name, result in results.items()}
        bench.write("report.json", json.dumps({"testenvs": found}))
    given = {"PYTHON": "3.12", "PYTHONS": "3.14\n3.11\n3.12", "SHARDS": "1", **env}
    return bench.script(
        "environments",
        TOOL="tox",
        COMMAND=f"{sys.executable} tox.py",
        WORK=str(bench.root),
        RECORD="record",
        **given,
    )


BASES = {
    "py311": "py311",
    "py3.12": "python3.12",
    "py-django52": "/venv/bin/python",
    "also": "python3",
    "gone": "py39",
    "pypy": "pypy311",
    "free": "3.12t",
    "path": "/usr/bin/python3.11",
}


@pytest.mark.parametrize(
    ("python", "names"),
    [
        ("3.11", ["also", "py-django52", "py311"]),
        ("3.12", ["also", "free", "gone", "path", "py-django52", "py3.12", "pypy"]),
        ("3.14", ["also", "py-django52"]),
    ],
)
def test_environments_are_those_of_a_version(bench: Bench, python: str, names: list[str]) -> None:
    run(bench, BASES, PYTHON=python)
    described, _ = read_record(bench.root / "record")
    assert described["selected"] == names


def test_version_without_an_environment(bench: Bench) -> None:
    done = run(bench, {"lint": "python3.12"}, PYTHON="3.11")
    assert done.code == 1
    (told,) = done.annotations("error")
    assert "no environment is for Python 3.11. Remove 3.11 from `python`" in told


PASSED = {"success": True, "exit_code": 0, "duration": 1.5}


def test_environment_that_an_old_tox_skips(bench: Bench) -> None:
    output = (
        "gone: skipped because could not find python interpreter\n  gone: SKIP (0.01 seconds)\n"
    )
    done = run(bench, {"gone": "py39"}, output, {"gone": PASSED}, status=1)
    _, (line,) = read_record(bench.root / "record")
    assert (line["outcome"], line["message"]) == ("skipped", "could not find python interpreter")
    (told,) = done.annotations("warning")
    assert "gone was skipped: could not find python interpreter" in told
    finished = json.loads((bench.root / "record/finished.json").read_text("utf-8"))
    assert finished["exit"] == 0


def test_tool_that_ends_without_a_report(bench: Bench) -> None:
    run(bench, {"a": "py", "b": "py"}, "a: commands[0]> x\n", status=134)
    described, lines = read_record(bench.root / "record")
    assert (described["selected"], lines) == (["a", "b"], [])
    assert [line["id"] for line in read_lines(bench.root / "record")] == ["a"]
    finished = json.loads((bench.root / "record/finished.json").read_text("utf-8"))
    assert finished["exit"] == 134


def test_message_is_the_end_of_the_output(bench: Bench) -> None:
    output = "a: commands[0]> x\n" + "\x1b[31mno\x1b[0m\n" * 200 + "  a: FAIL code 3 (1 seconds)\n"
    failed = {"success": False, "exit_code": 3, "duration": 1}
    run(bench, {"a": "py"}, output, {"a": failed}, status=3)
    _, (line,) = read_record(bench.root / "record")
    assert line["outcome"] == "failed"
    assert line["message"].startswith("exit code 3\nno\nno\n")
    assert line["message"].endswith("\nno")
