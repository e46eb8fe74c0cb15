"""The lines that a pull request changes, read from git."""

from __future__ import annotations

import re
import subprocess
from collections import defaultdict

from runner import Problem

HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
ESCAPE = re.compile(rb'\\(?:([0-7]{3})|([abtnvfr"\\]))')
PLAIN = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))


def git(*arguments: str) -> str:
    """Returns git's output; invalid UTF-8 keeps its bytes."""
    done = subprocess.run(["git", *arguments], capture_output=True, check=False)
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise Problem(f"git failed: {reason[0] if reason else 'no reason given'}")
    return done.stdout.decode("utf-8", "surrogateescape")


def changed_lines(base: str) -> dict[str, set[int]]:
    """The lines that HEAD adds to the base, by path from the repository's root."""
    try:
        diff = git(
            *("-c", "core.quotePath=false", "diff", "--unified=0", "--no-ext-diff"),
            *(
                "--no-textconv",
                "--no-color",
                "--find-renames",
                "--no-relative",
                "--no-prefix",
            ),
            *("--submodule=short", "--end-of-options", base, "HEAD", "--"),
        )
    except Problem as error:
        raise Problem(
            f"PIPEWRIGHT_BASE: cannot compare `{base}` with HEAD ({error}); "
            "check out with `fetch-depth: 2`"
        ) from error
    return parsed_diff(diff)


def parsed_diff(diff: str) -> dict[str, set[int]]:
    """Reads a diff without context, hunk by hunk: lines may look like headers."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    path, skip = "", 0
    for line in diff.split("\n"):
        if skip and not line.startswith("\\"):
            skip -= 1
        elif line.startswith("+++ "):
            path = _path(line[4:])
        elif match := HUNK.match(line):
            removed, start, added = (
                int(match[1] or 1),
                int(match[2]),
                int(match[3] or 1),
            )
            skip = removed + added
            if path and added:
                found[path].update(range(start, start + added))
    return dict(found)


def _path(name: str) -> str:
    """Parses a path of a diff: quoted for special bytes, with a tab after spaces."""
    name = name.removesuffix("\t")
    if name == "/dev/null":
        return ""
    if not name.startswith('"'):
        return name
    raw = name[1:-1].encode("utf-8", "surrogateescape")
    return ESCAPE.sub(
        lambda match: bytes([int(match[1], 8) if match[1] else PLAIN[match[2][0]]]), raw
    ).decode("utf-8", "surrogateescape")
