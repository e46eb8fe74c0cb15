"""Workflows that a case writes itself, beside the generated ones of the small pipeline."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from typing import Any

from runner.bench import Bench
from runner.event import Event
from runner.run import Run

HEAD = "on: {workflow_dispatch: , pull_request: , push: }\npermissions: {}\n"
# The pins of the lock files; a stand-in is found by the name alone.
UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"


def write(
    github: Bench, name: str, jobs: str, files: Mapping[str, str] | None = None, base: str = "small"
) -> None:
    """A branch with the workflow own.yml, and with other files."""
    with github.origin.change(name, base) as tree:
        text = f"name: own\n{HEAD}\njobs:\n{textwrap.indent(textwrap.dedent(jobs), '  ')}"
        (tree / ".github/workflows/own.yml").write_text(text, "utf-8")
        for place, content in (files or {}).items():
            path = tree / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")


def own(
    github: Bench,
    name: str,
    jobs: str,
    files: Mapping[str, str] | None = None,
    event: Event | None = None,
    hooks: Mapping[str, Callable[[Run], None]] | None = None,
) -> Run:
    """Runs such a workflow, by hand on `main` unless the case has another event."""
    write(github, name, jobs, files)
    return github.run("own.yml", event or github.dispatch(name), hooks=hooks)


def used(action: str, **inputs: Any) -> str:
    """A step that uses an action, in YAML's flow style, and that may fail."""
    given = ", ".join(f"{key.replace('_', '-')}: {value!r}" for key, value in inputs.items())
    return f"{{uses: {action}@pin, continue-on-error: true, with: {{{given}}}}}"


def steps_of(run: Run, job: str) -> list[str]:
    """The outcome of each step of a job."""
    return [step.outcome for step in run.job(job).steps]


def told(run: Run, job: str) -> list[str]:
    """The annotations of a job."""
    return [annotation.message for annotation in run.job(job).annotations]
