"""Globs of the definition as regular expressions."""

from __future__ import annotations

import re

from runner import Problem


def pattern(glob: str) -> re.Pattern[str]:
    """Translates a glob; `fnmatch` would let `*` cross folders."""
    glob = glob.removeprefix("./").removeprefix("/")
    parts, at = [], 0
    while at < len(glob):
        if glob.startswith("**", at):
            piece, at = stars(glob, at)
        elif glob[at] == "[":
            piece, at = bracket(glob, at)
        else:
            piece = {"*": "[^/]*", "?": "[^/]"}.get(glob[at], re.escape(glob[at]))
            at += 1
        parts.append(piece)
    try:
        return re.compile("".join(parts), re.DOTALL)
    except re.error as error:
        raise Problem(f"`{glob}` is no usable glob: {error}") from error


def stars(glob: str, at: int) -> tuple[str, int]:
    """`**/` is any number of folders, also none; `**` elsewhere is anything."""
    end = at
    while end < len(glob) and glob[end] == "*":
        end += 1
    whole = at == 0 or glob[at - 1] == "/"
    if whole and glob.startswith("/", end):
        return "(?:[^/]+/)*", end + 1
    return (".+" if whole and end == len(glob) and at else ".*"), end


def bracket(glob: str, at: int) -> tuple[str, int]:
    """A set of characters; a `[` that is never closed is literal."""
    end = glob.find("]", at + 3 if glob[at + 1 : at + 2] in ("!", "^") else at + 2)
    if end < 0:
        return re.escape("["), at + 1
    body = glob[at + 1 : end]
    negated = body[0] in "!^"
    content = re.sub(r"([\\\[\]^&~|])", r"\\\1", body[1:] if negated else body)
    return (f"(?!/)[^{content}]" if negated else f"(?!/)[{content}]"), end + 1
