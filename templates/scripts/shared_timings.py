"""Reads the timings that all shards of a run share.

Environment: PIPEWRIGHT_TIMINGS, the timings of the plan; empty: none.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from parameters import text
from runner import Problem


def shared_timings() -> tuple[dict[str, float], str | None]:
    """The timings of the plan, and the digest that must agree between shards."""
    path = text("PIPEWRIGHT_TIMINGS", "")
    if not path:
        return {}, None
    try:
        content = Path(path).read_bytes()
        found = json.loads(content)
        timings = {str(name): float(value) for name, value in found.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Problem(
            f"PIPEWRIGHT_TIMINGS: cannot read `{path}`, which all shards must share: "
            f"{error}"
        ) from error
    return timings, hashlib.sha256(content).hexdigest()
