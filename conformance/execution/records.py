"""The records that shards handed over, read without the project's own scripts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from runner.run import Run


def records(run: Run, version: str = "") -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """What each shard was to run, and a line per attempt of each test; of one version, or all."""
    for artifact in run.bench.artifacts.of(run.number):
        if artifact.name.startswith("record_"):
            described, lines = read(artifact.folder)
            if version in ("", described["version"]):
                yield described, lines


def read(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """One record."""
    text = (folder / "tests.jsonl").read_text("utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    described = json.loads((folder / "run.json").read_text("utf-8"))
    return described, [line for line in lines if line["outcome"] != "started"]


def executed(run: Run, version: str = "") -> Counter[str]:
    """How many shards executed each test, by node id."""
    return Counter(
        name for _, lines in records(run, version) for name in {line["id"] for line in lines}
    )
