"""Workflows that a case writes itself, beside the generated ones."""

from __future__ import annotations

import textwrap

from runner.bench import Bench
from runner.event import Event
from runner.run import Run

HEAD = "on: {workflow_dispatch: }\npermissions: {}\n"


def written(
    github: Bench, name: str, jobs: str, head: str = HEAD, called: str = "", base: str = "small"
) -> None:
    """Makes a branch with the workflow `own.yml`, and with `called.yml` where one is given."""
    with github.origin.change(name, base) as tree:
        text = f"name: own\n{head}\njobs:\n{textwrap.indent(textwrap.dedent(jobs), '  ')}"
        (tree / ".github/workflows/own.yml").write_text(text, "utf-8")
        if called:
            (tree / ".github/workflows/called.yml").write_text(textwrap.dedent(called), "utf-8")


def own(github: Bench, name: str, jobs: str, head: str = HEAD, called: str = "") -> Run:
    """Runs such a workflow to its end."""
    return begun(github, name, jobs, head, called).wait()


def begun(
    github: Bench,
    name: str,
    jobs: str,
    head: str = HEAD,
    called: str = "",
    event: Event | None = None,
) -> Run:
    """Starts such a workflow."""
    written(github, name, jobs, head, called)
    return github.begin("own.yml", event or github.dispatch(name))


def outcomes(run: Run, job: str) -> dict[str, str]:
    """The outcome of each step of a job."""
    return {step.name: step.outcome for step in run.job(job).steps}
