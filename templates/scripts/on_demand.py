"""Rollback on demand: the version to return to, and its schema.

PIPEWRIGHT_ROLL_BACK=true makes a deploy one. Each workload returns to the version of
its history that has the given digest, or to the newest one. Nothing is migrated: a
schema that the version was not verified with is a problem that names what to do.
"""

from __future__ import annotations

import os
from dataclasses import replace

from environment import Deploy
from kube_jobs import Migration, read_revision
from marks import HISTORY, Marks, Verified, read_marks
from pods import Version
from runner import Problem, annotate, log
from settings import Run
from workload import Workload


def rolls_back() -> bool:
    return os.environ.get("PIPEWRIGHT_ROLL_BACK", "") == "true"


def planned(deploy: Deploy, workload: Workload, found: Marks) -> tuple[Version, Run]:
    """The version that this run brings, and the run with the commit of that version."""
    if not rolls_back():
        return workload.target(deploy.run), deploy.run
    back = _chosen(workload, found)
    run = replace(deploy.run, commit=back.run.commit)
    return Version(back.version.image, run.version), run


def _chosen(workload: Workload, found: Marks) -> Verified:
    """The verified version to return to."""
    now = found.verified.version.digest if found.verified is not None else None
    earlier = [one for one in found.history if one.version.digest != now]
    if not earlier:
        raise Problem(
            f"{workload.ref} has no earlier version that was verified",
            f"The mark {HISTORY} is written when a second version is verified",
        )
    given = os.environ.get(workload.digest_env, "").strip().rpartition("@")[2]
    if not given:
        return earlier[0]
    for one in earlier:
        if one.version.digest == given:
            return one
    known = "\n".join(
        f"{one.version.digest} of commit {one.run.commit[:12]}" for one in earlier
    )
    raise Problem(f"{given} was not verified here before. These were:\n{known}")


def check_schema(deploy: Deploy) -> str | None:
    """Checks that the schema fits; returns its revision, as far as it is known."""
    migration = deploy.environment.migration
    if migration is None:
        return None
    workload = deploy.environment.workload(migration.workload)
    found = read_marks(deploy.store, workload.ref)
    back = _chosen(workload, found)
    if migration.current is None or found.verified is None:
        annotate(
            "warning",
            "the schema stays as it is, and its revision is unknown without "
            f"`migrate.current`: {back.version.image} may not run on it",
        )
        return None
    now = read_revision(
        deploy.cluster,
        workload,
        "revision",
        migration,
        found.verified.version.image,
        deploy.run,
        deploy.environment.name,
    )
    if now == back.revision:
        log(f"the schema is at revision {now or '(none)'}, which fits")
    else:
        _judge_schema(migration, now, back, found)
    return now


def _judge_schema(migration: Migration, now: str, back: Verified, found: Marks) -> None:
    """Raises a problem unless the definition promises that the schema fits."""
    was = "an unknown revision" if back.revision is None else back.revision or "(none)"
    where = f"the schema is at revision {now or '(none)'}"
    state = f"{where}, and {back.version.image} was verified with {was}"
    if migration.on_restore is not None:
        running = found.verified.version.image if found.verified is not None else ""
        raise Problem(
            state,
            f"Run `{migration.on_restore}` in {running} with REVISION={was}, which "
            "loses the data of later migrations; then roll back again",
        )
    if found.history and back.version.digest == found.history[0].version.digest:
        # `on-rollback = "keep"` promises this for the version before.
        annotate("warning", f"{state}. The schema is kept")
        return
    raise Problem(
        f"{state}, which is more than one version back",
        'on-rollback = "keep" promises that the version before runs on a newer '
        "schema. Return the schema by hand, or roll back to the version before",
    )
