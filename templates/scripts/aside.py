"""Moves the folder of a plugin behind the project's own modules.

A module of the project may be called as one of the plugin.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def step_aside() -> None:
    """Moves this folder to the end of the path.

    It stays in the path, which workers inherit, but not in the environment of the
    programs that tests start.
    """
    own = Path(__file__).resolve().parent
    others = [entry for entry in sys.path if Path(entry).resolve() != own]
    sys.path[:] = [*others, str(own)]
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    kept = [entry for entry in given if entry and Path(entry).resolve() != own]
    if kept:
        os.environ["PYTHONPATH"] = os.pathsep.join(kept)
    else:
        os.environ.pop("PYTHONPATH", None)
