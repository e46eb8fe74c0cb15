"""The validators of workflows. Each returns what it found; `Broken` says that it cannot tell."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from installation import Installation
from model import Broken, Command, Finding, run
from subjects import Subjects, Workflow

SUPPRESSION = re.compile(
    r"zizmor:\s*ignore|(?:shellcheck|yamllint)[\s-]+disable|#\s*(?:\w+:\s*)?noqa\b|type:\s*ignore"
    r"|mypy:\s*(?:ignore|disable)|fmt:\s*(?:off|skip)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class RunScript:
    """The `run` script of a step."""

    workflow: Workflow
    line: int
    shell: str
    text: str


@dataclass(frozen=True)
class NodeResults:
    findings: dict[str, list[Finding]]
    scripts: list[RunScript]


def node(subjects: Subjects, installation: Installation, validators: Path) -> NodeResults:
    """The npm packages, in one process."""
    request = {
        "actions": str(validators / "actions.json"),
        "called-workflows": str(validators / "workflows.json"),
        "workflows": [
            {"root": str(workflow.root), "path": workflow.path.as_posix()}
            for workflow in subjects.workflows
        ],
    }
    result = run(
        ["node", "--import", "./json-hook.mjs", "node.mjs"],
        expect=(0,),
        cwd=installation.npm,
        text=json.dumps(request),
    )
    answer = _json(result.stdout, "node")
    of = subjects.workflows
    return NodeResults(
        findings={
            validator: [
                Finding(of[one["workflow"]].file, one["line"], one["message"]) for one in found
            ]
            for validator, found in answer["findings"].items()
        },
        scripts=[
            RunScript(of[one["workflow"]], one["line"], one["shell"], one["text"])
            for one in answer["scripts"]
        ],
    )


def check_jsonschema(subjects: Subjects, installation: Installation) -> list[Finding]:
    files = [workflow.file for workflow in subjects.workflows]
    command: Command = [
        installation.script("check-jsonschema"),
        "--output-format",
        "json",
        "--verbose",
    ]
    result = run(
        [*command, "--builtin-schema", "vendor.github-workflows", *files],
        expect=(0, 1),
    )
    answer = _json(result.stdout, "check-jsonschema")
    return [
        Finding(Path(error["filename"]), None, f"{error['path']}: {error['message']}")
        for error in map(_closest, answer["errors"])
    ] + [
        Finding(Path(error["filename"]), None, error["message"])
        for error in answer.get("parse_errors", [])
    ]


def _closest(error: dict[str, Any]) -> dict[str, Any]:
    """The most telling of the errors behind one that only says that no alternative fits."""
    return {**error, **error.get("best_deep_match", {})}


def zizmor(subjects: Subjects, installation: Installation) -> list[Finding]:
    """Files are named one by one: given a folder, zizmor skips whatever git ignores.

    It also skips a file that it cannot read, with a warning and status 0, so that what it says it
    completed is compared with what it was given.
    """
    files = [workflow.file for workflow in subjects.workflows]
    command: Command = [installation.script("zizmor"), "--offline", "--persona", "auditor"]
    command += ["--no-config", "--no-ignores", "--no-progress"]
    environment = {**os.environ, "NO_COLOR": "1", "RUST_BACKTRACE": "0"}
    # From 11 on, the status names the highest severity that was found.
    result = run(
        [*command, "--format", "json", *files],
        expect=(0, 11, 12, 13, 14),
        environment=environment,
    )
    completed = {line.partition(" completed ")[2] for line in result.stderr.splitlines()}
    skipped = [
        Finding(file, None, "zizmor cannot read this workflow")
        for file in files
        if str(file) not in completed
    ]
    found = _json(result.stdout, "zizmor") if len(skipped) < len(files) else []
    return skipped + [_zizmor_finding(one) for one in found]


def actionlint(subjects: Subjects, installation: Installation) -> list[Finding]:
    """shellcheck runs by itself, over scripts of steps as well as over files."""
    command: Command = [installation.script("actionlint"), "-format", "{{json .}}"]
    return _lint(subjects, [*command, "-shellcheck=", "-pyflakes="])


def jactionlint(subjects: Subjects, installation: Installation) -> list[Finding]:
    """Reads the version behind a commit, so that it knows the inputs of a pinned action."""
    command: Command = [installation.script("jactionlint"), "--format", "json", "--no-online"]
    return _lint(subjects, [*command, "--no-ignores", "--shellcheck=", "--pyflakes="])


def _lint(subjects: Subjects, command: Command) -> list[Finding]:
    """Runs one of the two linters that print the same JSON.

    They look for called workflows in the repository of the current folder.
    """
    findings = []
    for root in dict.fromkeys(workflow.root for workflow in subjects.workflows):
        files = [workflow.path for workflow in subjects.workflows if workflow.root == root]
        result = run([*command, *files], expect=(0, 1), cwd=root)
        findings += [
            Finding(root / one["filepath"], one["line"], f"{one['message']} [{one['kind']}]")
            for one in _json(result.stdout, str(command[0]))
        ]
    return findings


def _zizmor_finding(found: dict[str, Any]) -> Finding:
    locations = found["locations"]
    primary = next(
        (place for place in locations if place["symbolic"]["kind"] == "Primary"), locations[0]
    )
    note = primary["symbolic"]["annotation"] or found["desc"]
    return Finding(
        Path(primary["symbolic"]["key"]["Local"]["verbatim_path"]),
        primary["concrete"]["location"]["start_point"]["row"] + 1,
        f"{found['desc']}: {note} [{found['ident']}]",
    )


def yamllint(subjects: Subjects, installation: Installation, validators: Path) -> list[Finding]:
    command: Command = [installation.script("yamllint"), "--strict", "--format", "parsable"]
    command += ["--config-file", validators / "yamllint.yaml"]
    command += [workflow.file for workflow in subjects.workflows]
    result = run(command, expect=(0, 1, 2))
    findings = []
    for text in result.stdout.splitlines():
        match = re.fullmatch(r"(.+?):(\d+):\d+: \[\w+\] (.*)", text)
        if match is None:
            raise Broken(f"yamllint said {text!r}")
        findings.append(Finding(Path(match[1]), int(match[2]), match[3]))
    return findings


USERS_LINTERS = {(3, "# flake8: noqa"), (4, "# fmt: off")}


def suppressions(subjects: Subjects) -> list[Finding]:
    """A comment that silences a validator would make its zero worthless. At the head of a script
    are those for the users' own linters, which the validators here do not obey."""
    return [
        Finding(path, number, f"a validator is silenced: {match[0]}")
        for path in subjects.emitted
        for number, text in enumerate(path.read_text().splitlines(), start=1)
        if (match := SUPPRESSION.search(text))
        and not (path.suffix == ".py" and (number, text) in USERS_LINTERS)
    ]


def _json(text: str, program: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Broken(f"{program} printed no JSON: {text[:500]!r}") from error
