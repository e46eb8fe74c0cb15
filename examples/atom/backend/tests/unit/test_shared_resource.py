"""The resource that workers share, tried by processes of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.schema import ROOT
from tests.conftest import shared_once

WORKER = """
import pathlib, sys, time
from tests.conftest import shared_once

folder, me, workers = pathlib.Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def note(what):
    with (folder / "log").open("a") as log:
        log.write(what + "\\n")

def create():
    note("created")
    return f"made by {me}"

with shared_once(folder, "resource", create, lambda value: note("removed")) as value:
    (folder / f"seen-{me}").write_text(value)
    while len(list(folder.glob("seen-*"))) < workers:
        time.sleep(0.01)
"""


def test_many_processes_make_it_once_and_the_last_removes_it(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(  # noqa: S603 - our own interpreter and script
            [sys.executable, "-c", WORKER, str(tmp_path), str(number), "4"], cwd=ROOT
        )
        for number in range(4)
    ]
    assert [process.wait(timeout=30) for process in processes] == [0, 0, 0, 0]
    assert (tmp_path / "log").read_text().split() == ["created", "removed"]
    assert len({path.read_text() for path in tmp_path.glob("seen-*")}) == 1


def test_it_outlives_the_process_that_made_it(tmp_path: Path) -> None:
    removed: list[str] = []
    with shared_once(tmp_path, "it", lambda: "one", removed.append):
        with shared_once(tmp_path, "it", lambda: "two", removed.append) as second:
            assert second == "one"
        assert removed == []
    assert removed == ["one"]


def test_after_the_last_has_left_it_is_made_anew(tmp_path: Path) -> None:
    names = iter(["one", "two"])
    removed: list[str] = []
    for name in ("one", "two"):
        with shared_once(tmp_path, "it", lambda: next(names), removed.append) as value:
            assert value == name
    assert removed == ["one", "two"]


def test_a_failing_user_leaves_it_to_the_others(tmp_path: Path) -> None:
    removed: list[str] = []
    with shared_once(tmp_path, "it", lambda: "one", removed.append):
        with (
            pytest.raises(RuntimeError, match="test failed"),
            shared_once(tmp_path, "it", lambda: "two", removed.append),
        ):
            raise RuntimeError("test failed")
        assert removed == []
    assert removed == ["one"]


def test_a_resource_that_could_not_be_made_is_tried_by_the_next(tmp_path: Path) -> None:
    def fail() -> str:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"), shared_once(tmp_path, "it", fail, print):
        pass
    with shared_once(tmp_path, "it", lambda: "made", lambda _: None) as value:
        assert value == "made"
