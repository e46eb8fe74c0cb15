"""The validators of shell and Python scripts."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from installation import Installation
from model import Broken, Command, Finding, run
from subjects import Subjects
from workflow_validators import RunScript

# What stands before the text of a `run` script in the file that shellcheck reads.
PREFACE_LINES = 2
EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)


def shellcheck(
    subjects: Subjects, scripts: list[RunScript], installation: Installation, work: Path
) -> list[Finding]:
    findings = []
    places: dict[Path, tuple[Path, int]] = {path: (path, 0) for path in subjects.shell}
    work.mkdir()
    written: dict[str, Path] = {}
    for script in scripts:
        content = _standalone(script)
        if content is None:
            message = f"no validator knows the shell `{script.shell}`"
            findings.append(Finding(script.workflow.file, script.line, message))
        elif content not in written:
            written[content] = work / f"{len(written)}.sh"
            written[content].write_text(content)
            above = script.line - 1 - PREFACE_LINES
            places[written[content]] = (script.workflow.file, above)
    if not places:
        raise Broken("there is no script to check")
    command: Command = [
        installation.script("shellcheck"),
        "--norc",
        "--severity=style",
        "--format=json1",
    ]
    result = run([*command, *places], expect=(0, 1))
    for comment in _comments(result.stdout):
        path, above = places[Path(comment["file"])]
        message = f"{comment['message']} [SC{comment['code']}]"
        findings.append(Finding(path, comment["line"] + above, message))
    return findings


def _standalone(script: RunScript) -> str | None:
    """The script as a file of its own that behaves as it does under GitHub's runner."""
    words = shlex.split(script.shell) or ["bash", "-e", "{0}"]
    if words == ["bash"]:
        words = ["bash", "-eo", "pipefail", "{0}"]
    elif words == ["sh"]:
        words = ["sh", "-e", "{0}"]
    name, *options = words
    if name not in ("bash", "sh"):
        return None
    kept = [option for option in options if option != "{0}" and not option.startswith("--")]
    # As long as the expression, so that columns stay true.
    text = EXPRESSION.sub(lambda match: "_" * len(match[0]), script.text)
    return f"#!/bin/{name}\nset {' '.join(kept) or '+x'}\n{text.rstrip()}\n"


def _comments(output: str) -> list[dict[str, Any]]:
    try:
        comments = json.loads(output)["comments"]
    except (ValueError, KeyError) as error:
        raise Broken(f"shellcheck printed no JSON: {output[:500]!r}") from error
    return list(comments)


class PythonScripts:
    """The emitted Python scripts, each world copied to a folder of its own."""

    def __init__(self, subjects: Subjects, work: Path) -> None:
        self.folders: list[Path] = []
        self._places: dict[Path, Path] = {}
        for number, world in enumerate(subjects.python):
            folder = work / f"python{number}"
            folder.mkdir()
            self.folders.append(folder)
            for name, path in world.scripts.items():
                copy = folder / name
                # Formatters obey the comment by which a script asks to be left alone.
                copy.write_bytes(path.read_bytes().replace(b"\n# fmt: off\n", b"\n#\n"))
                self._places[copy.resolve()] = path

    @property
    def origins(self) -> list[Path]:
        return list(self._places.values())

    def place(self, copy: str, folder: Path) -> Path:
        return self._places[(folder / copy).resolve()]


def ruff_check(
    python: PythonScripts, installation: Installation, validators: Path
) -> list[Finding]:
    command: Command = ["check", "--ignore-noqa", "--config", validators / "ruff.toml"]
    return _ruff(command, python, installation)


def ruff_defaults(python: PythonScripts, installation: Installation) -> list[Finding]:
    """What a user's own linter finds that has no configuration."""
    return _ruff(["check", "--ignore-noqa", "--isolated"], python, installation)


def ruff_format(python: PythonScripts, installation: Installation) -> list[Finding]:
    """The format of black, by the defaults of both."""
    return _ruff(["format", "--check", "--isolated"], python, installation)


def ruff_fixes(python: PythonScripts, installation: Installation) -> list[Finding]:
    """What a user's linter rewrites that has every rule, every fix and another line length."""
    ruff: Command = [installation.script("ruff")]
    options: Command = ["--isolated", "--no-cache", "--quiet"]
    findings = []
    with TemporaryDirectory() as folder:
        copies = {Path(folder) / f"{n}.py": path for n, path in enumerate(python.origins)}
        for copy, path in copies.items():
            copy.write_bytes(path.read_bytes())
        fix: Command = ["check", "--select=ALL", "--fix", "--unsafe-fixes", "--exit-zero"]
        run([*ruff, *fix, *options, *copies], expect=(0,))
        run([*ruff, "format", "--line-length=140", *options, *copies], expect=(0,))
        for copy, path in copies.items():
            if copy.read_bytes() != path.read_bytes():
                findings.append(Finding(path, None, "ruff rewrites it"))
    return findings


def _ruff(verb: Command, python: PythonScripts, installation: Installation) -> list[Finding]:
    command: Command = [installation.script("ruff"), *verb, "--no-cache", "--output-format=json"]
    result = run([*command, *python.folders], expect=(0, 1))
    try:
        answer = json.loads(result.stdout)
    except ValueError as error:
        raise Broken(f"ruff printed no JSON: {result.stdout[:500]!r}") from error
    return [
        Finding(
            python.place(found["filename"], Path("/")),
            found["location"]["row"],
            f"{found['message']} [{found['code']}]",
        )
        for found in answer
    ]


def mypy(python: PythonScripts, installation: Installation, cache: Path) -> list[Finding]:
    findings = []
    for folder in python.folders:
        command: Command = [installation.script("mypy"), "--strict", "--python-version=3.10"]
        command += ["--config-file=", "--no-error-summary", "--output=json"]
        result = run(
            [*command, f"--cache-dir={cache}", *sorted(path.name for path in folder.iterdir())],
            expect=(0, 1),
            cwd=folder,
        )
        for text in result.stdout.splitlines():
            try:
                found = json.loads(text)
            except ValueError as error:
                raise Broken(f"mypy said {text!r}") from error
            message = f"{found['message']} [{found['code']}]"
            findings.append(Finding(python.place(found["file"], folder), found["line"], message))
        if result.returncode and not result.stdout:
            raise Broken(f"mypy failed: {result.stderr}")
    return findings
