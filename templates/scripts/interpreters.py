"""Finds the version of Python that an environment is for.

Source: <https://tox.wiki/en/latest/config.html#base_python>,
<https://nox.thea.codes/en/stable/config.html#configuring-a-sessions-virtualenv>
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SPECIFIER = re.compile(
    r"(?P<kind>c?python|pypy|py|)-?(?P<major>[23])(?:\.?(?P<minor>\d+))(?:\.\d+)?"
    r"(?P<threads>t?)(?:-dev)?"
)
# `py` and `python3`: what `python` is in the job.
CURRENT = re.compile(r"(?:c?python|pypy|py)-?3?|3")


def interpreter(specifier: str) -> str | None:
    """The version in `py312`, `python3.12`, `3.12-dev`, `pypy310`; None for any."""
    match = SPECIFIER.fullmatch(specifier.strip())
    if match is None:
        return None
    front = "pypy" if match["kind"] == "pypy" else ""
    return f"{front}{match['major']}.{match['minor']}{match['threads']}"


def runs_here(specifier: str | None, own: str, versions: Sequence[str]) -> bool:
    """True for an environment of this version, or of the interpreter that is there.

    One that needs no version, or another one, runs in the job of the last version: the
    tool reports an environment for which there is no interpreter.
    """
    if specifier and CURRENT.fullmatch(specifier.strip()):
        return True
    wanted = interpreter(specifier) if specifier else None
    found = [version for version in versions if wanted == interpreter(version)]
    return own == (found[0] if wanted and found else versions[-1])
