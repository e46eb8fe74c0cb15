"""Paths into JSON: `.token`, `.a.b[0].c`, `.["a key"]`, `.` for all."""

from __future__ import annotations

import re
from typing import Any

PATH_STEP = re.compile(r'\.?([A-Za-z_][\w-]*)|\.?\[([0-9]+)\]|\.?\["([^"]+)"\]')
ABSENT = object()


def path_steps(path: str) -> list[str | int] | None:
    """The steps of a path, or None if it is invalid."""
    if not path.startswith("."):
        return None
    if path == ".":
        return []
    found: list[str | int] = []
    at = 0
    while at < len(path):
        match = PATH_STEP.match(path, at)
        if match is None or (match[1] is not None and path[at] != "."):
            return None
        found.append(int(match[2]) if match[2] is not None else match[1] or match[3])
        at = match.end()
    return found


def find_path(data: Any, path: str) -> Any:
    """The value at the path, or `ABSENT`."""
    for step in path_steps(path) or []:
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return ABSENT
            data = data[step]
        elif isinstance(data, dict) and step in data:
            data = data[step]
        else:
            return ABSENT
    return data


def json_equal(left: Any, right: Any) -> bool:
    """Equality in JSON, where true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)
