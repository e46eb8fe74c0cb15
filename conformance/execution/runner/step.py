"""One step: a script under the shell that GitHub would start, or an action's stand-in.

Source of the shells: <https://docs.github.com/actions/reference/workflow-syntax-for-github-actions>,
`jobs.<job_id>.steps[*].shell`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import commands
from .actions import ActionError, Use, find
from .commands import Annotation, CommandError, Output
from .place import Place

SHELLS = {
    "": ["bash", "-e", "{0}"],
    "bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "{0}"],
    "python": ["python", "{0}"],
    "sh": ["sh", "-e", "{0}"],
}
FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
LONGEST = 900  # Seconds; far more than any step of a case takes.

Interfere = Callable[[], bool]


@dataclass
class StepRun:
    """What a step did."""

    name: str
    outcome: str = "skipped"
    exit: int | None = None
    outputs: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    annotations: list[Annotation] = field(default_factory=list)
    summary: str = ""
    log: str = ""
    seconds: float = 0.0


def run_script(
    step: StepRun,
    script: str,
    *,
    shell: str,
    folder: Path,
    env: Mapping[str, str],
    place: Place,
    masks: set[str],
    interfere: Interfere | None = None,
) -> None:
    """Runs a `run`; `interfere` is asked again and again, and kills the step once it says so."""
    token = uuid.uuid4().hex
    path = place.files / f"{token}.sh"
    path.write_text(script, "utf-8")
    files = {name: place.files / f"{name.lower()}_{token}" for name in FILES}
    for file in files.values():
        file.touch()
    told = Output(masks)
    started = subprocess.Popen(
        [part.replace("{0}", str(path)) for part in SHELLS[shell]],
        cwd=folder,
        env={**env, **{name: str(file) for name, file in files.items()}},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(started, ended, interfere), daemon=True)
    watcher.start()
    assert started.stdout
    for line in started.stdout:
        told.read(line.rstrip("\n"))
    step.exit = started.wait()
    ended.set()
    watcher.join()
    step.outcome = "success" if step.exit == 0 else "failure"
    step.annotations, step.log = told.annotations, "\n".join(told.lines)
    _take(step, files, place, masks)


def _watch(
    process: subprocess.Popen[str], ended: threading.Event, interfere: Interfere | None
) -> None:
    waited = 0.0
    while not ended.wait(0.02):
        waited += 0.02
        if (interfere and interfere()) or waited > LONGEST:
            os.killpg(process.pid, signal.SIGKILL)
            return


def _take(step: StepRun, files: Mapping[str, Path], place: Place, masks: set[str]) -> None:
    """Reads what the step wrote into the runner's files."""
    try:
        step.outputs = commands.pairs(files["GITHUB_OUTPUT"])
        step.env = commands.pairs(files["GITHUB_ENV"])
        step.summary = commands.hidden(commands.summary(files["GITHUB_STEP_SUMMARY"]), masks)
    except CommandError as error:
        step.outcome = "failure"
        step.annotations.append(Annotation("error", str(error)))
    for line in files["GITHUB_PATH"].read_text("utf-8").splitlines():
        place.prepend(Path(line))


def run_action(
    step: StepRun,
    reference: str,
    *,
    inputs: Mapping[str, str],
    env: Mapping[str, str],
    place: Place,
) -> list[Callable[[bool], None]]:
    """Runs an action's stand-in; what it leaves to be done when the job ends, green or not."""
    use = Use(inputs, env, place)
    try:
        find(reference).start(use)
        step.outcome = "success"
    except ActionError as error:
        step.outcome = "failure"
        step.annotations.append(Annotation("error", str(error)))
    step.outputs, step.env, step.log = use.outputs, use.exported, "\n".join(use.log)
    step.annotations += use.annotations
    return use.after
