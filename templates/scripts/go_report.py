"""Reads the output of `go test -json`.

A test is a test function of a package; output and results of its subtests are part of
it. Source: <https://pkg.go.dev/cmd/test2json>
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cases import MESSAGE_LIMIT, Case, Report, from_workspace
from parameters import text
from runner import Problem

ENDS = {"pass": "passed", "fail": "failed", "skip": "skipped"}
SHUFFLED = re.compile(r"-test\.shuffle (\d+)\n")
PLACE = re.compile(r"^\s*(?:\S+/)?(\w[\w.-]*\.go):(\d+)(?::\d+)?:? ", re.MULTILINE)
MARKS = re.compile(r"^\s*(=== (RUN|PAUSE|CONT|NAME)|--- (PASS|SKIP))\b")


@dataclass
class Test:
    """A test function."""

    outcome: str = "error"
    seconds: float = 0
    output: list[str] = field(default_factory=list)


@dataclass
class Package:
    """A package and its tests, in the order of their starts."""

    outcome: str = ""
    output: list[str] = field(default_factory=list)
    tests: dict[str, Test] = field(default_factory=dict)
    seed: int | None = None


def read_go(optional: bool) -> Report:
    """The attempts in PIPEWRIGHT_REPORT; a shard may have no packages."""
    path = Path(text("PIPEWRIGHT_REPORT"))
    if optional and not path.is_file():
        return Report([], [], None)
    try:
        packages = packages_in(path)
        folders = folders_of(text("PIPEWRIGHT_MODULES", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"{path} is not from `go test -json`: {error!r}") from error
    if text("PIPEWRIGHT_PROFILE", ""):
        write_go_coverage(folders)
    cases = [
        case
        for name, package in packages.items()
        for case in cases_of_package(name, package, folders)
    ]
    ran = [one for one in packages.values() if one.tests or one.seed is not None]
    seeds = {package.seed for package in ran}
    ended = [name for name, package in packages.items() if package.outcome]
    return Report(cases, ended, seeds.pop() if len(seeds) == 1 else None)


def packages_in(path: Path) -> dict[str, Package]:
    """All packages that have started."""
    packages: dict[str, Package] = {}
    builds: dict[str, list[str]] = {}
    for line in path.read_text("utf-8", errors="replace").splitlines():
        if line.startswith("{"):  # Before Go 1.24 the output of a build has none.
            event = json.loads(line)
            if "Package" in event:
                take(event, packages.setdefault(event["Package"], Package()), builds)
            elif event["Action"] == "build-output":
                builds.setdefault(event["ImportPath"], []).append(event["Output"])
    return packages


def take(event: Any, package: Package, builds: dict[str, list[str]]) -> None:
    """Adds an event to its package."""
    name = str(event.get("Test", "")).partition("/")
    output = str(event.get("Output", ""))
    if match := SHUFFLED.fullmatch(output):
        package.seed = int(match[1])
    if not name[0]:
        package.output.append(output)
        package.outcome = ENDS.get(event["Action"], package.outcome)
        if build := builds.get(event.get("FailedBuild", "")):
            package.output = build
        return
    test = package.tests.setdefault(name[0], Test())
    test.output.append(output)
    if not name[1] and event["Action"] in ENDS:
        test.outcome = ENDS[event["Action"]]
        test.seconds = float(event.get("Elapsed", 0))


def cases_of_package(
    name: str, package: Package, folders: dict[str, Path]
) -> list[Case]:
    """The tests of a package, and the package itself if it failed and none of its tests
    did.
    """
    folder = folder_of(name, folders)
    cases = []
    for test, found in package.tests.items():
        failed = found.outcome in ("failed", "error")
        message = shortened(found.output) if failed else ""
        file, line = place_of(message, folder)
        cases.append(
            Case(name, test, found.outcome, found.seconds, message, file, line, name)
        )
    if package.outcome == "failed" and all(
        case.outcome not in ("failed", "error") for case in cases
    ):
        message = shortened(package.output)
        file, line = place_of(message, folder)
        cases.append(Case("", name, "error", 0, message, file, line, name, not cases))
    return cases


def shortened(output: list[str]) -> str:
    """The output, without the lines of the tool itself."""
    lines = "".join(output).splitlines()
    own = [line.rstrip() for line in lines if not MARKS.match(line)]
    return "\n".join(own).strip()[:MESSAGE_LIMIT]


def place_of(message: str, folder: Path | None) -> tuple[str, int | None]:
    """The first file and line in a message that belong to its package."""
    for match in PLACE.finditer(message):
        if folder is not None and (folder / match[1]).is_file():
            return from_workspace(folder / match[1]), int(match[2])
    return "", None


# ── modules ───────────────────────────────────────────────────────────────────────────


def folders_of(path: str) -> dict[str, Path]:
    """The folders of the main modules, as `go list -m` prints them with their paths."""
    lines = Path(path).read_text("utf-8").splitlines() if path else []
    pairs = (line.split("\t", 1) for line in lines if "\t" in line)
    return {module: Path(folder) for module, folder in pairs}


def folder_of(package: str, folders: dict[str, Path]) -> Path | None:
    """The folder of a package."""
    for module in sorted(folders, key=len, reverse=True):
        if package == module or package.startswith(f"{module}/"):
            return folders[module] / package[len(module) + 1 :]
    return None


# ── coverage ──────────────────────────────────────────────────────────────────────────


def write_go_coverage(folders: dict[str, Path]) -> None:
    """Writes the profile PIPEWRIGHT_PROFILE as lcov, by line.

    Source: <https://pkg.go.dev/golang.org/x/tools/cover#Profile>
    """
    profile = Path(text("PIPEWRIGHT_PROFILE"))
    if not profile.is_file():
        return  # The shard has no packages, or none of them was built.
    files: dict[str, dict[int, int]] = {}
    for block in profile.read_text("utf-8").splitlines()[1:]:
        try:
            name, _, rest = block.rpartition(":")
            span, _, hits = rest.split(" ")
            first, last = (int(end.partition(".")[0]) for end in span.split(","))
            count = int(hits)
        except ValueError:
            raise Problem(f"{profile} is no coverage profile: `{block}`") from None
        lines = files.setdefault(name, {})
        for line in range(first, last + 1):
            lines[line] = max(lines.get(line, 0), count)
    found = []
    for name, lines in sorted(files.items()):
        package, _, file = name.rpartition("/")
        folder = folder_of(package, folders)
        found.append(f"SF:{folder / file if folder else name}\n")
        found += [f"DA:{line},{hits}\n" for line, hits in sorted(lines.items())]
        found.append("end_of_record\n")
    report = Path(text("PIPEWRIGHT_LCOV"))
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("".join(found), "utf-8")
