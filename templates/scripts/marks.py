"""The marks: the version verified last, and the one being changed.

They are outside the runner because it can be lost: a later step, the recovery job or
the next run reads from them which version to return to. In a cluster they are
annotations, elsewhere see store. All are JSON.

    pipewright.dev/verified   {"image", "version", RUN, "revision"}
    pipewright.dev/history    the versions that were verified before, the newest first
    pipewright.dev/changing   {"to": {"image", "version"},
                               "from": {"image", "version"}, RUN, "since",
                               "applied", "before", "migrated", "revision",
                               "to-revision", "on-demand"}

RUN is "commit", "run", "run-number", "attempt", "workflow".

`since` is when traffic last changed (seconds since 1970). `applied` is true once the
workload itself may have changed, and `before` is what the traffic provider restores
besides the image. `migrated` is false, true, "undoing" or "undone"; `revision` is the
schema's before the migration, and `to-revision` the one after it. A rollback on
demand takes the versions after the one that it returns to out of the history.

The job keeps a copy of its marks: a mark that was removed is
written again from it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from typing import Any

from pods import Version
from runner import Problem, annotate
from settings import Run
from store import Store

MARK_PREFIX = "pipewright.dev"
CHANGING = f"{MARK_PREFIX}/changing"
VERIFIED = f"{MARK_PREFIX}/verified"
HISTORY = f"{MARK_PREFIX}/history"
REMEMBERED = 10


@dataclass(frozen=True)
class Changing:
    to: Version
    back: Version
    run: Run
    since: int = 0
    applied: bool = False
    before: dict[str, Any] = field(default_factory=dict)
    migrated: bool | str = False
    revision: str | None = None
    to_revision: str | None = None
    on_demand: bool = False

    def text(self) -> str:
        return json.dumps(
            {
                "to": self.to.json(),
                "from": self.back.json(),
                **_run_json(self.run),
                "since": self.since,
                "applied": self.applied,
                "before": self.before,
                "migrated": self.migrated,
                "revision": self.revision,
                "to-revision": self.to_revision,
                "on-demand": self.on_demand,
            },
            sort_keys=True,
        )


@dataclass(frozen=True)
class Verified:
    version: Version
    run: Run
    revision: str | None = None

    def json(self) -> dict[str, Any]:
        own = {"revision": self.revision}
        return {**self.version.json(), **_run_json(self.run), **own}


@dataclass(frozen=True)
class Marks:
    """The marks of one object."""

    changing: Changing | None
    verified: Verified | None
    history: list[Verified] = field(default_factory=list)


def read_marks(store: Store, ref: str) -> Marks:
    texts = store.read(ref)
    return Marks(
        changing=_changing(store, texts.get(CHANGING), ref),
        verified=_verified(store, texts.get(VERIFIED), ref),
        history=_history(store, texts.get(HISTORY), ref),
    )


def mark_changing(store: Store, ref: str, mark: Changing) -> None:
    _keep(store, ref, mark.text())
    store.write(ref, {CHANGING: mark.text()})


def kept_mark(store: Store, ref: str, run: Run) -> Changing | None:
    """This job's copy of its mark, if the one in the cluster is gone."""
    mark = _changing(store, _copies(store).get(ref), ref)
    if mark is None or (mark.run.id, mark.run.attempt) != (run.id, run.attempt):
        return None
    annotate(
        "warning",
        f"the mark {CHANGING} of {ref} was removed during the deploy; "
        "it is written again",
    )
    mark_changing(store, ref, mark)
    return mark


def update_mark(store: Store, ref: str, **changes: Any) -> Changing:
    mark = read_marks(store, ref).changing
    if mark is None:
        raise Problem(f"{ref} carries no `changing` mark", "Run the step `begin` first")
    mark = replace(mark, **changes)
    mark_changing(store, ref, mark)
    return mark


def mark_verified(store: Store, ref: str, mark: Changing) -> None:
    """Changes all marks in one patch, so that one of them always exists."""
    verified = Verified(mark.to, mark.run, mark.to_revision)
    history = [one.json() for one in _history_after(read_marks(store, ref), mark)]
    store.write(
        ref,
        {
            VERIFIED: json.dumps(verified.json(), sort_keys=True),
            HISTORY: json.dumps(history, sort_keys=True),
            CHANGING: None,
        },
    )
    _keep(store, ref, None)


def _history_after(marks: Marks, mark: Changing) -> list[Verified]:
    """The verified versions before the one that the mark brings."""
    digests = [one.version.digest for one in marks.history]
    if mark.on_demand and mark.to.digest in digests:
        return marks.history[digests.index(mark.to.digest) + 1 :]
    before = [marks.verified] if marks.verified is not None else []
    others = [
        one for one in (*before, *marks.history) if one.version.digest != mark.to.digest
    ]
    return others[:REMEMBERED]


def clear_mark(store: Store, ref: str) -> None:
    store.write(ref, {CHANGING: None})
    _keep(store, ref, None)


def _copies(store: Store) -> dict[str, str]:
    try:
        found = json.loads(store.copies().read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _keep(store: Store, ref: str, text: str | None) -> None:
    copies = {key: kept for key, kept in _copies(store).items() if key != ref}
    if text is not None:
        copies[ref] = text
    path = store.copies()
    half = path.with_suffix(".partial")
    half.write_text(json.dumps(copies), "utf-8")
    os.replace(half, path)


def _run_json(run: Run) -> dict[str, str | int]:
    return {
        "commit": run.commit,
        "run": run.id,
        "run-number": run.number,
        "attempt": run.attempt,
        "workflow": run.workflow,
    }


def _parsed(store: Store, text: str, ref: str, key: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise _not_ours(store, ref, key)
    return data


def _not_ours(store: Store, ref: str, key: str) -> Problem:
    return Problem(
        f"the mark {key} of {ref} is not what Pipewright wrote",
        f"Look at what runs, then remove it with {store.removal(ref, key)}",
    )


def _parse_run(data: dict[str, Any]) -> Run:
    number, attempt = data.get("run-number"), data.get("attempt")
    return Run(
        id=str(data.get("run", "")),
        number=number if isinstance(number, int) else 0,
        attempt=attempt if isinstance(attempt, int) else 0,
        workflow=str(data.get("workflow", "")),
        commit=str(data.get("commit", "")),
    )


def _changing(store: Store, text: str | None, ref: str) -> Changing | None:
    if not text:
        return None
    data = _parsed(store, text, ref, CHANGING)
    since, migrated = data.get("since"), data.get("migrated", False)
    before, revision = data.get("before"), data.get("revision")
    to_revision = data.get("to-revision")
    return Changing(
        to=Version.parse(data.get("to"), f"the mark {CHANGING} of {ref}"),
        back=Version.parse(data.get("from"), f"the mark {CHANGING} of {ref}"),
        run=_parse_run(data),
        since=since if isinstance(since, int) else 0,
        # A mark without the key is by an earlier version, which applied at any time.
        applied=data.get("applied") is not False,
        before=before if isinstance(before, dict) else {},
        migrated=migrated if isinstance(migrated, (bool, str)) else False,
        revision=revision if isinstance(revision, str) else None,
        to_revision=to_revision if isinstance(to_revision, str) else None,
        on_demand=data.get("on-demand") is True,
    )


def _verified(store: Store, text: str | None, ref: str) -> Verified | None:
    if not text:
        return None
    return _parse_verified(_parsed(store, text, ref, VERIFIED), ref, VERIFIED)


def _history(store: Store, text: str | None, ref: str) -> list[Verified]:
    if not text:
        return []
    try:
        data = json.loads(text)
    except ValueError:
        data = None
    if not isinstance(data, list):
        raise _not_ours(store, ref, HISTORY)
    return [_parse_verified(one, ref, HISTORY) for one in data]


def _parse_verified(data: Any, ref: str, key: str) -> Verified:
    version = Version.parse(data, f"the mark {key} of {ref}")
    revision = data.get("revision")
    return Verified(
        version, _parse_run(data), revision if isinstance(revision, str) else None
    )
