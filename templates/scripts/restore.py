"""Rolls traffic back to the last verified version.

Every part can be repeated: the step, a recovery and the next run read the same marks
and patch to the same digest.
"""

from __future__ import annotations

from environment import Deploy, Marked
from kube_jobs import Migration, job_name, read_revision, run_migration, wait_for_job
from marks import (
    CHANGING,
    Changing,
    Marks,
    clear_mark,
    kept_mark,
    mark_changing,
    mark_verified,
    read_marks,
    update_mark,
)
from runner import Problem, Problems, annotate, log
from tables import show_table
from workload import Workload


def find_marked(deploy: Deploy, any_run: bool) -> Marked:
    """The workloads that carry a `changing` mark, of this run or of any."""
    found: Marked = []
    problems = []
    for workload in deploy.environment.workloads:
        try:
            marks = read_marks(deploy.store, workload.ref)
            mark = marks.changing or _vanished(deploy, workload, marks)
        except Problem as problem:
            problems.append(problem)
            continue
        if mark is None:
            continue
        if any_run or mark.run.id == deploy.run.id:
            found.append((workload, mark))
        else:
            # The next run has the environment, and rolled it back before it began.
            log(f"{workload.ref}: run {mark.run.id} is changing it, and not this one")
    if problems:
        raise Problems(problems)
    return found


def _vanished(deploy: Deploy, workload: Workload, marks: Marks) -> Changing | None:
    """The mark of this run, if it was removed while the run's version runs."""
    kept = kept_mark(deploy.store, workload.ref, deploy.run)
    if kept is not None or not workload.labelled:
        return kept
    runs = workload.traffic.running(deploy.cluster)
    if not (runs.label or "").endswith(f"-{deploy.run.id}-{deploy.run.attempt}"):
        return None
    if marks.verified is None:
        raise Problem(
            f"{workload.ref} runs {runs.image}, which is not verified, and its mark "
            "of the version before is gone",
            "Set the image that it shall run by hand",
        )
    if marks.verified.version.label == runs.label:
        return None
    annotate("warning", f"the mark {CHANGING} of {workload.ref} was removed")
    mark = Changing(runs, marks.verified.version, deploy.run, applied=True)
    mark_changing(deploy.store, workload.ref, mark)
    return mark


def complete_verified(deploy: Deploy, found: Marked) -> Marked:
    """Completes a `verify` that was interrupted between two workloads; returns those to
    roll back.

    One verified workload proves that the whole run had passed. A rollback of the others
    would combine two versions that were never tested together.
    """
    if len(deploy.environment.workloads) == 1:
        # Its marks change in one patch.
        return found
    verified = {
        (last.run.id, last.run.attempt)
        for workload in deploy.environment.workloads
        if (last := read_marks(deploy.store, workload.ref).verified) is not None
    }
    left = []
    for workload, mark in found:
        if (mark.run.id, mark.run.attempt) in verified:
            mark_verified(deploy.store, workload.ref, mark)
            log(f"{workload.ref}: verified, as the rest of its run was")
        else:
            left.append((workload, mark))
    return left


def roll_back_traffic(deploy: Deploy, found: Marked) -> None:
    """Rolls back every workload without waiting, also after one has failed."""
    problems: list[Problem] = []
    for workload, mark in reversed(found):
        if not mark.applied:
            log(f"{workload.ref}: nothing was applied, so it stays as it is")
            continue
        try:
            workload.traffic.roll_back(deploy.cluster, mark)
            log(f"{workload.ref}: traffic is going back to {mark.back.image}")
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)


def verify_rolled_back(deploy: Deploy, found: Marked) -> None:
    """Waits for `roll_back_traffic`, verifies the result, and removes the marks."""
    problems: list[Problem] = []
    rows = []
    for workload, mark in reversed(found):
        try:
            if mark.applied:
                workload.traffic.verify_rollback(deploy.cluster, mark)
            schema = _schema(deploy, workload, mark)
            clear_mark(deploy.store, workload.ref)
        except Problem as problem:
            problems.append(problem)
        else:
            runs = mark.back.image if mark.applied else "as before"
            rows.append((workload.ref, runs, mark.to.image, schema))
    if rows:
        heading = f"{deploy.environment.name} was restored"
        show_table(heading, ("Workload", "Runs", "Left", "Schema"), rows)
    if problems:
        raise Problems(problems)


def _schema(deploy: Deploy, workload: Workload, mark: Changing) -> str:
    """Undoes the migration if a command for it is set; returns the schema's state."""
    migration = deploy.environment.migration
    if migration is None or migration.workload != workload.name or not mark.migrated:
        return "untouched"
    if mark.migrated == "undone":
        return "undone"
    if migration.on_restore is None:
        kept = f"stays as {mark.to.label} migrated it: it cannot be restored"
        annotate("warning", f"the schema of {deploy.environment.name} {kept}")
        return kept
    try:
        return _undo(deploy, workload, mark, migration, migration.on_restore)
    except Problem as problem:
        removal = deploy.store.removal(workload.ref, CHANGING)
        raise Problem(
            f"traffic is back, but undoing the migration failed: {problem}",
            f"Fix the schema, then remove the mark with {removal}",
        ) from None


def _undo(
    deploy: Deploy,
    workload: Workload,
    mark: Changing,
    migration: Migration,
    command: str,
) -> str:
    """Undoes what this run's migration changed, once: a lost undo is waited for."""
    cluster, name = deploy.cluster, deploy.environment.name
    # The migration of a lost runner may still be running; it must not overlap with its
    # undoing.
    wait_for_job(cluster, job_name("migrate", name, mark.run), migration.timeout)
    again = cluster.get(f"job/{job_name('restore', name, mark.run)}") is not None
    if mark.to_revision is not None and mark.to_revision == mark.revision:
        update_mark(deploy.store, workload.ref, migrated=False)
        return f"untouched, at revision {mark.revision or '(none)'}"
    if migration.current is not None and not again:
        now = read_revision(
            cluster,
            workload,
            f"revision-{deploy.run.id}-{deploy.run.attempt}",
            migration,
            mark.to.image,
            mark.run,
            name,
        )
        if now == mark.revision:
            update_mark(deploy.store, workload.ref, migrated=False)
            return f"untouched, at revision {now or '(none)'}"
    update_mark(deploy.store, workload.ref, migrated="undoing")
    run_migration(
        cluster,
        workload,
        "restore",
        command,
        mark.to.image,
        mark.run,
        name,
        migration.timeout,
        mark.revision,
    )
    update_mark(deploy.store, workload.ref, migrated="undone")
    return "undone"
