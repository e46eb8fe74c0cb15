"""Patterns of files, as @actions/glob reads them, and the hash of what they match.

Source: actions/toolkit@main packages/glob/src: internal-pattern.ts (dot files match; no braces, no
extended globs), internal-globber.ts (implicit descendants, hidden files), internal-hash-files.ts.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WILD = {"*": "[^/]*", "?": "[^/]"}


@dataclass(frozen=True)
class Pattern:
    """One line of patterns."""

    search: Path
    matcher: re.Pattern[str]
    negated: bool


def patterns(lines: list[str], root: Path, descend: bool) -> list[Pattern]:
    """Reads lines of patterns; `descend` adds what is below a folder that matches."""
    found = []
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        negated = text.startswith("!")
        text = text.lstrip("!").strip()
        absolute = os.path.normpath(root / text)
        literal = re.split(r"[*?\[]", absolute, maxsplit=1)[0]
        search = literal if literal == absolute else literal.rpartition("/")[0]
        found.append(Pattern(Path(search or "/"), re.compile(_expression(absolute)), negated))
        if descend and not absolute.endswith("/**"):
            below = re.compile(_expression(absolute + "/**"))
            found.append(Pattern(Path(search or "/"), below, negated))
    return found


def files(lines: list[str], root: Path, *, descend: bool = True, hidden: bool = True) -> list[Path]:
    """The files that match, in the order of their names."""
    read = patterns(lines, root, descend)
    found: dict[Path, None] = {}
    for search in searched(read):
        for path in _below(search, hidden):
            if _matches(str(path), read):
                found[path] = None
    return list(found)


def searched(read: list[Pattern]) -> list[Path]:
    """The folders and files to begin from, without those below another one."""
    starts = dict.fromkeys(pattern.search for pattern in read if not pattern.negated)
    return [path for path in starts if not any(other in path.parents for other in starts)]


def digest(lines: list[str], root: Path) -> str:
    """The hash of hashes over the files below the workspace; empty where nothing matches."""
    found = [path for path in files(lines, root) if root in path.parents and path.is_file()]
    if not found:
        return ""
    combined = hashlib.sha256()
    for path in found:
        combined.update(hashlib.sha256(path.read_bytes()).digest())
    return combined.hexdigest()


def _below(path: Path, hidden: bool) -> Iterator[Path]:
    """Files at or below a path; links are followed, broken ones left out."""
    if not path.exists() or (not hidden and path.name.startswith(".")):
        return
    if path.is_dir():
        for child in sorted(path.iterdir()):
            yield from _below(child, hidden)
    else:
        yield path


def _matches(path: str, read: list[Pattern]) -> bool:
    matched = False
    for pattern in read:
        if pattern.matcher.fullmatch(path):
            matched = not pattern.negated
    return matched


def _expression(pattern: str) -> str:
    """A regular expression for an absolute pattern."""
    parts = []
    for segment in pattern.split("/")[1:]:
        if segment == "**":
            parts.append("(?:/[^/]+)*")
            continue
        text = "".join(
            WILD.get(piece) or (piece if _is_set(piece) else re.escape(piece))
            for piece in re.findall(r"\[[^]]+\]|.", segment)
        )
        parts.append(f"/{text}")
    return "".join(parts)


def _is_set(piece: str) -> bool:
    return len(piece) > 2 and piece.startswith("[") and piece.endswith("]")
