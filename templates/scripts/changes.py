"""Finds the components that a pull request touches, by `git diff`.

Environment:
  PIPEWRIGHT_BASE        the revision to compare HEAD with, such as HEAD^1 of a merge
                         commit
  PIPEWRIGHT_COMPONENTS  JSON {name: {"paths": [folder or file, …], "watch": [glob,
                         …], "ignore": [glob, …]}}; `ignore` holds for what is in
                         `paths`, never for what matches `watch`, and may be left out
  PIPEWRIGHT_ALWAYS      JSON list of globs; a match touches every component
  PIPEWRIGHT_EVERYTHING  `true`: every component counts as touched, nothing is
                         compared

In a glob `*` and `?` stay within a folder, `**` spans folders, `[a-z]` and `[!a-z]`
are sets.

Outputs: one per component, `true` or `false`.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from formats import code
from globs import pattern
from parameters import flag, parsed, strings, text
from runner import Problem, output, summary, table


@dataclass(frozen=True)
class Component:
    """Paths and globs of a component."""

    name: str
    paths: tuple[str, ...]
    watch: tuple[re.Pattern[str], ...]
    ignore: tuple[re.Pattern[str], ...]

    def touched_by(self, path: str) -> bool:
        """Returns whether a changed file belongs to the component."""
        if any(pattern.fullmatch(path) for pattern in self.watch):
            return True
        inside = any(
            prefix in ("", ".") or path == prefix or path.startswith(f"{prefix}/")
            for prefix in self.paths
        )
        return inside and not any(pattern.fullmatch(path) for pattern in self.ignore)


def find_changes() -> int:
    """Sets one output per component."""
    components = read_components()
    always = [
        pattern(glob)
        for glob in strings("PIPEWRIGHT_ALWAYS", parsed("PIPEWRIGHT_ALWAYS"))
    ]
    if flag("PIPEWRIGHT_EVERYTHING"):
        reasons = {component.name: "everything runs" for component in components}
    else:
        reasons = compare(components, always, changed_files(text("PIPEWRIGHT_BASE")))
    rows = []
    for component in components:
        reason = reasons.get(component.name, "")
        output(component.name, "true" if reason else "false")
        rows.append((code(component.name), "yes" if reason else "no", reason))
    summary(table(("component", "touched", "by"), rows))
    return 0


def read_components() -> list[Component]:
    """Reads PIPEWRIGHT_COMPONENTS."""
    name = "PIPEWRIGHT_COMPONENTS"
    given = parsed(name)
    if not isinstance(given, dict) or not given:
        raise Problem(f"{name} must be a JSON object with at least one component")
    found = []
    for component, entry in given.items():
        if not isinstance(entry, dict):
            raise Problem(
                f"{name}: `{component}` must be an object with `paths` and `watch`"
            )
        paths = strings(f"{name}: `paths` of `{component}`", entry.get("paths", []))
        watch = strings(f"{name}: `watch` of `{component}`", entry.get("watch", []))
        ignore = strings(f"{name}: `ignore` of `{component}`", entry.get("ignore", []))
        found.append(
            Component(
                component,
                tuple(path.removeprefix("./").rstrip("/") for path in paths),
                tuple(pattern(glob) for glob in watch),
                tuple(pattern(glob) for glob in ignore),
            )
        )
    return found


def compare(
    components: Sequence[Component],
    always: Sequence[re.Pattern[str]],
    changed: Sequence[str],
) -> dict[str, str]:
    """The first changed file that touches each component."""
    reasons: dict[str, str] = {}
    for path in changed:
        everything = any(pattern.fullmatch(path) for pattern in always)
        for component in components:
            if everything or component.touched_by(path):
                reasons.setdefault(component.name, code(path))
    return reasons


def changed_files(base: str) -> list[str]:
    """Files that differ from the base; a moved file counts at both paths."""
    command = ["git", "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff"]
    # A revision that begins with a dash must not be read as an option.
    command += ["--end-of-options", base, "HEAD", "--"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Problem(
            f"PIPEWRIGHT_BASE: git cannot compare `{base}` with HEAD "
            f"({reason[0] if reason else 'no reason given'}); "
            "check out with `fetch-depth: 2`"
        )
    return [
        path
        for path in done.stdout.decode("utf-8", "surrogateescape").split("\0")
        if path
    ]
