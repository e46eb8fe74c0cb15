"""The steps of a deploy, which work on the marks of this run."""

from __future__ import annotations

import argparse
import time

from environment import Deploy, Marked
from gate import hold_and_judge
from kube_jobs import (
    Migration,
    await_other_migrations,
    back_up,
    job_name,
    read_revision,
    run_migration,
)
from marks import (
    Changing,
    kept_mark,
    mark_changing,
    mark_verified,
    read_marks,
    update_mark,
)
from on_demand import check_schema, planned, rolls_back
from restore import (
    complete_verified,
    find_marked,
    roll_back_traffic,
    verify_rolled_back,
)
from runner import Problem, log, output, summary
from settings import Run
from tables import show_table
from workload import Workload


def begin(deploy: Deploy, _given: argparse.Namespace) -> None:
    on_demand = rolls_back()
    schema = check_schema(deploy) if on_demand else None
    for workload in deploy.environment.workloads:
        workload.delivery.prepare(deploy.cluster)
        found = read_marks(deploy.store, workload.ref)
        if found.changing is not None:
            if _own(found.changing, deploy.run):
                log(f"{workload.ref} is marked already")
                continue
            raise Problem(
                f"run {found.changing.run.id} is changing {workload.ref}",
                "Run preflight first",
            )
        back = (
            found.verified.version
            if found.verified is not None
            else workload.traffic.running(deploy.cluster)
        )
        to, run = planned(deploy, workload, found)
        mark = Changing(
            to=to,
            back=back,
            run=run,
            since=int(time.time()),
            before=workload.traffic.before(deploy.cluster),
            to_revision=schema,
            on_demand=on_demand,
        )
        mark_changing(deploy.store, workload.ref, mark)
        output("commit", run.commit)
        log(f"{workload.ref}: from {back.image} to {mark.to.image}")


def backup(deploy: Deploy, _given: argparse.Namespace) -> None:
    settings = deploy.environment.backup
    if settings is None:
        raise Problem("the settings name no backup")
    back_up(deploy.cluster, settings, deploy.environment.name, deploy.run)


def migrate(deploy: Deploy, given: argparse.Namespace) -> None:
    migration = deploy.environment.migration
    if migration is None:
        raise Problem("the settings name no migration")
    workload = deploy.environment.workload(migration.workload)
    mark = _mark(deploy, workload)
    if given.step == "migrate":
        own = job_name("migrate", deploy.environment.name, deploy.run)
        await_other_migrations(
            deploy.cluster, deploy.environment.name, own, migration.timeout
        )
        revision = _revision(deploy, migration, workload, mark, "revision")
        # Before the start: the mark must show a migration whose runner is lost.
        update_mark(deploy.store, workload.ref, migrated=True, revision=revision)
        if migration.on_restore is None:
            summary("The schema is migrated now. A restore would keep it as migrated.")
        _run_migration(deploy, migration, workload, mark, given.step, migration.run)
        after = _revision(deploy, migration, workload, mark, "revision-after")
        update_mark(deploy.store, workload.ref, to_revision=after)
    elif migration.verify is None:
        raise Problem("the settings name no command that verifies the migration")
    else:
        _run_migration(deploy, migration, workload, mark, given.step, migration.verify)


def _run_migration(
    deploy: Deploy,
    migration: Migration,
    workload: Workload,
    mark: Changing,
    purpose: str,
    command: str,
) -> None:
    run_migration(
        deploy.cluster,
        workload,
        purpose,
        command,
        mark.to.image,
        deploy.run,
        deploy.environment.name,
        migration.timeout,
    )


def _revision(
    deploy: Deploy,
    migration: Migration,
    workload: Workload,
    mark: Changing,
    purpose: str,
) -> str | None:
    """The revision of the schema now, if there is a command that prints it."""
    if migration.current is None:
        return None
    revision = read_revision(
        deploy.cluster,
        workload,
        purpose,
        migration,
        mark.to.image,
        deploy.run,
        deploy.environment.name,
    )
    log(f"the schema is at revision {revision or '(none)'}")
    return revision


def apply(deploy: Deploy, _given: argparse.Namespace) -> None:
    own = _own_marks(deploy)
    for workload, _ in own:
        # Before the change, since its runner may be lost in it.
        mark = update_mark(deploy.store, workload.ref, applied=True)
        workload.traffic.apply(deploy.cluster, mark)
    _stamp(deploy, own)


def shift(deploy: Deploy, given: argparse.Namespace) -> None:
    own = [pair for pair in _own_marks(deploy) if pair[0].traffic.shifts]
    if not own:
        raise Problem("no workload's traffic can be shifted")
    for workload, mark in own:
        workload.traffic.shift(deploy.cluster, given.to, mark)
    since = _stamp(deploy, own)
    seconds = max(workload.traffic.hold for workload, _ in own)
    version = deploy.run.version
    hold_and_judge(
        deploy.environment.judge, version, since, seconds, f"{given.to}% of the traffic"
    )


def promote(deploy: Deploy, _given: argparse.Namespace) -> None:
    own = _own_marks(deploy)
    for workload, mark in own:
        workload.traffic.promote(deploy.cluster, mark)
    if any(workload.traffic.shifts for workload, _ in own):
        _stamp(deploy, own)


def judge(deploy: Deploy, _given: argparse.Namespace) -> None:
    since = max(mark.since for _, mark in _own_marks(deploy))
    seconds = deploy.environment.gate_hold
    hold_and_judge(
        deploy.environment.judge, deploy.run.version, since, seconds, "Final gate"
    )


def verify(deploy: Deploy, _given: argparse.Namespace) -> None:
    own = _own_marks(deploy)
    for workload, mark in own:
        workload.traffic.prove(deploy.cluster, mark)
    for workload, mark in own:
        mark_verified(deploy.store, workload.ref, mark)
    rows = [
        (workload.name, mark.to.image, mark.to.label or "") for workload, mark in own
    ]
    heading = f"{deploy.environment.name} is verified"
    show_table(heading, ("Workload", "Runs", "Version"), rows)


def roll_back(deploy: Deploy, _given: argparse.Namespace) -> None:
    found = _to_restore(deploy, any_run=False)
    output("changed", str(bool(found)).lower())
    roll_back_traffic(deploy, found)


def verify_rollback(deploy: Deploy, _given: argparse.Namespace) -> None:
    found = _to_restore(deploy, any_run=False)
    verify_rolled_back(deploy, found)
    output("restored", str(bool(found)).lower())


def recover(deploy: Deploy, given: argparse.Namespace) -> None:
    found = _to_restore(deploy, any_run=given.any)
    for _, mark in found:
        output("commit", mark.run.commit)
    roll_back_traffic(deploy, found)
    verify_rolled_back(deploy, found)
    output("restored", str(bool(found)).lower())


def _own(mark: Changing, run: Run) -> bool:
    return mark.run.id == run.id and mark.run.attempt == run.attempt


def _mark(deploy: Deploy, workload: Workload) -> Changing:
    """The mark of this run, which every change of a workload requires."""
    mark = read_marks(deploy.store, workload.ref).changing
    mark = mark or kept_mark(deploy.store, workload.ref, deploy.run)
    if mark is None or not _own(mark, deploy.run):
        raise Problem(
            f"{workload.ref} is not marked as changed by this run", "Run `begin` first"
        )
    return mark


def _own_marks(deploy: Deploy) -> Marked:
    return [
        (workload, _mark(deploy, workload)) for workload in deploy.environment.workloads
    ]


def _stamp(deploy: Deploy, found: Marked) -> float:
    """Records when traffic changed: metrics count from then on."""
    now = int(time.time())
    for workload, _ in found:
        update_mark(deploy.store, workload.ref, since=now)
    return float(now)


def _to_restore(deploy: Deploy, any_run: bool) -> Marked:
    if not deploy.store.connect():
        log("nothing was changed: this job never reached the cluster")
        return []
    found = find_marked(deploy, any_run)
    left = complete_verified(deploy, found) if found else []
    if not left:
        log("nothing to roll back: no workload has a change of this run")
    return left
