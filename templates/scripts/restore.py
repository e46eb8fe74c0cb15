"""Brings traffic back to the version verified last. Every part may be done again by someone else:
the step, the rescue job, and the next run all read the same marks and patch to the same digest.
"""

from __future__ import annotations

import console
import kube_jobs
import marks
from console import Problem, Problems
from environment import Deploy, Standing
from marks import Changing
from workload import Workload


def standing(deploy: Deploy, any_run: bool) -> Standing:
    """The workloads that carry a `changing` mark, of this run or of any."""
    found: Standing = []
    problems = []
    for workload in deploy.environment.workloads:
        try:
            mark = marks.read(deploy.cluster, workload.ref).changing
        except Problem as problem:
            problems.append(problem)
            continue
        if mark is None:
            continue
        if any_run or mark.run.id == deploy.run.id:
            found.append((workload, mark))
        else:
            # The next run has the environment, and has restored it before it began.
            console.say(f"{workload.ref}: run {mark.run.id} is changing it, and not this one")
    if problems:
        raise Problems(problems)
    return found


def finish(deploy: Deploy, found: Standing) -> Standing:
    """Completes a `verify` that was cut between two workloads; gives what is left to restore.

    One verified workload means that the whole run had passed: returning the others would leave
    two versions side by side that were never judged together.
    """
    if len(deploy.environment.workloads) == 1:
        # Its marks change in one patch.
        return found
    verified = {
        (last.run.id, last.run.attempt)
        for workload in deploy.environment.workloads
        if (last := marks.read(deploy.cluster, workload.ref).verified) is not None
    }
    left = []
    for workload, mark in found:
        if (mark.run.id, mark.run.attempt) in verified:
            marks.verify(deploy.cluster, workload.ref, mark)
            console.say(f"{workload.ref}: verified, as the rest of its run was")
        else:
            left.append((workload, mark))
    return left


def shed(deploy: Deploy, found: Standing) -> None:
    """Traffic back, without waiting; every workload is tried, whatever happens to another."""
    problems: list[Problem] = []
    for workload, mark in reversed(found):
        try:
            workload.traffic.shed(deploy.cluster, mark)
            console.say(f"{workload.ref}: traffic is going back to {mark.back.image}")
        except Problems as several:
            problems += several.problems
        except Problem as problem:
            problems.append(problem)
    if problems:
        raise Problems(problems)


def confirm(deploy: Deploy, found: Standing) -> None:
    """Waits for what `shed` began, proves it, and takes the marks away."""
    problems: list[Problem] = []
    rows = []
    for workload, mark in reversed(found):
        try:
            workload.traffic.confirm(deploy.cluster, mark)
            schema = _schema(deploy, workload, mark)
            marks.clear(deploy.cluster, workload.ref)
        except Problems as several:
            problems += several.problems
        except Problem as problem:
            problems.append(problem)
        else:
            rows.append((workload.ref, mark.back.image, mark.to.image, schema))
    if rows:
        heading = f"{deploy.environment.name} was restored"
        console.table(heading, ("Workload", "Runs", "Left", "Schema"), rows)
    if problems:
        raise Problems(problems)


def _schema(deploy: Deploy, workload: Workload, mark: Changing) -> str:
    """What became of the migration; undoes it when the definition says how."""
    migration = deploy.environment.migration
    if migration is None or migration.workload != workload.name or not mark.migrated:
        return "untouched"
    if mark.migrated == "undone":
        return "undone"
    if migration.on_restore is None:
        kept = f"stays as {mark.to.label} migrated it: it cannot be restored"
        console.warning(f"the schema of {deploy.environment.name} {kept}")
        return kept
    name = deploy.environment.name
    # A runner can be lost while its migration goes on; both at once would be worse than late.
    kube_jobs.finish(
        deploy.cluster, kube_jobs.job_name("migrate", name, mark.run), migration.timeout
    )
    try:
        kube_jobs.migrate(
            deploy.cluster,
            workload,
            "restore",
            migration.on_restore,
            mark.to.image,
            mark.run,
            name,
            migration.timeout,
        )
    except Problem as problem:
        raise Problem(
            f"traffic is back, but undoing the migration failed: {problem}",
            f"Mend the schema, then run `kubectl annotate {workload.ref} {marks.CHANGING}-`",
        ) from None
    marks.update(deploy.cluster, workload.ref, migrated="undone")
    return "undone"
