"""Steps of the workflows that build and test.

Usage: `python3 -I ci.py <command>`, which is one of

    changes       finds the components that a pull request touches
    plan          chooses one seed and one set of timings for all shards
    select        selects the files or packages of a shard
    environments  runs the environments of a shard with tox or nox
    record        turns the report of a test tool into a record for the gates
    gates         evaluates the quality gates of a test run
    history       fetches the history of coverage
    coverage      merges the coverage of all shards, evaluates it, draws its history
    tags          chooses the names of a released image
    passed        evaluates the results of all jobs, for the one required check

Parameters are environment variables, listed at the head of each section below.
Exit status: 0 done, 1 a problem or a failed gate, 2 usage, 130 cancelled.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from changes import find_changes
from coverage_report import judge_coverage
from environments import run_environments
from gates import judge_tests
from history import fetch_history
from image_tags import choose_tags
from passed import judge_jobs
from plan import plan_tests
from record import write_record
from runner import run
from units import select_units

COMMANDS: dict[str, Callable[[], int]] = {
    "changes": find_changes,
    "plan": plan_tests,
    "select": select_units,
    "environments": run_environments,
    "record": write_record,
    "gates": judge_tests,
    "history": fetch_history,
    "coverage": judge_coverage,
    "tags": choose_tags,
    "passed": judge_jobs,
}


def main() -> int:
    """Runs the command that the one argument names."""
    command = COMMANDS.get(sys.argv[1]) if len(sys.argv) == 2 else None
    if command is None:
        print(f"usage: ci.py {{{','.join(COMMANDS)}}}", file=sys.stderr)
        return 2
    return run(command)


if __name__ == "__main__":
    sys.exit(main())
