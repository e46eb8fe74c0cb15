"""One step: a script under the shell that GitHub would start, or an action's stand-in.

Source of the shells: <https://docs.github.com/actions/reference/workflow-syntax-for-github-actions>,
`jobs.<job_id>.steps[*].shell`. Source of signals: <https://github.com/actions/runner>,
`ProcessInvoker.cs`: SIGINT and SIGTERM go to the shell alone, what remains then is killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from . import commands, mounts
from .actions import ActionError, Use, find
from .commands import Annotation, CommandError, Output
from .pace import Pace
from .place import Place

SHELLS = {
    "": ["bash", "-e", "{0}"],
    "bash": ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "{0}"],
    "python": ["python", "{0}"],
    "sh": ["sh", "-e", "{0}"],
}
FILES = ("GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
LONGEST = 900  # Seconds; far more than any step of a case takes.
MOST = 10  # Annotations of each level; `ExecutionContext.cs`, `_maxCountPerIssueType`.
MESSAGE = 4096  # Characters of one; `_maxIssueMessageLength`.

Interfere = Callable[[], bool]


@dataclass(frozen=True)
class Stop:
    """An end that a step is brought to: at once, or by signals one after another."""

    outcome: str
    message: str
    at_once: bool = False


Stopping = Callable[[], Stop | None]


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

    def stop(self, stop: Stop) -> None:
        """Ends with the outcome that whoever stopped it gives."""
        self.outcome = stop.outcome
        self.annotations.append(Annotation("error", stop.message))

    def limit(self) -> None:
        """Keeps as many annotations as GitHub shows of one step, each as long as it shows."""
        counted = {level: 0 for level in commands.LEVELS}
        kept = []
        for annotation in self.annotations:
            counted[annotation.level] += 1
            if counted[annotation.level] <= MOST:
                kept.append(annotation.shortened(MESSAGE))
        self.annotations = kept


def run_script(
    step: StepRun,
    script: str,
    *,
    shell: str,
    folder: Path,
    env: Mapping[str, str],
    place: Place,
    masks: set[str],
    pace: Pace,
    stopping: Stopping,
    interfere: Interfere | None = None,
) -> None:
    """Runs a `run`; `interfere` and `stopping` are asked again and again while it runs."""
    token = uuid.uuid4().hex
    path = place.files / f"{token}.sh"
    path.write_text(script, "utf-8")
    files = {name: place.files / f"{name.lower()}_{token}" for name in FILES}
    for file in files.values():
        file.touch()
    told = Output(masks)
    process = subprocess.Popen(
        mounts.launched(
            place.work, folder, [part.replace("{0}", str(path)) for part in SHELLS[shell]]
        ),
        cwd=folder,
        env={**mounts.all_inside(place.work, env), **{name: str(files[name]) for name in FILES}},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    reader = _Reader(process, told)
    stop = _watch(process, pace, stopping, interfere)
    reader.finish(pace.streams)
    step.exit = process.wait()
    step.outcome = "success" if step.exit == 0 else "failure"
    step.annotations, step.log = told.annotations, "\n".join(told.lines)
    _take(step, files, place, masks)
    if stop:
        step.stop(stop)
    if reader.error:
        raise reader.error


class _Reader:
    """Reads what a process prints, in a thread: its children may hold the pipe open."""

    def __init__(self, process: subprocess.Popen[str], told: Output) -> None:
        self.error: Exception | None = None
        self._process, self._told = process, told
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout
        try:
            for line in self._process.stdout:
                self._told.read(line.rstrip("\n"))
        except Exception as error:  # Handed on to the thread that runs the step.
            self.error = error

    def finish(self, seconds: float) -> None:
        """Reads on for as long as the runner does after the shell has ended."""
        self._thread.join(seconds)


def _watch(
    process: subprocess.Popen[str], pace: Pace, stopping: Stopping, interfere: Interfere | None
) -> Stop | None:
    """Waits for the end of a process, or brings it about; why it did."""
    began = time.monotonic()
    while process.poll() is None:
        if interfere and interfere():
            _kill(process)
            return None
        assert time.monotonic() - began < LONGEST or not _kill(process), "a step takes too long"
        if stop := stopping():
            _end(process, pace, stopping, stop)
            return stop
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    return None


def _end(process: subprocess.Popen[str], pace: Pace, stopping: Stopping, stop: Stop) -> None:
    for number, seconds in (
        (signal.SIGINT, pace.interrupt),
        (signal.SIGTERM, pace.terminate),
    ):
        if stop.at_once:
            break
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)
        until = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < until:
            if (now := stopping()) and now.at_once:
                break
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.02)
        if process.poll() is not None:
            return
    _kill(process)


def _kill(process: subprocess.Popen[str]) -> bool:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return True


def end_orphans(tracking: str) -> None:
    """Kills what a job has left running, as the runner does: by the variable that it gave them.

    Source: <https://github.com/actions/runner>, `JobExtension.cs`, "Cleaning up orphan processes".
    """
    wanted = f"RUNNER_TRACKING_ID={tracking}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                os.kill(int(process.name), signal.SIGKILL)


def _take(step: StepRun, files: Mapping[str, Path], place: Place, masks: set[str]) -> None:
    """Reads what the step wrote into the runner's files."""
    try:
        step.outputs = mounts.all_outside(place.work, commands.pairs(files["GITHUB_OUTPUT"]))
        step.env = mounts.all_outside(place.work, commands.pairs(files["GITHUB_ENV"]))
    except CommandError as error:
        step.outcome = "failure"
        step.annotations.append(Annotation("error", str(error)))
    try:
        step.summary = commands.hidden(commands.summary(files["GITHUB_STEP_SUMMARY"]), masks)
    except CommandError as error:
        # The runner reports it, and the step's own result stays: `CreateStepSummaryCommand`.
        step.annotations.append(Annotation("error", str(error)))
    for line in files["GITHUB_PATH"].read_text("utf-8").splitlines():
        place.prepend(Path(mounts.outside(place.work, line)))


def run_action(
    step: StepRun,
    reference: str,
    *,
    inputs: Mapping[str, str],
    env: Mapping[str, str],
    place: Place,
    stopping: Stopping,
) -> list[Callable[[bool], None]]:
    """Runs an action's stand-in, which no signal ends; what it leaves to be done after the job."""
    use = Use(inputs, env, place)
    try:
        find(reference).start(use)
        step.outcome = "success"
    except ActionError as error:
        step.outcome = "failure"
        step.annotations.append(Annotation("error", str(error)))
    step.outputs, step.env, step.log = use.outputs, use.exported, "\n".join(use.log)
    step.annotations += use.annotations
    if stop := stopping():
        step.stop(stop)
    return use.after
