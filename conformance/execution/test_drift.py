"""The drift job: a shell and sha256sum report each kind of change, with nothing installed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from runner.bench import Bench
from seen import errors

CI = ".github/workflows/ci.yml"
COVERAGE = ".github/workflows/test-coverage.yml"
SCRIPT = ".github/pipewright/ci.py"
MANIFEST = ".github/pipewright/manifest.sha256"
GENERATE = "run `pipewright generate`"
EDITED = f"was edited by hand; move the edit into the definition, or {GENERATE}"
UNKNOWN = "is not generated; remove it"
CHANGED = f"has changed since the workflows were generated; {GENERATE}"

Change = Callable[[Path], None]


def append(name: str) -> Change:
    """Another line at a file's end."""

    def change(tree: Path) -> None:
        with (tree / name).open("a") as file:
            file.write("# by hand\n")

    return change


def remove(name: str) -> Change:
    """A file less."""
    return lambda tree: (tree / name).unlink()


def write(name: str, content: str) -> Change:
    """A new file."""

    def change(tree: Path) -> None:
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(content)

    return change


def line_ends(tree: Path) -> None:
    """A workflow as an editor on Windows may save it."""
    (tree / CI).write_bytes((tree / CI).read_bytes().replace(b"\n", b"\r\n"))


def left_over(tree: Path) -> None:
    """What an older definition wanted."""
    (tree / ".github/workflows/old.yml").write_text((tree / CI).read_text())


PLANTED = ".github/pipewright/"
HOSTILE = "import os\nos._exit(0)\n"


KINDS: dict[str, tuple[Change, str, str]] = {
    "definition-edited": (append("pipeline.toml"), "pipeline.toml", CHANGED),
    "pins-edited": (append("pipeline.lock"), "pipeline.lock", CHANGED),
    "pins-removed": (remove("pipeline.lock"), "pipeline.lock", f"is missing; {GENERATE}"),
    "template-added": (
        write("templates/pytest.sh", "true\n"),
        "templates/pytest.sh",
        f"is new since the workflows were generated; {GENERATE}",
    ),
    "workflow-edited": (append(CI), CI, f"{EDITED}, or `pipewright absorb` if a bot moved pins"),
    "workflow-removed": (remove(COVERAGE), COVERAGE, f"is missing; {GENERATE}"),
    "workflow-left-over": (
        left_over,
        ".github/workflows/old.yml",
        f"is not generated any more; {GENERATE} to remove it",
    ),
    "script-edited": (append(SCRIPT), SCRIPT, EDITED),
    "script-removed": (remove(SCRIPT), SCRIPT, f"is missing; {GENERATE}"),
    **{
        f"planted-{kind}": (write(PLANTED + name, HOSTILE), PLANTED + name, UNKNOWN)
        for kind, name in {
            "module": "decimal.py",
            "package": "json/__init__.py",
            "bytecode": "__pycache__/decimal.cpython-312.pyc",
            "site": "sitecustomize.py",
            "hidden": ".hidden",
        }.items()
    },
}


def drift(github: Bench, branch: str, change: Change) -> tuple[str, list[tuple[str, str, str]]]:
    """The drift job's result and its annotations, on a pull request with a change."""
    with github.origin.change(branch, "small") as tree:
        change(tree)
    event = github.pull_request(branch, "small")
    job = github.run("ci.yml", event, only=frozenset({"drift"})).job("Drift")
    return job.result, [(told.title, told.file, told.message) for told in errors(job)]


def test_nothing_changed(github: Bench) -> None:
    """What was generated and not touched passes, beside files that are no business of the job."""
    own = write(".github/workflows/own.yml", "name: own\non: push\njobs: {}\n")
    assert drift(github, "drift-none", own) == ("success", [])


def test_saved_with_other_line_ends(github: Bench) -> None:
    """Line ends do not count, also where `.gitattributes` does not undo what an editor did."""
    assert drift(github, "drift-line-ends", line_ends) == ("success", [])


@pytest.mark.parametrize("kind", KINDS)
def test_kind_of_change(github: Bench, kind: str) -> None:
    """The change is reported once, at its file, with what to do."""
    change, file, message = KINDS[kind]
    found = drift(github, f"drift-{kind}", change)
    assert found == ("failure", [("Drift", file, f"{file} {message}")])


def test_manifest_removed(github: Bench) -> None:
    """Without the manifest, the job fails."""
    found = drift(github, "drift-manifest", remove(MANIFEST))
    assert found == ("failure", [("Drift", MANIFEST, f"the manifest is missing; {GENERATE}")])


def test_several_changes_at_once(github: Bench) -> None:
    """Every change is reported, not only the first one."""

    def several(tree: Path) -> None:
        append("pipeline.toml")(tree)
        append(SCRIPT)(tree)

    result, told = drift(github, "drift-several", several)
    assert (result, [file for _, file, _ in told]) == ("failure", ["pipeline.toml", SCRIPT])


def test_planted_modules_are_not_imported(github: Bench) -> None:
    """Modules of the standard library's names beside the scripts fail the drift job."""
    with github.origin.change("drift-planted", "small") as tree:
        for name in ("decimal.py", "json/__init__.py", "sitecustomize.py", "os.py"):
            write(PLANTED + name, HOSTILE)(tree)
    event = github.pull_request("drift-planted", "small")
    run = github.run("ci.yml", event, only=frozenset({"drift"}))
    assert run.job("Drift").result == "failure"
