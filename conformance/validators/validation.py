"""Every validator over one set of folders, side by side."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import script_validators
import workflow_validators
from installation import Installation
from model import Broken, Finding, Report
from subjects import SCRIPTS, WORKFLOWS, Subjects, gather

FROM_NODE = ("workflow-parser", "languageservice")


@dataclass(frozen=True)
class Task:
    validator: str
    validate: Callable[[], list[Finding]]
    checked: Callable[[], int]


class Validation:
    """The validators, what they read, and a folder to work in.

    Each is also shown a canary, files with a mistake for every validator: one that finds nothing
    there is broken.
    """

    def __init__(
        self, validators: Path, cache: Path, work: Path, installation: Installation
    ) -> None:
        self._validators = validators
        self._cache = cache
        self._work = work.resolve()
        self._installation = installation
        self._canary = self._work / "canary"
        for source in (validators / "canary").iterdir():
            folder = self._canary / (WORKFLOWS if source.suffix == ".yml" else SCRIPTS)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / source.name).write_bytes(source.read_bytes())

    def reports(self, roots: list[Path]) -> list[Report]:
        subjects = gather([*(root.resolve() for root in roots), self._canary])
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            node = pool.submit(
                workflow_validators.node, subjects, self._installation, self._validators
            )
            alone = self._of_workflows(subjects) + self._of_python(subjects)
            # What waits for node starts last, so that waiting holds up nothing else.
            tasks = [*alone, *self._after(node, subjects)]
            futures = {task.validator: pool.submit(self._report, task) for task in tasks}
            return [future.result() for future in futures.values()]

    def _of_workflows(self, subjects: Subjects) -> list[Task]:
        installed, validators = self._installation, self._validators
        calls: dict[str, Callable[[], list[Finding]]] = {
            "check-jsonschema": partial(workflow_validators.check_jsonschema, subjects, installed),
            "actionlint": partial(workflow_validators.actionlint, subjects, installed),
            "jactionlint": partial(workflow_validators.jactionlint, subjects, installed),
            "zizmor": partial(workflow_validators.zizmor, subjects, installed),
            "yamllint": partial(workflow_validators.yamllint, subjects, installed, validators),
            "suppressions": partial(workflow_validators.suppressions, subjects),
        }
        counts = dict.fromkeys(calls, self._workflows(subjects))
        counts["suppressions"] = lambda: self._without_canary(subjects.emitted)
        return [Task(name, call, counts[name]) for name, call in calls.items()]

    def _of_python(self, subjects: Subjects) -> list[Task]:
        installed, validators = self._installation, self._validators
        python = script_validators.PythonScripts(subjects, self._work)
        calls: dict[str, Callable[[], list[Finding]]] = {
            "mypy": partial(script_validators.mypy, python, installed, self._cache / "mypy"),
            "ruff check": partial(script_validators.ruff_check, python, installed, validators),
            "ruff defaults": partial(script_validators.ruff_defaults, python, installed),
            "ruff format": partial(script_validators.ruff_format, python, installed),
            "ruff fixes": partial(script_validators.ruff_fixes, python, installed),
        }
        return [
            Task(name, call, lambda: self._without_canary(python.origins))
            for name, call in calls.items()
        ]

    def _after(
        self, node: Future[workflow_validators.NodeResults], subjects: Subjects
    ) -> list[Task]:
        def shell() -> list[Finding]:
            scripts = node.result().scripts
            folder = self._work / "shell"
            return script_validators.shellcheck(subjects, scripts, self._installation, folder)

        def shell_scripts() -> int:
            of_steps = [script.workflow.file for script in node.result().scripts]
            return self._without_canary(of_steps + subjects.shell)

        tasks = [
            Task(name, partial(_from, node, name), self._workflows(subjects)) for name in FROM_NODE
        ]
        return [*tasks, Task("shellcheck", shell, shell_scripts)]

    def _workflows(self, subjects: Subjects) -> Callable[[], int]:
        return lambda: self._without_canary([one.file for one in subjects.workflows])

    def _without_canary(self, paths: list[Path]) -> int:
        return sum(not path.is_relative_to(self._canary) for path in paths)

    def _report(self, task: Task) -> Report:
        report = Report(task.validator)
        try:
            found = task.validate()
            report.checked = task.checked()
        except Broken as error:
            report.broken = str(error)
            return report
        report.findings = [one for one in found if not one.path.is_relative_to(self._canary)]
        if len(report.findings) == len(found):
            report.broken = "found nothing in the canary, which has a mistake for every validator"
        return report


def _from(node: Future[workflow_validators.NodeResults], validator: str) -> list[Finding]:
    return node.result().findings[validator]
