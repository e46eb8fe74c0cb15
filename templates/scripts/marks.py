"""The marks: annotations with the version verified last.

They are in the cluster because a runner can be lost: a later step, the recovery job
or the next run reads from them which version to return to. Both are JSON.

    pipewright.dev/verified   {"image", "version", RUN}
    pipewright.dev/changing   {"to": {"image", "version"},
                               "from": {"image", "version"}, RUN, "since",
                               "migrated", "canary-replicas"}

RUN is "commit", "run", "run-number", "attempt", "workflow".

`since` is when traffic last changed (seconds since 1970); `migrated` is false, true
or "undone".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from cluster import Cluster
from pods import Version
from runner import Problem
from settings import Run

MARK_PREFIX = "pipewright.dev"
CHANGING = f"{MARK_PREFIX}/changing"
VERIFIED = f"{MARK_PREFIX}/verified"


@dataclass(frozen=True)
class Changing:
    to: Version
    back: Version
    run: Run
    since: int = 0
    migrated: bool | str = False
    canary_replicas: int | None = None

    def text(self) -> str:
        return json.dumps(
            {
                "to": self.to.json(),
                "from": self.back.json(),
                **_run_json(self.run),
                "since": self.since,
                "migrated": self.migrated,
                "canary-replicas": self.canary_replicas,
            },
            sort_keys=True,
        )


@dataclass(frozen=True)
class Verified:
    version: Version
    run: Run

    def text(self) -> str:
        return json.dumps(
            {**self.version.json(), **_run_json(self.run)}, sort_keys=True
        )


@dataclass(frozen=True)
class Marks:
    """Both marks of one object."""

    changing: Changing | None
    verified: Verified | None


def read_marks(cluster: Cluster, ref: str) -> Marks:
    found = cluster.get(ref)
    annotations = (found or {}).get("metadata", {}).get("annotations") or {}
    return Marks(
        changing=_changing(annotations.get(CHANGING), ref),
        verified=_verified(annotations.get(VERIFIED), ref),
    )


def mark_changing(cluster: Cluster, ref: str, mark: Changing) -> None:
    cluster.annotate(ref, {CHANGING: mark.text()})


def update_mark(cluster: Cluster, ref: str, **changes: Any) -> Changing:
    mark = read_marks(cluster, ref).changing
    if mark is None:
        raise Problem(f"{ref} carries no `changing` mark", "Run the step `begin` first")
    mark = replace(mark, **changes)
    mark_changing(cluster, ref, mark)
    return mark


def mark_verified(cluster: Cluster, ref: str, mark: Changing) -> None:
    """Changes both marks in one patch, so that one of them always exists."""
    verified = Verified(mark.to, mark.run)
    cluster.annotate(ref, {VERIFIED: verified.text(), CHANGING: None})


def clear_mark(cluster: Cluster, ref: str) -> None:
    cluster.annotate(ref, {CHANGING: None})


def _run_json(run: Run) -> dict[str, str | int]:
    return {
        "commit": run.commit,
        "run": run.id,
        "run-number": run.number,
        "attempt": run.attempt,
        "workflow": run.workflow,
    }


def _parsed(text: str, ref: str, key: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise Problem(
            f"the annotation {key} of {ref} is not what Pipewright wrote",
            f"Look at what runs, then remove it with `kubectl annotate {ref} {key}-`",
        )
    return data


def _parse_run(data: dict[str, Any]) -> Run:
    number, attempt = data.get("run-number"), data.get("attempt")
    return Run(
        id=str(data.get("run", "")),
        number=number if isinstance(number, int) else 0,
        attempt=attempt if isinstance(attempt, int) else 0,
        workflow=str(data.get("workflow", "")),
        commit=str(data.get("commit", "")),
    )


def _changing(text: str | None, ref: str) -> Changing | None:
    if not text:
        return None
    data = _parsed(text, ref, CHANGING)
    since, replicas = data.get("since"), data.get("canary-replicas")
    migrated = data.get("migrated", False)
    return Changing(
        to=Version.parse(data.get("to"), f"the annotation {CHANGING} of {ref}"),
        back=Version.parse(data.get("from"), f"the annotation {CHANGING} of {ref}"),
        run=_parse_run(data),
        since=since if isinstance(since, int) else 0,
        migrated=migrated if isinstance(migrated, (bool, str)) else False,
        canary_replicas=replicas if isinstance(replicas, int) else None,
    )


def _verified(text: str | None, ref: str) -> Verified | None:
    if not text:
        return None
    data = _parsed(text, ref, VERIFIED)
    return Verified(
        Version.parse(data, f"the annotation {VERIFIED} of {ref}"), _parse_run(data)
    )
