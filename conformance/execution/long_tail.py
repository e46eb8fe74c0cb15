"""A suite of 2,000 tests whose durations follow a long tail, in place of the small project's tests.

Every test sleeps, so that processors are not what is measured. A seed gives the same suite again.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping

from runner.origin import Origin
from small import BACKEND, changed

TESTS = 2000
FILES = 90
SIGMA = 1.4  # Of the logarithm: one test in twenty, two fifths of the time.
SECONDS = 112.0  # All tests together.
NEW = 0.1  # The share of tests that month-old timings do not know.
DRIFT = (0.7, 1.4)


def suite(seed: int) -> dict[str, float]:
    """The seconds of every test, by node id; in files of unequal size, some of them in classes."""
    chance = random.Random(seed)
    raw = [chance.lognormvariate(0, SIGMA) for _ in range(TESTS)]
    sizes = [1 / (file + 10) for file in range(FILES)]
    files = chance.choices(range(FILES), sizes, k=TESTS)
    found = {}
    for number, (weight, file) in enumerate(zip(raw, files, strict=True)):
        group = f"TestGroup{chance.randrange(3)}::" if chance.random() < 0.4 else ""
        name = f"tests/test_{file:02}.py::{group}test_{number:04}"
        found[name] = round(weight / sum(raw) * SECONDS, 6)
    return found


def month_old(timings: Mapping[str, float], seed: int) -> dict[str, float]:
    """What a run of a month ago would have measured: fewer tests, each of another length."""
    chance = random.Random(seed)
    known = {
        name: seconds * chance.uniform(*DRIFT)
        for name, seconds in sorted(timings.items())
        if chance.random() >= NEW
    }
    gone = chance.sample(sorted(timings.values()), round(len(timings) * NEW))
    return known | {f"tests/test_gone.py::test_{n}": seconds for n, seconds in enumerate(gone)}


def make_long_tail(
    origin: Origin, branch: str, tests: Mapping[str, float], settings: Mapping[str, str]
) -> None:
    """Makes a branch with the suite, as the small project with other settings."""
    listed = origin.files("small", f"{BACKEND}/tests")
    files: dict[str, str | None] = {name.removeprefix(f"{BACKEND}/"): None for name in listed}
    changed(origin, branch, {**files, **sources(tests)}, settings)


def sources(tests: Mapping[str, float]) -> dict[str, str]:
    """The test files."""
    scopes: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name, seconds in tests.items():
        file, *group, test = name.split("::")
        within = "    " if group else ""
        given = "self" if group else ""
        scopes[file][group[0] if group else ""].append(
            f"{within}def {test}({given}):\n{within}    time.sleep({seconds})\n"
        )
    return {file: _source(groups) for file, groups in sorted(scopes.items())}


def _source(groups: Mapping[str, list[str]]) -> str:
    parts = ["import time\n\nimport metered  # noqa: F401, for its coverage\n"]
    parts += groups.get("", [])
    parts += [f"class {name}:\n" + "\n".join(tests) for name, tests in groups.items() if name]
    return "\n\n".join(parts)
