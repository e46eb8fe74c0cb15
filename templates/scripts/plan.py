"""Plans a test run: one seed and one set of timings for all shards.

Shards with different timings or seeds would lose tests or run them twice, so both are
chosen here, once.

Environment:
  PIPEWRIGHT_SEED     a seed to use again (0 to 2147483647); empty: derived from
                      GITHUB_RUN_ID, so that a re-run of the same run has the same one
  PIPEWRIGHT_REPEAT   `true` adds a second seed, for the gate that compares outcomes
  PIPEWRIGHT_TIMINGS  restored timings, JSON {test id: seconds}; missing or
                      unreadable: none
  PIPEWRIGHT_PLAN     the folder to write timings.json to

Outputs: `seed`, and `seeds` as a JSON list for a matrix axis.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from formats import code, read_json, write_json
from parameters import flag, integer, text
from runner import annotate, output, summary

LARGEST_SEED = 2**31 - 1  # The maximum of jest; numpy and Go accept more.
LONGEST_TEST = 1_000_000.0  # Seconds; a job ends long before.


def plan_tests() -> int:
    """Writes the plan."""
    seed = chosen_seed()
    seeds = [seed, derived(f"{seed} again")] if flag("PIPEWRIGHT_REPEAT") else [seed]
    if len(set(seeds)) != len(seeds):
        seeds[1] = (seed + 1) % (LARGEST_SEED + 1)
    timings = restored_timings(text("PIPEWRIGHT_TIMINGS", ""))
    write_json(Path(text("PIPEWRIGHT_PLAN")) / "timings.json", timings)
    output("seed", str(seed))
    output("seeds", json.dumps(seeds, separators=(",", ":")))
    then = f", then {code(str(seeds[1]))}" if len(seeds) > 1 else ""
    summary(
        f"Seed {code(str(seed))}{then}; timings of {len(timings)} tests. "
        "For the same order again, start this workflow by hand "
        f"with the seed {code(str(seed))}."
    )
    return 0


def chosen_seed() -> int:
    """The requested seed, else one derived from this run."""
    if text("PIPEWRIGHT_SEED", ""):
        return integer("PIPEWRIGHT_SEED", 0, LARGEST_SEED)
    return derived(text("GITHUB_RUN_ID"))


def derived(source: str) -> int:
    """A seed derived from a text."""
    return (
        int.from_bytes(hashlib.sha256(source.encode()).digest()[:4], "big")
        & LARGEST_SEED
    )


def restored_timings(path: str) -> dict[str, float]:
    """The timings of earlier runs; optional, since they only balance shards."""
    if not path:
        return {}
    try:
        found = read_json(Path(path))
    except FileNotFoundError:
        annotate(
            "notice", "no timings of an earlier run; tests are taken to be equally long"
        )
        return {}
    except (OSError, ValueError) as error:
        annotate(
            "notice",
            f"the timings of an earlier run are unreadable and left out: {error}",
        )
        return {}
    if not isinstance(found, dict):
        annotate(
            "notice",
            "the timings of an earlier run are no JSON object and are left out",
        )
        return {}
    usable = {name: float(value) for name, value in found.items() if is_duration(value)}
    if len(usable) < len(found):
        annotate(
            "notice",
            f"{len(found) - len(usable)} timings are no durations and are left out",
        )
    return usable


def is_duration(value: object) -> bool:
    """Returns whether a value is a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < LONGEST_TEST
